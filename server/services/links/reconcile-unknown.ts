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
/** Hero may still create a link after we stop waiting; until then its absence proves nothing. */
const minUnknownAgeMs = 2 * 60_000;

/**
 * Every link that Hero lists for the practice (assumptions 46 and 47); null when the list cannot be read
 * to its end.
 */
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
    // Only an empty page proves the end: Hero may return pages shorter than requested.
    if (page.length === 0) return found;
    // A page without new links means that Hero ignores the page number.
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
 * Resolves an unknown link from Hero's list, where the list proves something. No matching link that the
 * ledger lacks: it was not created. Exactly one, and the link has no patient: it is this one. Hero's list
 * does not say who an invite is for, so a matching invite proves nothing and the link stays unknown.
 *
 * @throws NotFoundError
 * @throws ConflictError with the reason, when the list proves nothing
 * @throws HeroError
 */
export async function reconcileLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  const { link, practice } = await db.tenant(ctx, async (tx) => {
    const row = await loadUnknownLink(tx, ctx, input.linkId);
    return { link: row, practice: await loadPracticeOfLink(tx, ctx, row) };
  });
  if (Date.now() - link.requestedAt.getTime() < minUnknownAgeMs) {
    throw new ConflictError("Hero may still be creating this link. Check again in two minutes.");
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
          error: new ConflictError("Hero's list could not be read in full. Ask the practice."),
        };
      }
      const [first, second] = matches;
      const otherUnknownCount = first ? await countOtherUnknownLinks(tx, ctx, link) : 0;
      if (first && (link.patientId || second || link.kind === "form" || otherUnknownCount > 0)) {
        return {
          error: new ConflictError(
            `Hero lists ${matches.length === 1 ? "1 matching link" : `${matches.length} matching links`} that we did not create, without saying who for. Ask the practice.`,
          ),
        };
      }
      await saveResolution(
        tx,
        ctx,
        link,
        first
          ? { isCreated: true, url: first.url, heroLinkId: first.id }
          : { isCreated: false, failure: "Hero's list has no such link, so it was not created." },
        "hero_list",
      );
      return { view: await getLinkView(tx, ctx, link.id) };
    })
    .then(({ view, error }) => {
      if (!view) throw error ?? new ConflictError(notUnknownMessage);
      return view;
    });
}

/** Addresses in the ledger of the practice's links with the same expiry date. */
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
