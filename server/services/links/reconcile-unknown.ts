import "server-only";
import { and, eq, gte, isNull, lt, or } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { isUniqueViolation } from "@/db/errors";
import { isPatientUrl } from "../../env";
import { ConflictError } from "../../errors";
import {
  listShortLinks,
  getBookingLink,
  type HeroBookingLink,
  type HeroShortLink,
} from "../../hero/booking-links";
import { HeroError, refusalOf } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import { ukDateOf } from "../../schemas/dates";
import type { LinkIdInput } from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import type { PracticeWithKey } from "../practices/load-with-key";
import { explainFailure } from "./explain";
import { isEndOfDate, isOnDate, type LinkRow, loadPracticeOfLink } from "./load-link";
import {
  loadUnknownLink,
  notUnknownMessage,
  type Resolution,
  saveResolution,
} from "./resolve-unknown";
import { getLinkView } from "./view";

const pageSize = 100;
const maxPages = 20;
/** Hero may still create a link after we stop waiting; until then its absence proves nothing. */
const minUnknownAgeMs = 2 * 60_000;

/**
 * Every link that Hero lists for the practice (assumptions 46 and 47); null when the list cannot be read
 * to its end.
 */
async function fetchAllShortLinks(hero: HeroConnection, isGenericOnly: boolean) {
  const found = new Map<string, HeroShortLink>();
  let maxCount = 0;
  for (let index = 0; index < maxPages; index += 1) {
    const previousSize = found.size;
    const page = await listShortLinks(hero, { index, size: pageSize, isGenericOnly });
    maxCount = Math.max(maxCount, page.count ?? 0);
    for (const link of page.data) found.set(link.id, link);
    // Only an empty page proves the end: Hero may return pages shorter than requested. A count of more
    // links than were read proves that some are missing.
    if (page.data.length === 0) return maxCount > found.size ? null : [...found.values()];
    // A page without new links means that Hero ignores the page number.
    if (found.size === previousSize) return null;
  }
  return null;
}

/** Whether something at Hero is the unknown link: certainly, certainly not, or not known. */
type Match = "yes" | "no" | "unknown";

/** "no" if one part differs, "yes" only if each part is known and equal. */
const allOf = (...parts: Match[]): Match =>
  parts.includes("no") ? "no" : parts.includes("unknown") ? "unknown" : "yes";

const knownTypes = new Set(["booking", "form", "video"]);

/** By type and expiry. A value of an unknown shape excludes nothing. */
function matchShortLink(link: LinkRow, { type, expiry_date, short_link }: HeroShortLink): Match {
  const typeMatch = !type || !knownTypes.has(type) ? "unknown" : type === link.kind ? "yes" : "no";
  return allOf(typeMatch, matchExpiry(link, expiry_date), short_link ? "yes" : "unknown");
}

function matchExpiry(link: LinkRow, expiry: string | null | undefined): Match {
  if (!expiry || Number.isNaN(Date.parse(expiry))) return "unknown";
  if (isOnDate(expiry, link.expiresOn)) return "yes";
  return isEndOfDate(expiry, link.expiresOn) ? "unknown" : "no";
}

/** By what the link offers, from Hero's record of it. */
async function matchBookingLink(hero: HeroConnection, link: LinkRow, id: string): Promise<Match> {
  let heroLink: HeroBookingLink;
  try {
    heroLink = await getBookingLink(hero, id);
  } catch (error) {
    const isAboutLink =
      error instanceof HeroError && ["not_found", "unreadable_reply"].includes(error.code);
    if (!isAboutLink) throw error;
    return "unknown";
  }
  const matchIds = (ids: string[] | null | undefined, ownId: string | null): Match => {
    if (!ids) return ownId === null ? "yes" : "unknown";
    return (ownId === null ? ids.length === 0 : ids.includes(ownId)) ? "yes" : "no";
  };
  const { meta, maximum_uses: maxUses, unlimited_use: isUnlimited } = heroLink;
  return allOf(
    matchIds(meta?.appointment_type_id, link.appointmentTypeId),
    matchIds(meta?.location_id, link.locationId),
    matchIds(meta?.practitioner_id, link.practitionerId),
    isUnlimited || !maxUses ? "unknown" : maxUses === link.maxUses ? "yes" : "no",
  );
}

