import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { ConflictError, InvalidInputError, NotFoundError } from "../../errors";
import {
  getBookingLink,
  type HeroBookingLink,
  listBookingLinks,
  updateBookingLink,
} from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import type { HeroAccess } from "../../hero/request";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { LinkIdInput, LinkView, UpdateLinkInput } from "../../schemas/links";
import type { AuditAction } from "../../schemas/activity";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import {
  callHeroFor,
  type HeroOutcome,
  loadReachablePractice,
  type ReachablePractice,
  settleHeroCalls,
} from "../hero/access";
import { getLinkView } from "./view";

const isLink = (ctx: TenantContext, linkId: string) =>
  and(
    eq(links.tenantId, ctx.tenantId),
    eq(links.environment, ctx.environment),
    eq(links.id, linkId),
  );

type MadeLink = {
  id: string;
  heroLinkId: string | null;
  url: string;
  slotsFrom: string | null;
  slotsTo: string | null;
  expiresOn: string;
  maximumUses: number;
  closedAt: Date | null;
};

/** A link that Hero made, with its practice. @throws NotFoundError, ConflictError */
async function loadMadeLink(
  tx: Transaction,
  ctx: TenantContext,
  linkId: string,
): Promise<{ link: MadeLink; practice: ReachablePractice }> {
  const [row] = await tx
    .select({
      id: links.id,
      practiceId: links.practiceId,
      outcome: links.outcome,
      heroLinkId: links.heroLinkId,
      url: links.url,
      slotsFrom: links.slotsFrom,
      slotsTo: links.slotsTo,
      expiresOn: links.expiresOn,
      maximumUses: links.maximumUses,
      closedAt: links.closedAt,
    })
    .from(links)
    .where(isLink(ctx, linkId));
  if (!row) throw new NotFoundError();
  if (row.outcome !== "active" || !row.url) {
    throw new ConflictError("Only a link that Hero made can be changed or refreshed.");
  }
  const practice = await loadReachablePractice(tx, ctx, row.practiceId).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    throw new ConflictError(
      "The practice of this link is disconnected. Connect it again to change the link.",
    );
  });
  return { link: { ...row, url: row.url }, practice };
}

/** Hero's id of a link; where its answer to the making held none, found by the link's address. */
async function heroIdOf(hero: HeroAccess, link: MadeLink): Promise<string> {
  if (link.heroLinkId) return link.heroLinkId;
  const found = (await listBookingLinks(hero)).find((other) => other.short_link === link.url);
  if (!found) throw new HeroError("not_found", "listBookingLinks");
  return found.id;
}

const readLink = async (hero: HeroAccess, link: MadeLink) =>
  getBookingLink(hero, await heroIdOf(hero, link));

function readingOf(link: MadeLink, read: HeroBookingLink) {
  // Being used up or over is a state of its own and needs no more words.
  const isSpent =
    (read.number_of_uses ?? 0) >= (read.maximum_uses || link.maximumUses) ||
    link.expiresOn < ukDateOf(new Date());
  const isStopped = read.active === false && !link.closedAt && !isSpent;
  return {
    heroLinkId: read.id,
    ...(typeof read.number_of_uses === "number" ? { uses: read.number_of_uses } : {}),
    ...(typeof read.open_count === "number" ? { opens: read.open_count } : {}),
    ...(typeof read.maximum_uses === "number" && read.maximum_uses > 0
      ? { maximumUses: read.maximum_uses }
      : {}),
    failure: isStopped
      ? "Hero says this link is not active, although it has bookings and days left. It may have been locked after ten wrong dates of birth."
      : null,
    refreshedAt: new Date(),
  };
}

/**
 * Reads uses and opens from Hero now.
 * @throws NotFoundError, ConflictError, HeroError; what was known before stays then
 */
export async function refreshLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.read");
  const { link, practice } = await db.tenant(ctx, (tx) => loadMadeLink(tx, ctx, input.linkId));
  const outcome = await callHeroFor(ctx, practice, (hero) => readLink(hero, link));
  await db.tenant(ctx, async (tx) => {
    await settleHeroCalls(tx, ctx, practice, outcome.records);
    if (outcome.ok) {
      await tx.update(links).set(readingOf(link, outcome.result)).where(isLink(ctx, link.id));
    } else if (outcome.error.code === "not_found") {
      const failure = "Hero no longer knows this link.";
      await tx.update(links).set({ failure }).where(isLink(ctx, link.id));
    }
  });
  if (!outcome.ok) throw outcome.error;
  return db.tenant(ctx, (tx) => getLinkView(tx, ctx, link.id));
}

