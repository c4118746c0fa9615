import "server-only";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { ConflictError, NotFoundError } from "../../errors";
import { getBookingLink, type HeroBookingLink, listBookingLinks } from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import type { HeroAccess } from "../../hero/request";
import { ukDateOf } from "../../schemas/dates";
import type { TenantContext } from "../../tenancy/context";
import { loadReachablePractice, type ReachablePractice } from "../hero/access";

export const isLink = (ctx: TenantContext, linkId: string) =>
  and(
    eq(links.tenantId, ctx.tenantId),
    eq(links.environment, ctx.environment),
    eq(links.id, linkId),
  );

/** The row of a link, as changes and readings need it. */
export type LinkRow = typeof links.$inferSelect;
export type MadeLink = LinkRow & { url: string };

/** @throws NotFoundError */
export async function loadLink(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<LinkRow> {
  const [row] = await tx.select().from(links).where(isLink(ctx, linkId));
  if (!row) throw new NotFoundError();
  return row;
}

/** The practice of a link. @throws ConflictError when it is disconnected */
export function loadPracticeOf(
  tx: Transaction,
  ctx: TenantContext,
  link: { practiceId: string },
): Promise<ReachablePractice> {
  return loadReachablePractice(tx, ctx, link.practiceId).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    throw new ConflictError(
      "The practice of this link is disconnected. Connect it again to change the link.",
    );
  });
}

export const isMade = (link: LinkRow): link is MadeLink =>
  link.outcome === "active" && link.url !== null;

/** A link that Hero made, with its practice. @throws NotFoundError, ConflictError */
export async function loadMadeLink(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<{ link: MadeLink; practice: ReachablePractice }> {
  const link = await loadLink(tx, ctx, linkId);
  if (!isMade(link)) {
    throw new ConflictError("Only a link that Hero made can be changed or refreshed.");
  }
  return { link, practice: await loadPracticeOf(tx, ctx, link) };
}

/** Hero's id of a booking link; where its answer to the making held none, found by the address. */
export async function heroIdOf(hero: HeroAccess, link: MadeLink): Promise<string> {
  if (link.heroLinkId) return link.heroLinkId;
  const found = (await listBookingLinks(hero)).find((other) => other.short_link === link.url);
  if (!found) throw new HeroError("not_found", "listBookingLinks");
  return found.id;
}

export const readBookingLink = async (hero: HeroAccess, link: MadeLink): Promise<HeroBookingLink> =>
  getBookingLink(hero, await heroIdOf(hero, link));

/**
 * Whether what Hero writes for a link's expiry stands for a bare date: a moment of midnight UTC and one at
 * the end of the day in the UK both do. What is no moment stands for none.
 */
export function isOnDay(moment: string, bareDate: string): boolean {
  const at = new Date(moment);
  return (
    moment.slice(0, 10) === bareDate || (!Number.isNaN(at.getTime()) && ukDateOf(at) === bareDate)
  );
}