type Candidate = { id: string; url: string | null; isCertain: boolean };

/**
 * The links at Hero that are or may be an unknown link; null when Hero's list proves nothing: it is
 * incomplete, or lacks a link that the ledger has.
 */
async function findCandidates(
  ctx: TenantContext,
  hero: HeroConnection,
  link: LinkRow,
): Promise<Candidate[] | null> {
  const isGenericOnly = link.patientId === null;
  const shortLinks = await fetchAllShortLinks(hero, isGenericOnly);
  if (!shortLinks) return null;
  const ledgerLinks = await listLedgerLinks(ctx, link);
  const listedUrls = new Set(shortLinks.map(({ short_link: url }) => url));
  const missesLedgerLink = ledgerLinks.some(
    ({ url, patientId, expiresOn }) =>
      !(isGenericOnly && patientId) &&
      (shortLinks.length === 0 || (expiresOn === link.expiresOn && !listedUrls.has(url))),
  );
  if (missesLedgerLink) return null;
  const ledgerUrls = new Set(ledgerLinks.map(({ url }) => url));
  // The list may have no video links (assumption 18): absence after a lost reply proves nothing, unless it
  // has another one.
  const listsKind = shortLinks.some(
    ({ type, short_link: url }) => type === link.kind || (url && ledgerUrls.has(url)),
  );
  const isAnswered = refusalOf(link.failureCode) !== undefined;
  if (link.kind === "video" && !isAnswered && !listsKind) return null;
  const ledgerIds = new Set(ledgerLinks.map(({ heroLinkId }) => heroLinkId));
  const candidates: Candidate[] = [];
  for (const shortLink of shortLinks) {
    const { id, short_link: url = null } = shortLink;
    if (url ? ledgerUrls.has(url) : ledgerIds.has(id)) continue;
    const listMatch = matchShortLink(link, shortLink);
    if (listMatch === "no") continue;
    const match =
      link.kind === "booking"
        ? allOf(listMatch, await matchBookingLink(hero, link, id))
        : listMatch;
    if (match !== "no") candidates.push({ id, url, isCertain: match === "yes" });
  }
  return candidates;
}

/** Resolves an unknown link by reading, for a person or API key. @throws as `resolveByReading` */
export async function reconcileLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  return resolveByReading(ctx, input.linkId);
}

/** Whether Hero refused a request in a way that does not prove that no link was created. */
export const isRefused = ({ state, failureCode }: Pick<LinkView, "state" | "failureCode">) =>
  state === "unknown" && refusalOf(failureCode) !== undefined;

/**
 * Reads Hero after a refusal. The link failed if Hero lists no link that matches. It stays unknown if Hero could
 * not be read, or if the list proves nothing: a link that matches may be another partner's. The next
 * request then no longer treats it as refused.
 */
export async function readAfterRefusal(ctx: TenantContext, linkId: string): Promise<LinkView> {
  try {
    return await resolveByReading(ctx, linkId);
  } catch (error) {
    if (!(error instanceof HeroError || error instanceof ConflictError)) throw error;
    return db.tenant(ctx, async (tx) => {
      if (error instanceof ConflictError) {
        await tx
          .update(links)
          .set({ failureCode: "not_proved" })
          .where(and(inScope(links, ctx), eq(links.id, linkId), eq(links.outcome, "unknown")));
      }
      return getLinkView(tx, ctx, linkId);
    });
  }
}

/**
 * Resolves an unknown link from Hero's list, where the list proves something. No matching link that the
 * ledger lacks: it was not created. Exactly one, no organisation has it, and it is a booking link without a
 * patient: it is this one (assumption 60, decision 007). Hero's list does not say who an invite is for, so a
 * matching invite proves nothing and the link stays unknown.
 *
 * @throws NotFoundError
 * @throws ConflictError with the reason, when the list proves nothing
 * @throws HeroError
 */
