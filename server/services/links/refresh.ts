import "server-only";
import { and, desc, eq, gte, isNull, lt, or } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import { getLinkStatus } from "../../hero/link-status";
import type { HeroBookingLink } from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { LinkIdInput } from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadCreatedLink, type CreatedLink, fetchBookingLink } from "./load-link";
import { addSearchTerms, searchTermsOf } from "./search-terms";
import { getLinkView } from "./view";

type RefreshedFields = Partial<typeof links.$inferInsert>;

/** The columns that Hero's booking link updates (assumption 45). */
function fieldsFromBookingLink(
  link: CreatedLink,
  heroLink: HeroBookingLink,
  now: Date,
): RefreshedFields {
  const uses = heroLink.number_of_uses ?? link.uses;
  const opens = heroLink.open_count ?? link.opens;
  const maxUses = heroLink.maximum_uses || link.maxUses;
  const hasActivity = uses !== link.uses || opens !== link.opens;
  // Used up, expired and closed are states in themselves: such a link has not been stopped.
  const isFinished = uses >= maxUses || link.expiresOn < ukDateOf(now) || link.closedAt;
  return {
    heroLinkId: heroLink.id,
    uses,
    opens,
    maxUses,
    failure: null,
    refreshedAt: now,
    stoppedAt: heroLink.active === false && !isFinished ? (link.stoppedAt ?? now) : null,
    ...(hasActivity && { lastActivityAt: now }),
  };
}

/**
 * The columns that a form link's status updates. Only `unused` is documented; `used`, `expired` and
 * `locked` are guesses (assumption 19). Other statuses change nothing.
 */
function fieldsFromStatus(link: CreatedLink, status: string, now: Date): RefreshedFields {
  const isUsed = status === "used" && link.uses === 0;
  return {
    failure: null,
    refreshedAt: now,
    stoppedAt: status === "locked" ? (link.stoppedAt ?? now) : null,
    ...(isUsed && { uses: 1, lastActivityAt: now }),
  };
}

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

/**
 * Reads uses, opens and state from Hero now.
 * @throws NotFoundError, ConflictError, HeroError; the stored values are kept
 */
export async function refreshLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.read");
  const { link, practice } = await db.tenant(ctx, (tx) => loadCreatedLink(tx, ctx, input.linkId));
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    fetchLinkFields(hero, link, new Date()),
  );
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    if (outcome.ok) {
      await tx
        .update(links)
        .set(outcome.result)
        .where(and(inScope(links, ctx), eq(links.id, link.id)));
      if (!link.heroLinkId) {
        await addSearchTerms(tx, ctx, link.id, searchTermsOf(outcome.result));
      }
    } else if (outcome.error.code === "not_found") {
      // A new time moves it to the back of the queue.
      const failure = "Hero no longer has this link.";
      await tx
        .update(links)
        .set({ failure, refreshedAt: new Date() })
        .where(and(inScope(links, ctx), eq(links.id, link.id)));
    }
  });
  if (!outcome.ok) throw outcome.error;
  return db.tenant(ctx, (tx) => getLinkView(tx, ctx, link.id));
}

/** Links of a practice that one run of the job reads. */
const maxLinksPerRun = 60;
const maxFreshMinutes = 10;

/**
 * Refreshes a practice's links in the background: those that may still change, last used first. It stops
 * at the first sign that Hero or the key is not available.
 *
 * @returns how many links were refreshed
 */
export async function refreshLinksOfPractice(
  ctx: TenantContext,
  practiceId: string,
  signal: AbortSignal,
  now = new Date(),
): Promise<number> {
  const staleLinks = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: links.id })
      .from(links)
      .where(
        and(
          inScope(links, ctx),
          eq(links.practiceId, practiceId),
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
        desc(links.tenantId),
        desc(links.environment),
        desc(links.practiceId),
        desc(links.lastActivityAt),
      )
      .limit(maxLinksPerRun),
  );
  let count = 0;
  for (const { id } of staleLinks) {
    if (signal.aborted) break;
    try {
      await refreshLink(ctx, { linkId: id });
      count += 1;
    } catch (error) {
      if (error instanceof HeroError && error.code === "not_found") continue;
      if (error instanceof HeroError || error instanceof ConflictError) break;
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return count;
}
