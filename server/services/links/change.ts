import "server-only";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { ConflictError, InvalidInputError } from "../../errors";
import { type HeroBookingLink, updateBookingLink } from "../../hero/booking-links";
import type { AuditAction } from "../../schemas/activity";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { LinkIdInput, LinkView, UpdateLinkInput } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroFor, type HeroOutcome, settleHeroCalls } from "../hero/access";
import {
  heroIdOf,
  isLink,
  isMade,
  isOnDay,
  type LinkRow,
  loadLink,
  loadPracticeOf,
  readBookingLink,
} from "./made-link";
import { changeTerms } from "./terms";
import { getLinkView } from "./view";

type Patch = Parameters<typeof updateBookingLink>[2];

/** A change of one link: of what Hero keeps, of the ledger's own words, or of both. */
export type Change = {
  /** What Hero is asked; nothing where only the ledger's own words change. */
  patch: Patch;
  /** What the ledger says afterwards. */
  row: Partial<LinkRow>;
  action: AuditAction;
  details: Record<string, string | number | null>;
};

/** Whether a reading shows that a change whose answer was lost did take effect. */
function shows(read: HeroBookingLink, patch: Patch): boolean {
  const usesAgree = !patch.maximum_use_count || read.maximum_uses === patch.maximum_use_count;
  const expiryAgrees = !patch.expiry_date || isOnDay(read.expiry_date ?? "", patch.expiry_date);
  // A window is not in the reading: a change of it cannot be settled so.
  return usesAgree && expiryAgrees && !patch.from_date && !patch.to_date;
}

const isEmpty = (patch: Patch) => Object.values(patch).every((value) => value === undefined);

/**
 * Makes a change and keeps the ledger true. Hero is asked only for what it keeps; a lost answer is
 * settled by reading where the reading can show the change.
 *
 * @returns false where there was nothing to change
 * @throws NotFoundError, ConflictError, HeroError
 */
export async function applyChange(
  ctx: TenantContext,
  linkId: string,
  makeChange: (link: LinkRow) => Change | null,
): Promise<boolean> {
  const link = await db.tenant(ctx, (tx) => loadLink(tx, ctx, linkId));
  const change = makeChange(link);
  if (!change) return false;
  const { patch, row, action, details } = change;
  const write = async (tx: Transaction, label: string | null) => {
    const settled = isEmpty(patch) ? row : { failure: null, ...row };
    await tx.update(links).set(settled).where(isLink(ctx, link.id));
    await changeTerms(tx, ctx, link.id, link, { ...link, ...row });
    await recordAudit(tx, ctx, action, { type: "link", id: link.id, label }, details);
  };
  if (isEmpty(patch)) {
    // The ledger's own words need neither Hero nor a connected practice.
    await db.tenant(ctx, (tx) => write(tx, null));
    return true;
  }
  if (!isMade(link)) {
    throw new ConflictError("Only a link that Hero made can be changed or refreshed.");
  }
  if (link.kind === "form") {
    throw new ConflictError("Hero documents no way to change or close a form link.");
  }

  const practice = await db.tenant(ctx, (tx) => loadPracticeOf(tx, ctx, link));
  const asked = await callHeroFor(ctx, practice, async (hero) => {
    await updateBookingLink(hero, await heroIdOf(hero, link), patch);
  });
  let outcome: HeroOutcome<void> = asked;
  if (!asked.ok && asked.error.isDone === "unknown") {
    const reading = await callHeroFor(ctx, practice, (hero) => readBookingLink(hero, link));
    const records = [...asked.records, ...reading.records];
    outcome =
      reading.ok && shows(reading.result, patch)
        ? { ok: true, result: undefined, records }
        : { ok: false, error: asked.error, records };
  }
  await db.tenant(ctx, async (tx) => {
    await settleHeroCalls(tx, ctx, practice, outcome.records);
    if (outcome.ok) {
      await write(tx, practice.name);
    } else if (outcome.error.isDone === "unknown") {
      const failure = `${outcome.error.message} The last change may or may not have been made: check the practice's own list, then set it again.`;
      await tx.update(links).set({ failure }).where(isLink(ctx, link.id));
      const subject = { type: "link", id: link.id, label: practice.name } as const;
      await recordAudit(tx, ctx, "link.unknown", subject, details);
    }
  });
  if (!outcome.ok) throw outcome.error;
  return true;
}

const viewOf = (ctx: TenantContext, linkId: string): Promise<LinkView> =>
  db.tenant(ctx, (tx) => getLinkView(tx, ctx, linkId));

type Window = { slotsFrom?: string | null | undefined; slotsTo?: string | null | undefined };

/** @throws InvalidInputError for a date of the window that the link has and is to lose */
export function refuseTakingDates(link: Window, asked: Window): void {
  for (const field of ["slotsFrom", "slotsTo"] as const) {
    if (link[field] && !asked[field]) {
      throw new InvalidInputError(
        field,
        "Hero documents no way to take a date away. Set another date instead.",
      );
    }
  }
}

/**
 * Changes a link's name and limits.
 *
 * @throws NotFoundError, ConflictError, InvalidInputError, HeroError
 */
export async function updateLink(ctx: TenantContext, input: UpdateLinkInput): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  await applyChange(ctx, input.linkId, (link) => {
    if (!isMade(link)) {
      throw new ConflictError("Only a link that Hero made can be changed or refreshed.");
    }
    if (link.closedAt) throw new ConflictError("This link is closed. Make a new one.");
    refuseTakingDates(link, input);
    const { expiresOn, maximumUses, slotsFrom = null, slotsTo = null, name = null } = input;
    const changed = <Value>(value: Value | null, before: Value | null) =>
      value === null || value === before ? undefined : value;
    return {
      patch: {
        from_date: changed(slotsFrom, link.slotsFrom),
        to_date: changed(slotsTo, link.slotsTo),
        expiry_date: changed(expiresOn, link.expiresOn),
        maximum_use_count: changed(maximumUses, link.maximumUses),
      },
      row: { name, slotsFrom, slotsTo, expiresOn, maximumUses },
      action: "link.changed",
      details: { expiresOn, maximumUses, slotsFrom, slotsTo },
    };
  });
  return viewOf(ctx, input.linkId);
}

/** Hero documents no delete: closing sets the expiry to yesterday. Bookings already made stay. */
export function closing(link: LinkRow): Change | null {
  if (link.closedAt) return null;
  const yesterday = addDays(ukDateOf(new Date()), -1);
  return {
    patch: { expiry_date: yesterday },
    row: { closedAt: new Date() },
    action: "link.closed",
    details: { expiresOn: yesterday },
  };
}

/**
 * Closes a link. Closing a closed link changes nothing.
 *
 * @throws NotFoundError, ConflictError, HeroError
 */
export async function closeLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  await applyChange(ctx, input.linkId, closing);
  return viewOf(ctx, input.linkId);
}
