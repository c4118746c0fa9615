import "server-only";
import { and, eq, lt, or } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { ConflictError } from "../../errors";
import { getBookingLink, type HeroBookingLink, listShortLinks } from "../../hero/booking-links";
import type { HeroAccess } from "../../hero/request";
import type { LinkIdInput, LinkView } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroFor, settleHeroCalls } from "../hero/access";
import { isOnDay, type LinkRow, loadPracticeOf } from "./made-link";
import { loadUnknownLink, notUnknown, writeVerdict } from "./settle";
import { getLinkView } from "./view";

const pageSize = 100;
const mostPages = 20;
/** Hero may finish what it was asked after we stopped waiting; before that, absence proves nothing. */
const settlesAfterMs = 2 * 60_000;

/** Every link Hero lists for the practice; null where that cannot be read for certain. */
async function readWholeList(hero: HeroAccess, isGenericOnly: boolean) {
  const found = new Map<
    string,
    { url: string | null; expiry: string | null; type: string | null }
  >();
  for (let index = 0; index < mostPages; index += 1) {
    const before = found.size;
    const page = await listShortLinks(hero, { index, size: pageSize, isGenericOnly });
    for (const { id, short_link, expiry_date, type } of page) {
      found.set(id, { url: short_link ?? null, expiry: expiry_date ?? null, type: type ?? null });
    }
    // Absence is to be proven, so only an empty page is the end: Hero may make pages shorter than asked.
    if (page.length === 0) return found;
    // A page that brings nothing new says that pages are not turned at all.
    if (found.size === before) return null;
  }
  return null;
}

function isLike(link: LinkRow, read: HeroBookingLink): boolean {
  const agrees = (list: string[] | null | undefined, id: string | null) =>
    !list || (id === null ? list.length === 0 : list.includes(id));
  return (
    agrees(read.meta?.appointment_type_id, link.appointmentTypeId) &&
    agrees(read.meta?.location_id, link.locationId) &&
    agrees(read.meta?.practitioner_id, link.practitionerId) &&
    (!read.maximum_uses || read.maximum_uses === link.maximumUses)
  );
}

/**
 * Settles an unknown link by reading Hero's list, where that can prove something: no link like it there
 * that our ledger does not know – it was not made; exactly one, and it names no patient – it is this one.
 * Hero's list does not tell whom an invite is for, so a like invite proves nothing and stays unknown.
 *
 * @throws NotFoundError
 * @throws ConflictError with what stands in the way, where reading proves nothing
 * @throws HeroError
 */
export async function settleLinkByReading(
  ctx: TenantContext,
  input: LinkIdInput,
): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  const { link, practice } = await db.tenant(ctx, async (tx) => {
    const row = await loadUnknownLink(tx, ctx, input.linkId);
    return { link: row, practice: await loadPracticeOf(tx, ctx, row) };
  });
  if (Date.now() - link.askedAt.getTime() < settlesAfterMs) {
    throw new ConflictError("Hero may still be making this link. Look again in two minutes.");
  }
  const outcome = await callHeroFor(ctx, practice, async (hero) => {
    const listed = await readWholeList(hero, link.patientId === null);
    if (!listed) return null;
    const known = await listKnown(ctx, link);
    const alike: { id: string; url: string }[] = [];
    for (const [id, { url, expiry, type }] of listed) {
      if (!url || known.has(url) || (type && type !== link.kind)) continue;
      if (expiry && !isOnDay(expiry, link.expiresOn)) continue;
      if (link.kind === "form" || isLike(link, await getBookingLink(hero, id))) {
        alike.push({ id, url });
      }
    }
    return alike;
  });
  return db
    .tenant(ctx, async (tx) => {
      await settleHeroCalls(tx, ctx, practice, outcome.records);
      if (!outcome.ok) return { error: outcome.error };
      const alike = outcome.result;
      if (!alike) {
        return {
          error: new ConflictError("Hero's list could not be read to its end. Ask the practice."),
        };
      }
      const [first, second] = alike;
      const rivals = first ? await countRivals(tx, ctx, link) : 0;
      if (first && (link.patientId || second || link.kind === "form" || rivals > 0)) {
        return {
          error: new ConflictError(
            `Hero lists ${alike.length === 1 ? "a link" : `${alike.length} links`} like this one that we did not make, and does not say whom for. Ask the practice.`,
          ),
        };
      }
      await writeVerdict(
        tx,
        ctx,
        link,
        first
          ? { isMade: true, url: first.url, heroLinkId: first.id }
          : { isMade: false, failure: "Hero's list has no such link: it was not made." },
        "by reading",
      );
      return { view: await getLinkView(tx, ctx, link.id) };
    })
    .then(({ view, error }) => {
      if (!view) throw error ?? new ConflictError(notUnknown);
      return view;
    });
}

/** Addresses of the practice's links with the same expiry that the ledger knows. */
async function listKnown(ctx: TenantContext, link: LinkRow): Promise<Set<string>> {
  const rows = await db.tenant(ctx, (tx) =>
    tx
      .select({ url: links.url })
      .from(links)
      .where(
        and(
          eq(links.tenantId, ctx.tenantId),
          eq(links.environment, ctx.environment),
          eq(links.practiceId, link.practiceId),
          eq(links.expiresOn, link.expiresOn),
          eq(links.outcome, "active"),
        ),
      ),
  );
  return new Set(rows.flatMap(({ url }) => url ?? []));
}

/** Other unknown links of the practice that the one found could as well be. */
async function countRivals(tx: Transaction, ctx: TenantContext, link: LinkRow): Promise<number> {
  const rows = await tx
    .select({ id: links.id })
    .from(links)
    .where(
      and(
        eq(links.tenantId, ctx.tenantId),
        eq(links.environment, ctx.environment),
        eq(links.practiceId, link.practiceId),
        eq(links.expiresOn, link.expiresOn),
        or(
          eq(links.outcome, "unknown"),
          and(
            eq(links.outcome, "pending"),
            lt(links.askedAt, new Date(Date.now() - settlesAfterMs)),
          ),
        ),
      ),
    );
  return rows.filter(({ id }) => id !== link.id).length;
}
