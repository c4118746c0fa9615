import "server-only";
import { and, desc, eq, gte, isNull, lt, or } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { ConflictError, NotFoundError } from "../../errors";
import { getLinkStatus } from "../../hero/link-status";
import type { HeroBookingLink } from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import type { HeroAccess } from "../../hero/request";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { LinkIdInput, LinkView } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroFor, settleHeroCalls } from "../hero/access";
import { isLink, loadMadeLink, type MadeLink, readBookingLink } from "./made-link";
import { addTerms, wordsOf } from "./terms";
import { getLinkView } from "./view";

type Reading = Partial<typeof links.$inferInsert>;

/** What a reading of a booking link says, for the ledger. */
function readingOf(link: MadeLink, read: HeroBookingLink, now: Date): Reading {
  const uses = read.number_of_uses ?? link.uses;
  const opens = read.open_count ?? link.opens;
  const maximumUses = read.maximum_uses || link.maximumUses;
  const isBusy = uses !== link.uses || opens !== link.opens;
  // Being used up, over or closed is a state of its own and needs no more words.
  const isSpent = uses >= maximumUses || link.expiresOn < ukDateOf(now) || link.closedAt;
  return {
    heroLinkId: read.id,
    uses,
    opens,
    maximumUses,
    failure: null,
    refreshedAt: now,
    stoppedAt: read.active === false && !isSpent ? (link.stoppedAt ?? now) : null,
    ...(isBusy && { activeAt: now }),
  };
}

/**
 * What `GET /v1/links/status` says of a form link. Only `unused` is documented; `used`, `expired` and
 * `locked` are guesses (guide §14, 19), and any other word changes nothing.
 */
function readingOfStatus(link: MadeLink, status: string, now: Date): Reading {
  const isUsed = status === "used" && link.uses === 0;
  return {
    failure: null,
    refreshedAt: now,
    stoppedAt: status === "locked" ? (link.stoppedAt ?? now) : null,
    ...(isUsed && { uses: 1, activeAt: now }),
  };
}

async function readLink(hero: HeroAccess, link: MadeLink, now: Date): Promise<Reading> {
  if (link.kind === "booking") return readingOf(link, await readBookingLink(hero, link), now);
  const { status } = await getLinkStatus(hero, { url: link.url });
  return readingOfStatus(link, status, now);
}

/**
 * Reads uses, opens and state from Hero now.
 * @throws NotFoundError, ConflictError, HeroError; what was known before stays then
 */
export async function refreshLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.read");
  const { link, practice } = await db.tenant(ctx, (tx) => loadMadeLink(tx, ctx, input.linkId));
  const outcome = await callHeroFor(ctx, practice, (hero) => readLink(hero, link, new Date()));
  await db.tenant(ctx, async (tx) => {
    await settleHeroCalls(tx, ctx, practice, outcome.records);
    if (outcome.ok) {
      await tx.update(links).set(outcome.result).where(isLink(ctx, link.id));
      if (!link.heroLinkId) {
        await addTerms(tx, ctx, link.id, wordsOf(outcome.result.heroLinkId ?? ""));
      }
    } else if (outcome.error.code === "not_found") {
      // Looked at once, it goes to the back of the queue like any other.
      const failure = "Hero no longer knows this link.";
      await tx.update(links).set({ failure, refreshedAt: new Date() }).where(isLink(ctx, link.id));
    }
  });
  if (!outcome.ok) throw outcome.error;
  return db.tenant(ctx, (tx) => getLinkView(tx, ctx, link.id));
}

/** At most this many links of a practice are read in one go of the job. */
const mostInOneGo = 60;
const freshForMinutes = 10;

/**
 * The background reading of a practice's links: those that may still change, most recently used first,
 * within the key's limit. It ends at the first sign that Hero or the key cannot serve it now.
 *
 * @returns how many links were read
 */
export async function refreshLinksOfPractice(
  ctx: TenantContext,
  practiceId: string,
  signal: AbortSignal,
  now = new Date(),
): Promise<number> {
  const stale = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: links.id })
      .from(links)
      .where(
        and(
          eq(links.tenantId, ctx.tenantId),
          eq(links.environment, ctx.environment),
          eq(links.practiceId, practiceId),
          eq(links.outcome, "active"),
          isNull(links.closedAt),
          // A day more: the last bookings of the last day are to be seen too.
          gte(links.expiresOn, addDays(ukDateOf(now), -1)),
          or(
            isNull(links.refreshedAt),
            lt(links.refreshedAt, new Date(now.getTime() - freshForMinutes * 60_000)),
          ),
        ),
      )
      .orderBy(
        desc(links.tenantId),
        desc(links.environment),
        desc(links.practiceId),
        desc(links.activeAt),
      )
      .limit(mostInOneGo),
  );
  let count = 0;
  for (const { id } of stale) {
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