async function resolveByReading(ctx: TenantContext, linkId: string): Promise<LinkView> {
  const { link, practice } = await db.tenant(ctx, async (tx) => {
    const row = await loadUnknownLink(tx, ctx, linkId);
    return { link: row, practice: await loadPracticeOfLink(tx, ctx, row) };
  });
  const isAnswered = refusalOf(link.failureCode) !== undefined;
  if (!isAnswered && Date.now() - link.requestedAt.getTime() < minUnknownAgeMs) {
    throw new ConflictError("Hero may still be creating this link. Check again in two minutes.");
  }
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    findCandidates(ctx, hero, link),
  );
  return db
    .tenant(ctx, async (tx) => {
      await recordCallsForPractice(tx, ctx, practice, outcome.records);
      if (!outcome.ok) return { error: outcome.error };
      const matches = outcome.result;
      if (!matches) {
        return {
          error: new ConflictError(
            link.kind === "video"
              ? "Hero's list may not have all video links. Ask the practice."
              : "Hero's list could not be read in full. Ask the practice.",
          ),
        };
      }
      const [first, second] = matches;
      const otherUnknownCount = first ? await countOtherUnknownLinks(tx, ctx, link) : 0;
      // A request that Hero refused probably created nothing, so a matching link is probably another partner's.
      const wasRefused = isAnswered || link.failureCode === "not_proved";
      const canBeThisLink = !wasRefused && !link.patientId && link.kind === "booking";
      const url = first?.isCertain && !second && canBeThisLink ? first.url : null;
      const isFound = url !== null && isPatientUrl(ctx.environment, url) && otherUnknownCount === 0;
      const mayBeThisLink = new ConflictError(
        `Hero lists ${matches.length === 1 ? "1 link" : `${matches.length} links`} that may be this one, without saying who for. Ask the practice.`,
      );
      if (first && !isFound) return { error: mayBeThisLink };
      const resolution: Resolution =
        first && url
          ? { isCreated: true, url, heroLinkId: first.id }
          : { isCreated: false, failure: explainAbsence(link, practice) };
      try {
        // A transaction within, so that the log of the calls is kept.
        await tx.transaction((inner) => saveResolution(inner, ctx, link, resolution, "hero_list"));
      } catch (error) {
        // It is another organisation's: Hero's list does not say whose a link is.
        if (isUniqueViolation(error)) return { error: mayBeThisLink };
        throw error;
      }
      return { view: await getLinkView(tx, ctx, link.id) };
    })
    .then(({ view, error }) => {
      if (!view) throw error ?? new ConflictError(notUnknownMessage);
      return view;
    });
}

const creations = {
  booking: "createBookingLink",
  form: "createFormLink",
  video: "createVideoLink",
} as const satisfies Record<LinkRow["kind"], string>;

function explainAbsence({ kind, failureCode }: LinkRow, practice: PracticeWithKey): string {
  const code = refusalOf(failureCode);
  if (!code) return "Hero's list has no such link, so it was not created.";
  return explainFailure(new HeroError(code, creations[kind]), practice);
}

/** The ledger's links of the practice and kind that Hero's list must have, newest first. */
function listLedgerLinks(ctx: TenantContext, link: LinkRow) {
  const { url, heroLinkId, patientId, expiresOn } = links;
  return db.tenant(ctx, (tx) =>
    tx
      .select({ url, heroLinkId, patientId, expiresOn })
      .from(links)
      .where(
        and(
          inScope(links, ctx),
          eq(links.practiceId, link.practiceId),
          eq(links.kind, link.kind),
          eq(links.outcome, "active"),
          isNull(links.closedAt),
          gte(links.expiresOn, ukDateOf(new Date())),
        ),
      ),
  );
}

/** Other unknown links of the practice that the link found at Hero could be. */
async function countOtherUnknownLinks(
  tx: Transaction,
  ctx: TenantContext,
  link: LinkRow,
): Promise<number> {
  const rows = await tx
    .select({ id: links.id })
    .from(links)
    .where(
      and(
        inScope(links, ctx),
        eq(links.practiceId, link.practiceId),
        eq(links.expiresOn, link.expiresOn),
        or(
          eq(links.outcome, "unknown"),
          and(
            eq(links.outcome, "pending"),
            lt(links.requestedAt, new Date(Date.now() - minUnknownAgeMs)),
          ),
        ),
      ),
    );
  return rows.filter(({ id }) => id !== link.id).length;
}
