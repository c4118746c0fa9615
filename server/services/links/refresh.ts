import "server-only";
import { and, asc, eq, gte, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { linkKind, links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import { getLinkStatus } from "../../hero/link-status";
import type { HeroBookingLink } from "../../hero/booking-links";
import { HeroError, type HeroErrorCode } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import { addDays, formatLocalDate, ukDateOf } from "../../schemas/dates";
import type { LinkIdInput } from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice, limiterFor } from "../hero-calls/call";
import type { HeroCallPriority } from "../hero-calls/limiter";
import { recordCallsForPractice } from "../hero-calls/record";
import { recordChange } from "../live/record-change";
import { filterConditions } from "./filter";
import {
  type CreatedLink,
  fetchBookingLink,
  isEndOfDate,
  isOnDate,
  loadCreatedLink,
} from "./load-link";
import { recordLinkEvent } from "./link-events";
import { reconcileLink } from "./reconcile-unknown";
import { addSearchTerms, searchTermsOf } from "./search-terms";
import { getLinkView } from "./view";

type RefreshedFields = Partial<typeof links.$inferInsert>;

/** What Hero's record says of a link's limits that the ledger does not. Null when they agree. */
function findDifference(link: CreatedLink, heroLink: HeroBookingLink): string | null {
  const { expiry_date, maximum_uses, unlimited_use } = heroLink;
  const differences: string[] = [];
  // A closed link has an expiry date in the past at Hero, on purpose.
  if (!link.closedAt) {
    if (!expiry_date) differences.push("no expiry date");
    else if (!isOnDate(expiry_date, link.expiresOn) && !isEndOfDate(expiry_date, link.expiresOn)) {
      const date = new Date(expiry_date);
      differences.push(
        Number.isNaN(date.getTime())
          ? "another expiry date"
          : `the expiry date ${formatLocalDate(ukDateOf(date))}`,
      );
    }
  }
  if (unlimited_use || !maximum_uses) differences.push("no limit on the number of uses");
  else if (maximum_uses !== link.maxUses) {
    differences.push(`${maximum_uses} as the number of uses`);
  }
  if (differences.length === 0) return null;
  return `Hero's record of this link differs: it has ${differences.join(" and ")}. Check it with the practice.`;
}

/**
 * The columns that Hero's booking link updates (assumption 45). One that contradicts the ledger decides
 * nothing.
 */
function fieldsFromBookingLink(
  link: CreatedLink,
  heroLink: HeroBookingLink,
  now: Date,
): RefreshedFields {
  // The ID is learned once, by the link's address, and never replaced.
  const heroLinkId = link.heroLinkId ?? heroLink.id;
  const difference = findDifference(link, heroLink);
  if (difference) return { heroLinkId, failure: difference, refreshedAt: now };
  const uses = heroLink.number_of_uses ?? link.uses;
  const opens = heroLink.open_count ?? link.opens;
  const hasActivity = uses !== link.uses || opens !== link.opens;
  // Used up, expired and closed are states in themselves: such a link has not been stopped.
  const isUsedUp = link.maxUses !== null && uses >= link.maxUses;
  const isFinished = isUsedUp || link.expiresOn < ukDateOf(now) || link.closedAt;
  return {
    heroLinkId,
    uses,
    opens,
    failure: null,
    refreshedAt: now,
    stoppedAt: heroLink.active === false && !isFinished ? (link.stoppedAt ?? now) : null,
    ...(hasActivity && { lastActivityAt: now }),
    ...(opens > 0 && !link.openedAt && { openedAt: now }),
  };
}

/**
 * The columns that a form or video link's status updates. Only `unused` is documented; `used`, `expired`
 * and `locked` are guesses (assumption 19). Other statuses change nothing. Hero may give a video link
 * another expiry date than the requested one (assumption 18).
 */
function fieldsFromStatus(link: CreatedLink, status: string, now: Date): RefreshedFields {
  const isUsed = status === "used" && link.uses === 0;
  const isStopped = status === "locked" || (link.kind === "video" && status === "expired");
  return {
    failure: null,
    refreshedAt: now,
    stoppedAt: isStopped ? (link.stoppedAt ?? now) : null,
    ...(isUsed && { uses: 1, lastActivityAt: now }),
  };
}

/** Whether pages that show the link have to read it again. */
const showsDifference = (link: CreatedLink, fields: RefreshedFields): boolean =>
  (["uses", "opens", "failure", "stoppedAt"] as const).some(
    (name) => fields[name] !== undefined && fields[name] !== link[name],
  );

async function fetchLinkFields(
  hero: HeroConnection,
  link: CreatedLink,
  now: Date,
): Promise<RefreshedFields> {
  if (link.kind === "booking")
    return fieldsFromBookingLink(link, await fetchBookingLink(hero, link), now);
  const { status } = await getLinkStatus(hero, { url: link.url });
  return fieldsFromStatus(link, status, now);
}

/** Hero's answers about one link, after which the next may be read. */
export const answersAboutLink: readonly string[] = [
  "not_found",
  "unreadable_reply",
  "bad_request",
  "conflict",
  "refused",
] satisfies HeroErrorCode[];

/** Failures that one link may cause and an outage causes for every link. */
const unclearFailures: readonly string[] = [
  "upstream_failed",
  "timed_out",
  "connection_lost",
  "redirected",
] satisfies HeroErrorCode[];

function explainNoReading({ code }: HeroError): string {
  if (code === "not_found") {
    return "Hero did not find this link when it was last read. Check it with the practice.";
  }
  return code === "unreadable_reply"
    ? "Hero's last reply was not about this link, or could not be read. Nothing was changed."
    : "Hero refused to give the details of this link when it was last read. Nothing was changed.";
}

/**
 * Reads uses, opens and state from Hero now.
 * @throws NotFoundError, ConflictError, HeroError; the stored values are kept
 */
export async function refreshLink(
  ctx: TenantContext,
  input: LinkIdInput,
  priority?: HeroCallPriority,
): Promise<LinkView> {
  requirePermission(ctx, "links.read");
  const { link, practice } = await db.tenant(ctx, (tx) => loadCreatedLink(tx, ctx, input.linkId));
  const outcome = await callHeroForPractice(
    ctx,
    practice,
    (hero) => fetchLinkFields(hero, link, new Date()),
    limiterFor(ctx, practice, priority),
  );
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    if (outcome.ok) {
      await tx
        .update(links)
        .set(outcome.result)
        .where(and(inScope(links, ctx), eq(links.id, link.id)));
      if (outcome.result.openedAt && !link.openedAt) {
        await recordLinkEvent(tx, ctx, "link.opened", link);
      }
      if (!link.heroLinkId) {
        await addSearchTerms(tx, ctx, link.id, searchTermsOf(outcome.result));
      }
      if (showsDifference(link, outcome.result)) await recordChange(tx, ctx, "links", link.id);
    } else if (answersAboutLink.includes(outcome.error.code)) {
      // Nothing is decided. A new time moves it to the back of the queue.
      await tx
        .update(links)
        .set({ failure: explainNoReading(outcome.error), refreshedAt: new Date() })
        .where(and(inScope(links, ctx), eq(links.id, link.id)));
      if (!link.failure) await recordChange(tx, ctx, "links", link.id);
    }
  });
  if (!outcome.ok) throw outcome.error;
  return db.tenant(ctx, (tx) => getLinkView(tx, ctx, link.id));
}

