import "server-only";
import { and, eq, lt, or } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { ConflictError } from "../../errors";
import { getBookingLink, type HeroBookingLink, listShortLinks } from "../../hero/booking-links";
import type { HeroConnection } from "../../hero/request";
import type { LinkIdInput } from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { isOnDate, type LinkRow, loadPracticeOfLink } from "./load-link";
import { loadUnknownLink, notUnknownMessage, saveResolution } from "./resolve-unknown";
import { getLinkView } from "./view";

const pageSize = 100;
const maxPages = 20;
/** Hero may finish what it was asked after we stopped waiting; before that, absence proves nothing. */
const minUnknownAgeMs = 2 * 60_000;

/** Every link Hero lists for the practice; null where that cannot be read for certain. */
async function fetchAllShortLinks(hero: HeroConnection, isGenericOnly: boolean) {
  const found = new Map<
    string,
    { url: string | null; expiry: string | null; type: string | null }
  >();
  for (let index = 0; index < maxPages; index += 1) {
    const previousSize = found.size;
    const page = await listShortLinks(hero, { index, size: pageSize, isGenericOnly });
    for (const { id, short_link, expiry_date, type } of page) {
      found.set(id, { url: short_link ?? null, expiry: expiry_date ?? null, type: type ?? null });
    }
    // Absence is to be proven, so only an empty page is the end: Hero may make pages shorter than asked.
    if (page.length === 0) return found;
    // A page that brings nothing new says that pages are not turned at all.
    if (found.size === previousSize) return null;
  }
  return null;
}

function isMatch(link: LinkRow, heroLink: HeroBookingLink): boolean {
  const matches = (list: string[] | null | undefined, id: string | null) =>
    !list || (id === null ? list.length === 0 : list.includes(id));
  return (
    matches(heroLink.meta?.appointment_type_id, link.appointmentTypeId) &&
    matches(heroLink.meta?.location_id, link.locationId) &&
    matches(heroLink.meta?.practitioner_id, link.practitionerId) &&
    (!heroLink.maximum_uses || heroLink.maximum_uses === link.maxUses)
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
export async function reconcileLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  const { link, practice } = await db.tenant(ctx, async (tx) => {
    const row = await loadUnknownLink(tx, ctx, input.linkId);
    return { link: row, practice: await loadPracticeOfLink(tx, ctx, row) };
  });
  if (Date.now() - link.requestedAt.getTime() < minUnknownAgeMs) {
    throw new ConflictError("Hero may still be making this link. Look again in two minutes.");
  }
  const outcome = await callHeroForPractice(ctx, practice, async (hero) => {
    const shortLinks = await fetchAllShortLinks(hero, link.patientId === null);
    if (!shortLinks) return null;
    const ledgerUrls = await listLedgerUrls(ctx, link);
    const matches: { id: string; url: string }[] = [];
    for (const [id, { url, expiry, type }] of shortLinks) {
      if (!url || ledgerUrls.has(url) || (type && type !== link.kind)) continue;
      if (expiry && !isOnDate(expiry, link.expiresOn)) continue;
      if (link.kind === "form" || isMatch(link, await getBookingLink(hero, id))) {
        matches.push({ id, url });
      }
    }
    return matches;
  });
  return db
    .tenant(ctx, async (tx) => {
      await recordCallsForPractice(tx, ctx, practice, outcome.records);
      if (!outcome.ok) return { error: outcome.error };
      const matches = outcome.result;
      if (!matches) {
        return {
          error: new ConflictError("Hero's list could not be read to its end. Ask the practice."),
        };
      }
      const [first, second] = matches;
      const otherUnknownCount = first ? await countOtherUnknownLinks(tx, ctx, link) : 0;
      if (first && (link.patientId || second || link.kind === "form" || otherUnknownCount > 0)) {
        return {
          error: new ConflictError(
            `Hero lists ${matches.length === 1 ? "a link" : `${matches.length} links`} like this one that we did not make, and does not say whom for. Ask the practice.`,
          ),
        };
      }
      await saveResolution(
        tx,
        ctx,
        link,
        first
          ? { isCreated: true, url: first.url, heroLinkId: first.id }
          : { isCreated: false, failure: "Hero's list has no such link: it was not made." },
        "hero_list",
      );
      return { view: await getLinkView(tx, ctx, link.id) };
    })
    .then(({ view, error }) => {
      if (!view) throw error ?? new ConflictError(notUnknownMessage);
      return view;
    });
}

/** Addresses of the practice's links with the same expiry that the ledger knows. */
async function listLedgerUrls(ctx: TenantContext, link: LinkRow): Promise<Set<string>> {
  const rows = await db.tenant(ctx, (tx) =>
    tx
      .select({ url: links.url })
      .from(links)
      .where(
        and(
          inScope(links, ctx),
          eq(links.practiceId, link.practiceId),
          eq(links.expiresOn, link.expiresOn),
          eq(links.outcome, "active"),
        ),
      ),
  );
  return new Set(rows.flatMap(({ url }) => url ?? []));
}

/** Other unknown links of the practice that the one found could as well be. */
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
