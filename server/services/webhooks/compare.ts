import "server-only";
import type { ForeignRegistration, webhookRegistrations } from "@/db/schema/webhooks";
import type { HeroWebhook } from "../../hero/webhooks";
import { env } from "../../env";
import { endpointUrl, tokenOfUrl } from "./urls";

/** For so long the key of a registration that was replaced is still accepted. */
const keyOverlapMs = 24 * 3_600_000;

/**
 * The code of a request whose reply was lost and that never appeared in Hero's list. In case it still does, its
 * key is accepted until it ends.
 */
const notListedCode = "not_listed";

/** After this long, what Hero's list still does not have was certainly not created. */
const maxUnlistedMs = 7 * 24 * 3_600_000;

/** A registration that was given up, and may still appear at Hero. */
export const isGivenUp = ({ state, failureCode }: ComparedRegistration): boolean =>
  state === "failed" && failureCode === notListedCode;

type RegistrationColumns = typeof webhookRegistrations.$inferInsert;
type ComparedRegistration = Required<
  Pick<RegistrationColumns, "id" | "createdAt"> & {
    state: NonNullable<RegistrationColumns["state"]>;
    heroWebhookId: string | null;
    failureCode: string | null;
  }
>;
export type ComparedEndpoint = {
  id: string;
  eventType: string;
  urlToken: string;
  removedAt: Date | null;
  /** Newest first, without those that ended. */
  registrations: ComparedRegistration[];
};

type RegistrationUpdate = {
  id: string;
  set: Partial<
    Pick<
      RegistrationColumns,
      "state" | "heroWebhookId" | "failure" | "failureCode" | "acceptedUntil" | "endedAt"
    >
  >;
};

export type Comparison = {
  updates: RegistrationUpdate[];
  /** Ours, and not wanted any more: to be deleted at Hero. */
  deletions: string[];
  /** Deleted only when a person repairs the differences. */
  foreign: ForeignRegistration[];
};

/** How long a request whose reply was lost may still be carried out by Hero. */
const maxPendingMs = () => 60_000 + env().HERO_TIMEOUT_MS;

/**
 * What Hero's list of a practice means for its registrations (assumption 63). A registration is found by
 * Hero's ID, or, when the reply was lost, by its URL, which nobody can guess (assumption 61).
 *
 * @param isComplete false when Hero counts more than it listed: nothing is missing for certain then
 * @param listedAt before the list was requested: it need not have what was registered since
 * @param isOurs whether a URL token that none of the endpoints has is the practice's or nobody's here
 */
export function compareWithHero(
  endpoints: readonly ComparedEndpoint[],
  listed: readonly HeroWebhook[],
  {
    isComplete,
    listedAt,
    isOurs,
    now,
  }: {
    isComplete: boolean;
    listedAt: Date;
    isOurs: (urlToken: string) => boolean;
    now: Date;
  },
): Comparison {
  const comparison: Comparison = { updates: [], deletions: [], foreign: [] };
  const explained = new Set<string>();
  for (const endpoint of endpoints) {
    const compare = endpoint.removedAt ? compareRemoved : compareWanted;
    compare(endpoint, listed, { isComplete, listedAt, now, explained, comparison });
  }
  for (const { id, url, event_type } of listed) {
    const token = explained.has(id) ? undefined : tokenOfUrl(url);
    const isKnown = endpoints.some(({ urlToken }) => urlToken === token);
    if (token !== undefined && (isKnown || isOurs(token))) {
      comparison.foreign.push({ heroWebhookId: id, eventType: event_type, kind: "extra" });
    }
  }
  return comparison;
}

type Rest = {
  isComplete: boolean;
  listedAt: Date;
  now: Date;
  /** The listed ones that need no more attention. */
  explained: Set<string>;
  comparison: Comparison;
};

/** An endpoint that is not wanted any more: whatever has its URL is deleted. */
function compareRemoved(
  { urlToken, registrations }: ComparedEndpoint,
  listed: readonly HeroWebhook[],
  { isComplete, now, explained, comparison }: Rest,
): void {
  const url = endpointUrl(urlToken);
  const left = listed.filter(
    (webhook) =>
      webhook.url === url || registrations.some((each) => each.heroWebhookId === webhook.id),
  );
  for (const { id } of left) {
    explained.add(id);
    comparison.deletions.push(id);
  }
  for (const { id, heroWebhookId, createdAt, state } of registrations) {
    if (state === "failed") continue;
    const mayStillAppear =
      heroWebhookId === null && now.getTime() - createdAt.getTime() < maxPendingMs();
    const isGone = isComplete && left.length === 0 && !mayStillAppear;
    comparison.updates.push({
      id,
      set: isGone ? { state: "ended", endedAt: now } : { state: "ending" },
    });
  }
}

