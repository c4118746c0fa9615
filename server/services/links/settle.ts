import "server-only";
import { and, eq, inArray, lt, or } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { bulkRows } from "@/db/schema/bulk";
import { links, linkTerms } from "@/db/schema/links";
import { ConflictError, InvalidInputError } from "../../errors";
import { getBookingLink, type HeroBookingLink, listShortLinks } from "../../hero/booking-links";
import type { HeroAccess } from "../../hero/request";
import { ukDateOf } from "../../schemas/dates";
import type { LinkIdInput, LinkView, SettleLinkInput } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroFor, settleHeroCalls } from "../hero/access";
import { deriveLinkState } from "./filter";
import { isLink, type LinkRow, loadLink, loadPracticeOf } from "./made-link";
import { addTerms, wordsOf } from "./terms";
import { getLinkView } from "./view";

type Verdict =
  | { isMade: true; url: string; heroLinkId: string | null }
  | { isMade: false; failure: string };

const notUnknown = "Only a link whose fate is unknown can be settled.";

/** The link, when it is unknown. @throws NotFoundError, ConflictError */
async function loadUnknownLink(tx: Transaction, ctx: TenantContext, linkId: string) {
  const link = await loadLink(tx, ctx, linkId);
  if (deriveLinkState(link) !== "unknown") throw new ConflictError(notUnknown);
  return link;
}

/** Writes the verdict on an unknown link, and on the row of a file that it was made for. */
async function writeVerdict(
  tx: Transaction,
  ctx: TenantContext,
  link: LinkRow,
  verdict: Verdict,
  how: "by reading" | "by a person",
): Promise<void> {
  const now = new Date();
  const settled = await tx
    .update(links)
    .set(
      verdict.isMade
        ? {
            outcome: "active",
            url: verdict.url,
            heroLinkId: verdict.heroLinkId,
            failure: null,
            failureCode: null,
            activeAt: now,
          }
        : { outcome: "failed", failure: verdict.failure, failureCode: "settled" },
    )
    .where(and(isLink(ctx, link.id), inArray(links.outcome, ["unknown", "pending"])))
    .returning({ id: links.id });
  // Somebody else was quicker, or Hero's answer came after all.
  if (settled.length === 0) throw new ConflictError(notUnknown);
  if (verdict.isMade) {
    const code = verdict.url.split("/").at(-1) ?? "";
    await addTerms(tx, ctx, link.id, wordsOf(`${verdict.heroLinkId ?? ""} ${code}`));
  }
  if (link.bulkId) {
    await tx
      .update(bulkRows)
      .set(
        verdict.isMade
          ? { state: "made", linkId: link.id, reason: null, reasonCode: null }
          : { state: "refused", linkId: link.id, reason: verdict.failure, reasonCode: "settled" },
      )
      .where(
        and(
          eq(bulkRows.tenantId, ctx.tenantId),
          eq(bulkRows.environment, ctx.environment),
          eq(bulkRows.bulkId, link.bulkId),
          eq(bulkRows.operationId, link.operationId),
          eq(bulkRows.state, "unknown"),
        ),
      );
  }
  const subject = { type: "link", id: link.id, label: null } as const;
  await recordAudit(tx, ctx, "link.settled", subject, {
    verdict: verdict.isMade ? "made" : "not made",
    how,
  });
}

/**
 * A person settles an unknown link: they asked the practice. With an address it was made, without one it
 * was not. An address that another link of this tenant has is not this link's.
 *
 * @throws NotFoundError, ConflictError, InvalidInputError
 */
export async function settleLink(ctx: TenantContext, input: SettleLinkInput): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  return db.tenant(ctx, async (tx) => {
    const link = await loadUnknownLink(tx, ctx, input.linkId);
    if (input.url) await refuseTaken(tx, ctx, input.url);
    await writeVerdict(
      tx,
      ctx,
      link,
      input.url
        ? { isMade: true, url: input.url, heroLinkId: null }
        : { isMade: false, failure: "The practice says that this link was not made." },
      "by a person",
    );
    return getLinkView(tx, ctx, link.id);
  });
}

async function refuseTaken(tx: Transaction, ctx: TenantContext, url: string): Promise<void> {
  const [code] = wordsOf(url.split("/").at(-1) ?? "");
  if (!code) throw new InvalidInputError("url", "Enter the whole address of the link.");
  const [taken] = await tx
    .select({ id: links.id })
    .from(linkTerms)
    .innerJoin(
      links,
      and(
        eq(links.tenantId, linkTerms.tenantId),
        eq(links.environment, linkTerms.environment),
        eq(links.id, linkTerms.linkId),
      ),
    )
    .where(
      and(
        eq(linkTerms.tenantId, ctx.tenantId),
        eq(linkTerms.environment, ctx.environment),
        eq(linkTerms.term, code),
        eq(links.url, url),
      ),
    )
    .limit(1);
  if (taken) throw new InvalidInputError("url", "Another link of yours has this address.");
}

const pageSize = 100;
const mostPages = 20;
/** Hero may finish what it was asked after we stopped waiting; before that, absence proves nothing. */
const settlesAfterMs = 2 * 60_000;

/** Every link Hero lists for the practice; null where there are too many to read. */
async function readWholeList(hero: HeroAccess, isGenericOnly: boolean) {
  const found = new Map<
    string,
    { url: string | null; expiry: string | null; type: string | null }
  >();
  for (let index = 0; index < mostPages; index += 1) {
    const page = await listShortLinks(hero, { index, size: pageSize, isGenericOnly });
    for (const { id, short_link, expiry_date, type } of page) {
      found.set(id, { url: short_link ?? null, expiry: expiry_date ?? null, type: type ?? null });
    }
    // The meaning of `count` is not documented: a short page is the last (guide §14, 11).
    if (page.length < pageSize) return found;
  }
  return null;
}

const isSameDay = (moment: string | null, day: string) =>
  moment === null || moment.slice(0, 10) === day || ukDateOf(new Date(moment)) === day;

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
      if (!isSameDay(expiry, link.expiresOn)) continue;
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
        return { error: new ConflictError("Hero lists too many links to read. Ask the practice.") };
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