/** Unknown links of a practice that one run of the job tries to resolve. */
const maxUnknownPerRun = 5;

/**
 * Resolves a practice's unknown links in the background, where Hero's list proves something. The others
 * stay unknown and are tried again, the longest unread first.
 *
 * @returns how many were resolved
 */
export async function resolveLinksOfPractice(
  ctx: TenantContext,
  practiceId: string,
  signal: AbortSignal,
): Promise<number> {
  const unknownLinks = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: links.id })
      .from(links)
      .where(and(inScope(links, ctx), filterConditions(ctx, { practiceId, state: "unknown" })))
      .orderBy(sql`${links.refreshedAt} asc nulls first`, asc(links.id))
      .limit(maxUnknownPerRun),
  );
  let count = 0;
  for (const { id } of unknownLinks) {
    if (signal.aborted) break;
    try {
      await reconcileLink(ctx, { linkId: id });
      count += 1;
    } catch (error) {
      const isUnclear = error instanceof HeroError && unclearFailures.includes(error.code);
      if (error instanceof HeroError && !isUnclear) break;
      if (!isUnclear && !(error instanceof ConflictError)) throw error;
      await db.tenant(ctx, (tx) =>
        tx
          .update(links)
          .set({ refreshedAt: new Date() })
          .where(
            and(
              inScope(links, ctx),
              eq(links.id, id),
              inArray(links.outcome, ["unknown", "pending"]),
            ),
          ),
      );
    }
  }
  return count;
}

/** Links of a practice and kind that one run of the job reads. */
const maxLinksPerRun = 60;
const maxFreshMinutes = 10;
/** One link that Hero cannot read does not keep the others back; this many in a row are an outage. */
const maxUnclearFailures = 3;

/**
 * Refreshes a practice's links in the background: those that may still change, the longest unread first.
 * With 60 links of a kind in a run every ten minutes, each of 8,640 live links is read within a day. A kind
 * ends at the first sign that Hero or the key is not available: a key may be allowed to read one kind only.
 *
 * @returns how many links were refreshed
 */
export async function refreshLinksOfPractice(
  ctx: TenantContext,
  practiceId: string,
  signal: AbortSignal,
  now = new Date(),
): Promise<number> {
  let count = 0;
  for (const kind of linkKind.enumValues) {
    count += await refreshLinksOfKind(ctx, { practiceId, kind }, signal, now);
  }
  return count;
}

async function refreshLinksOfKind(
  ctx: TenantContext,
  { practiceId, kind }: Pick<CreatedLink, "practiceId" | "kind">,
  signal: AbortSignal,
  now: Date,
): Promise<number> {
  const staleLinks = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: links.id })
      .from(links)
      .where(
        and(
          inScope(links, ctx),
          eq(links.practiceId, practiceId),
          eq(links.kind, kind),
          eq(links.outcome, "active"),
          isNull(links.closedAt),
          // One day longer, to see the last bookings of the last day.
          gte(links.expiresOn, addDays(ukDateOf(now), -1)),
          or(
            isNull(links.refreshedAt),
            lt(links.refreshedAt, new Date(now.getTime() - maxFreshMinutes * 60_000)),
          ),
        ),
      )
      .orderBy(
        asc(links.tenantId),
        asc(links.environment),
        asc(links.practiceId),
        sql`${links.refreshedAt} asc nulls first`,
      )
      .limit(maxLinksPerRun),
  );
  let count = 0;
  let unclearFailuresInRow = 0;
  for (const { id } of staleLinks) {
    if (signal.aborted) break;
    try {
      await refreshLink(ctx, { linkId: id });
      count += 1;
      unclearFailuresInRow = 0;
    } catch (error) {
      if (error instanceof HeroError && answersAboutLink.includes(error.code)) continue;
      if (error instanceof HeroError && unclearFailures.includes(error.code)) {
        unclearFailuresInRow += 1;
        if (unclearFailuresInRow < maxUnclearFailures) continue;
      }
      if (error instanceof HeroError || error instanceof ConflictError) break;
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return count;
}
