import "server-only";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import { getBookingLink, type HeroBookingLink, listBookingLinks } from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import { ukDateOf } from "../../schemas/dates";
import type { TenantContext } from "../../tenancy/context";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";

/** The row of a link, as changes and readings need it. */
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
      "The practice of this link is disconnected. Connect it again to change the link.",
    );
  });
}

export const isCreated = (link: LinkRow): link is CreatedLink =>
  link.outcome === "active" && link.url !== null;

/** A link that Hero made, with its practice. @throws NotFoundError, ConflictError */
export async function loadCreatedLink(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<{ link: CreatedLink; practice: PracticeWithKey }> {
  const link = await loadLink(tx, ctx, linkId);
  if (!isCreated(link)) {
    throw new ConflictError("Only a link that Hero made can be changed or refreshed.");
  }
  return { link, practice: await loadPracticeOfLink(tx, ctx, link) };
}

/** Hero's id of a booking link; where its answer to the making held none, found by the address. */
export async function fetchHeroLinkId(hero: HeroConnection, link: CreatedLink): Promise<string> {
  if (link.heroLinkId) return link.heroLinkId;
  const found = (await listBookingLinks(hero)).find((other) => other.short_link === link.url);
  if (!found) throw new HeroError("not_found", "listBookingLinks");
  return found.id;
}

export const fetchBookingLink = async (
  hero: HeroConnection,
  link: CreatedLink,
): Promise<HeroBookingLink> => getBookingLink(hero, await fetchHeroLinkId(hero, link));

/**
 * Whether what Hero writes for a link's expiry stands for a bare date: a moment of midnight UTC and one at
 * the end of the day in the UK both do. What is no moment stands for none.
 */
export function isOnDate(timestamp: string, localDate: string): boolean {
  const date = new Date(timestamp);
  return (
    timestamp.slice(0, 10) === localDate ||
    (!Number.isNaN(date.getTime()) && ukDateOf(date) === localDate)
  );
}
