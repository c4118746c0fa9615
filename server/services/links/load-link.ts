import "server-only";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import { getBookingLink, type HeroBookingLink, listBookingLinks } from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { TenantContext } from "../../tenancy/context";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";

export type LinkRow = typeof links.$inferSelect;
export type CreatedLink = LinkRow & { url: string };

/** @throws NotFoundError */
export async function loadLink(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<LinkRow> {
  const [row] = await tx
    .select()
    .from(links)
    .where(and(inScope(links, ctx), eq(links.id, linkId)));
  if (!row) throw new NotFoundError();
  return row;
}

/** The practice of a link. @throws ConflictError when it is disconnected */
export function loadPracticeOfLink(
  tx: Transaction,
  ctx: TenantContext,
  link: { practiceId: string },
): Promise<PracticeWithKey> {
  return loadPracticeWithKey(tx, ctx, link.practiceId).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    throw new ConflictError(
      "This link's practice is disconnected. Connect it again to change the link.",
    );
  });
}

export const isCreated = (link: LinkRow): link is CreatedLink =>
  link.outcome === "active" && link.url !== null;

/** A link that exists at Hero, with its practice. @throws NotFoundError, ConflictError */
export async function loadCreatedLink(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<{ link: CreatedLink; practice: PracticeWithKey }> {
  const link = await loadLink(tx, ctx, linkId);
  if (!isCreated(link)) {
    throw new ConflictError("Only a link that exists at Hero can be changed or refreshed.");
  }
  return { link, practice: await loadPracticeOfLink(tx, ctx, link) };
}

/**
 * Hero's ID of a booking link. When the reply to creating it had none, the address finds it. The list may
 * be one page of several, so an address that is not on it proves nothing.
 */
export async function fetchHeroLinkId(hero: HeroConnection, link: CreatedLink): Promise<string> {
  if (link.heroLinkId) return link.heroLinkId;
  const [found, ...others] = (await listBookingLinks(hero)).filter(
    (other) => other.short_link === link.url,
  );
  if (!found || others.length > 0) throw new HeroError("unreadable_reply", "listBookingLinks");
  return found.id;
}

/** Hero's record of a link. @throws HeroError also when it has another link's address or practice */
export async function fetchBookingLink(
  hero: HeroConnection,
  link: CreatedLink,
): Promise<HeroBookingLink> {
  const heroLink = await getBookingLink(hero, await fetchHeroLinkId(hero, link));
  const isOfOtherLink = heroLink.short_link && heroLink.short_link !== link.url;
  const isOfOtherPractice =
    heroLink.practice_group_id && heroLink.practice_group_id !== hero.practiceGroupId;
  if (isOfOtherLink || isOfOtherPractice) {
    throw new HeroError("unreadable_reply", "getBookingLink");
  }
  return heroLink;
}

/** Whether a timestamp is the midnight, in UTC or in the UK, at which a local date ends. */
export function isEndOfDate(timestamp: string, localDate: string): boolean {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) return false;
  const isMidnight =
    /T00:00(:00)?(\.0+)?(Z|$)/.test(timestamp) ||
    ukDateOf(new Date(date.getTime() - 1)) !== ukDateOf(date);
  return isMidnight && isOnDate(timestamp, addDays(localDate, 1));
}

/**
 * Whether Hero's timestamp of an expiry is on a local date. Midnight UTC and the end of the day in the
 * UK both count; text that is no timestamp does not.
 */
export function isOnDate(timestamp: string, localDate: string): boolean {
  const date = new Date(timestamp);
  return (
    timestamp.slice(0, 10) === localDate ||
    (!Number.isNaN(date.getTime()) && ukDateOf(date) === localDate)
  );
}