type Change = {
  /** What Hero is asked. */
  patch: Parameters<typeof updateBookingLink>[2];
  /** What the ledger says afterwards. */
  row: Partial<typeof links.$inferInsert>;
  action: AuditAction;
  details: Record<string, string | number | null>;
};

/** Whether a reading shows that a change whose answer was lost did take effect. */
function shows(read: HeroBookingLink, patch: Change["patch"]): boolean {
  const usesAgree = !patch.maximum_use_count || read.maximum_uses === patch.maximum_use_count;
  const expiry = read.expiry_date ? ukDateOf(new Date(read.expiry_date)) : undefined;
  // A moment of midnight UTC and one at the end of the UK day both stand for the same bare date.
  const expiryAgrees = [expiry, read.expiry_date?.slice(0, 10)].includes(patch.expiry_date);
  return usesAgree && expiryAgrees;
}

/**
 * Asks Hero for a change and keeps the ledger true. A lost answer is settled by reading: where the
 * reading shows the change, it counts as done.
 */
async function changeLink(
  ctx: TenantContext,
  linkId: string,
  makeChange: (link: MadeLink) => Change,
): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  const { link, practice } = await db.tenant(ctx, (tx) => loadMadeLink(tx, ctx, linkId));
  const { patch, row, action, details } = makeChange(link);
  const asked = await callHeroFor(ctx, practice, async (hero) => {
    await updateBookingLink(hero, await heroIdOf(hero, link), patch);
  });
  let outcome: HeroOutcome<void> = asked;
  if (!asked.ok && asked.error.isDone === "unknown") {
    const reading = await callHeroFor(ctx, practice, (hero) => readLink(hero, link));
    const records = [...asked.records, ...reading.records];
    outcome =
      reading.ok && shows(reading.result, patch)
        ? { ok: true, result: undefined, records }
        : { ok: false, error: asked.error, records };
  }
  return db
    .tenant(ctx, async (tx) => {
      await settleHeroCalls(tx, ctx, practice, outcome.records);
      const subject = { type: "link", id: link.id, label: practice.name } as const;
      if (outcome.ok) {
        await tx
          .update(links)
          .set({ failure: null, ...row })
          .where(isLink(ctx, link.id));
        await recordAudit(tx, ctx, action, subject, details);
      } else if (outcome.error.isDone === "unknown") {
        const failure = `${outcome.error.message} The last change may or may not have been made: check the practice's own list, then set it again.`;
        await tx.update(links).set({ failure }).where(isLink(ctx, link.id));
        await recordAudit(tx, ctx, "link.unknown", subject, details);
      }
      return { view: await getLinkView(tx, ctx, link.id), outcome };
    })
    .then(({ view, outcome: settled }) => {
      if (!settled.ok) throw settled.error;
      return view;
    });
}

/**
 * Changes a link's name and limits.
 *
 * @throws NotFoundError, ConflictError, InvalidInputError, HeroError
 */
export async function updateLink(ctx: TenantContext, input: UpdateLinkInput): Promise<LinkView> {
  return changeLink(ctx, input.linkId, (link) => {
    if (link.closedAt) throw new ConflictError("This link is closed. Make a new one.");
    for (const field of ["slotsFrom", "slotsTo"] as const) {
      if (link[field] && !input[field]) {
        throw new InvalidInputError(
          field,
          "Hero documents no way to take a date away. Set another date instead.",
        );
      }
    }
    const { expiresOn, maximumUses, slotsFrom, slotsTo } = input;
    return {
      patch: {
        from_date: slotsFrom,
        to_date: slotsTo,
        expiry_date: expiresOn,
        maximum_use_count: maximumUses,
      },
      row: {
        name: input.name ?? null,
        slotsFrom: slotsFrom ?? null,
        slotsTo: slotsTo ?? null,
        expiresOn,
        maximumUses,
      },
      action: "link.changed",
      details: { expiresOn, maximumUses, slotsFrom: slotsFrom ?? null, slotsTo: slotsTo ?? null },
    };
  });
}

/**
 * Closes a link. Hero documents no delete, so the expiry is set to yesterday; bookings already made
 * stay. Closing a closed link changes nothing.
 *
 * @throws NotFoundError, ConflictError, HeroError
 */
export async function closeLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  const before = await db.tenant(ctx, (tx) => getLinkView(tx, ctx, input.linkId));
  if (before.closedAt) return before;
  const yesterday = addDays(ukDateOf(new Date()), -1);
  return changeLink(ctx, input.linkId, () => ({
    patch: { expiry_date: yesterday },
    row: { closedAt: new Date() },
    action: "link.closed",
    details: { expiresOn: yesterday },
  }));
}
