import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { ConflictError, InvalidInputError } from "../../errors";
import { type HeroBookingLink, updateBookingLink } from "../../hero/booking-links";
import type { AuditAction } from "../../schemas/activity";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { LinkIdInput, UpdateLinkInput } from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroForPractice, type HeroOutcome } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import {
  fetchHeroLinkId,
  isCreated,
  isOnDate,
  type LinkRow,
  loadLink,
  loadPracticeOfLink,
  fetchBookingLink,
} from "./load-link";
import { replaceSearchTerms } from "./search-terms";
import { getLinkView } from "./view";

type HeroPatch = Parameters<typeof updateBookingLink>[2];

/** A change of one link: of what Hero stores, of the ledger's own fields, or of both. */
export type LinkChange = {
  /** The change at Hero; empty when only the ledger's own fields change. */
  patch: HeroPatch;
  /** The columns of the ledger afterwards. */
  row: Partial<LinkRow>;
  action: AuditAction;
  details: Record<string, string | number | null>;
};

/** Whether Hero's booking link shows that an unconfirmed change took effect. */
function isPatchApplied(heroLink: HeroBookingLink, patch: HeroPatch): boolean {
  const isUsesEqual = !patch.maximum_use_count || heroLink.maximum_uses === patch.maximum_use_count;
  const isExpiryEqual =
    !patch.expiry_date || isOnDate(heroLink.expiry_date ?? "", patch.expiry_date);
  // Hero's reply has no first and last date, so it cannot confirm a change of them.
  return isUsesEqual && isExpiryEqual && !patch.from_date && !patch.to_date;
}

const isEmpty = (patch: HeroPatch) => Object.values(patch).every((value) => value === undefined);

/**
 * Applies a change at Hero and in the ledger. When Hero's reply is lost, the booking link is read to
 * confirm the change, where it can.
 *
 * @returns false when there is nothing to change
 * @throws NotFoundError, ConflictError, HeroError
 */
export async function applyChange(
  ctx: TenantContext,
  linkId: string,
  buildChange: (link: LinkRow) => LinkChange | null,
): Promise<boolean> {
  const link = await db.tenant(ctx, (tx) => loadLink(tx, ctx, linkId));
  const change = buildChange(link);
  if (!change) return false;
  const { patch, row, action, details } = change;
  const saveChange = async (tx: Transaction, label: string | null) => {
    const fields = isEmpty(patch) ? row : { failure: null, ...row };
    await tx
      .update(links)
      .set(fields)
      .where(and(inScope(links, ctx), eq(links.id, link.id)));
    await replaceSearchTerms(tx, ctx, link.id, link, { ...link, ...row });
    await recordAudit(tx, ctx, action, { type: "link", id: link.id, label }, details);
  };
  if (isEmpty(patch)) {
    // Hero does not store these fields, so the practice may be disconnected.
    await db.tenant(ctx, (tx) => saveChange(tx, null));
    return true;
  }
  if (!isCreated(link)) {
    throw new ConflictError("Only a link that exists at Hero can be changed or refreshed.");
  }
  if (link.kind === "form") {
    throw new ConflictError("Form links cannot be changed or closed: Hero does not support it.");
  }

  const practice = await db.tenant(ctx, (tx) => loadPracticeOfLink(tx, ctx, link));
  const updateOutcome = await callHeroForPractice(ctx, practice, async (hero) => {
    await updateBookingLink(hero, await fetchHeroLinkId(hero, link), patch);
  });
  let outcome: HeroOutcome<void> = updateOutcome;
  if (!updateOutcome.ok && updateOutcome.error.writeOutcome === "unknown") {
    const readOutcome = await callHeroForPractice(ctx, practice, (hero) =>
      fetchBookingLink(hero, link),
    );
    const records = [...updateOutcome.records, ...readOutcome.records];
    outcome =
      readOutcome.ok && isPatchApplied(readOutcome.result, patch)
        ? { ok: true, result: undefined, records }
        : { ok: false, error: updateOutcome.error, records };
  }
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    if (outcome.ok) {
      await saveChange(tx, practice.name);
    } else if (outcome.error.writeOutcome === "unknown") {
      const failure = `${outcome.error.message} We do not know whether the last change was saved. Check the practice's own list, then save it again.`;
      await tx
        .update(links)
        .set({ failure })
        .where(and(inScope(links, ctx), eq(links.id, link.id)));
      const subject = { type: "link", id: link.id, label: practice.name } as const;
      await recordAudit(tx, ctx, "link.unknown", subject, details);
    }
  });
  if (!outcome.ok) throw outcome.error;
  return true;
}

const loadLinkView = (ctx: TenantContext, linkId: string): Promise<LinkView> =>
  db.tenant(ctx, (tx) => getLinkView(tx, ctx, linkId));

type DateWindow = { slotsFrom?: string | null | undefined; slotsTo?: string | null | undefined };

/** @throws InvalidInputError when a first or last date would be removed */
export function rejectDateRemoval(link: DateWindow, requested: DateWindow): void {
  for (const field of ["slotsFrom", "slotsTo"] as const) {
    if (link[field] && !requested[field]) {
      throw new InvalidInputError(field, "Dates can be changed but not removed.");
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
    if (!isCreated(link)) {
      throw new ConflictError("Only a link that exists at Hero can be changed or refreshed.");
    }
    if (link.closedAt) throw new ConflictError("This link is closed. Create a new one.");
    rejectDateRemoval(link, input);
    const { expiresOn, maxUses, slotsFrom = null, slotsTo = null, name = null } = input;
    const changedValue = <Value>(value: Value | null, current: Value | null) =>
      value === null || value === current ? undefined : value;
    return {
      patch: {
        from_date: changedValue(slotsFrom, link.slotsFrom),
        to_date: changedValue(slotsTo, link.slotsTo),
        expiry_date: changedValue(expiresOn, link.expiresOn),
        maximum_use_count: changedValue(maxUses, link.maxUses),
      },
      row: { name, slotsFrom, slotsTo, expiresOn, maxUses },
      action: "link.updated",
      details: { expiresOn, maxUses, slotsFrom, slotsTo },
    };
  });
  return loadLinkView(ctx, input.linkId);
}

/** Hero documents no delete: closing sets the expiry date to yesterday. Existing bookings are kept. */
export function buildCloseChange(link: LinkRow): LinkChange | null {
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
  await applyChange(ctx, input.linkId, buildCloseChange);
  return loadLinkView(ctx, input.linkId);
}