function compareWanted(
  endpoint: ComparedEndpoint,
  listed: readonly HeroWebhook[],
  { isComplete, listedAt, now, explained, comparison }: Rest,
): void {
  const url = endpointUrl(endpoint.urlToken);
  const isSame = (webhook: HeroWebhook) =>
    webhook.url === url && webhook.event_type === endpoint.eventType;
  const active: string[] = [];
  const setActive = (id: string, heroWebhookId: string) => {
    active.push(id);
    explained.add(heroWebhookId);
    const set = { state: "active", heroWebhookId, failure: null, failureCode: null } as const;
    comparison.updates.push({ id, set });
  };
  const byId = (registration: ComparedRegistration) =>
    listed.find(({ id }) => id === registration.heroWebhookId);
  const known = new Set(endpoint.registrations.map(({ heroWebhookId }) => heroWebhookId));
  // Two requests whose replies were lost cannot be told apart, and so neither can their keys.
  const unmatched = listed.filter((webhook) => isSame(webhook) && !known.has(webhook.id));
  const isAmbiguous = endpoint.registrations.some(isGivenUp);

  for (const registration of endpoint.registrations) {
    const { id, state, heroWebhookId, createdAt } = registration;
    const webhook = heroWebhookId === null ? undefined : byId(registration);
    if (webhook && state !== "ending" && !isSame(webhook)) {
      explained.add(webhook.id);
      const { event_type: eventType } = webhook;
      comparison.foreign.push({ heroWebhookId: webhook.id, eventType, kind: "changed" });
      comparison.updates.push({ id, set: lost("changed") });
    } else if (state === "pending") {
      const [only, ...others] = unmatched;
      if (webhook) setActive(id, webhook.id);
      else if (heroWebhookId === null && only && others.length === 0 && !isAmbiguous) {
        setActive(id, only.id);
      } else if (!isComplete && heroWebhookId !== null) setActive(id, heroWebhookId);
      else if (isComplete && now.getTime() - createdAt.getTime() >= maxPendingMs()) {
        comparison.updates.push({
          id,
          set: {
            state: "failed",
            failure: "Hero's list does not have this webhook, so it was not created.",
            failureCode: notListedCode,
          },
        });
      }
    } else if (state === "active" || state === "lost") {
      if (webhook) setActive(id, webhook.id);
      else if (isComplete && state === "active" && createdAt < listedAt) {
        comparison.updates.push({ id, set: lost("missing") });
      } else if (state === "active") active.push(id);
    } else if (state === "ending") {
      if (webhook) {
        explained.add(webhook.id);
        comparison.deletions.push(webhook.id);
      } else if (isComplete) {
        comparison.updates.push({ id, set: { state: "ended", endedAt: now } });
      }
    } else if (isGivenUp(registration)) {
      const isOld = now.getTime() - createdAt.getTime() >= maxUnlistedMs;
      if (isComplete && unmatched.length === 0 && isOld) {
        comparison.updates.push({ id, set: { state: "ended", endedAt: now } });
      }
    }
  }
  endReplaced(endpoint, active, now, comparison);
}

function lost(failureCode: "changed" | "missing"): RegistrationUpdate["set"] {
  const failure =
    failureCode === "changed"
      ? "The webhook was changed at Hero."
      : "Hero no longer lists this webhook.";
  return { state: "lost", failureCode, failure };
}

/** Once Hero lists the newest registration, those before it end. Their keys stay accepted for a day. */
function endReplaced(
  { registrations }: ComparedEndpoint,
  active: readonly string[],
  now: Date,
  comparison: Comparison,
): void {
  const [current, ...replaced] = registrations.filter(({ id }) => active.includes(id));
  if (!current) return;
  const older = registrations.slice(registrations.indexOf(current) + 1);
  const isLost = ({ id, state }: ComparedRegistration) => state === "lost" && !active.includes(id);
  for (const { id } of [...replaced, ...older.filter(isLost)]) {
    const acceptedUntil = new Date(now.getTime() + keyOverlapMs);
    comparison.updates = comparison.updates.filter((update) => update.id !== id);
    comparison.updates.push({ id, set: { state: "ending", acceptedUntil } });
  }
  for (const { heroWebhookId } of replaced) {
    if (heroWebhookId) comparison.deletions.push(heroWebhookId);
  }
}
