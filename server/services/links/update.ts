import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { ChangeRefusedError, ConflictError, InvalidInputError } from "../../errors";
import { type HeroBookingLink, updateBookingLink } from "../../hero/booking-links";
import { HeroError, refusalOf } from "../../hero/errors";
import type { AuditAction } from "../../schemas/activity";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { LinkIdInput, UpdateLinkInput } from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import {
  fetchHeroLinkId,
  isCreated,
  isEndOfDate,
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

/**
 * The parts of a change that Hero's record shows not to have been made. It has no first and last date, so
 * a change of them is taken from the reply's status.
 */
function findUnapplied(link: LinkRow, heroLink: HeroBookingLink, patch: HeroPatch) {
  const { expiry_date: expiry, maximum_uses, unlimited_use, active } = heroLink;
  const isExpiryApplied = (expected: string) =>
    !!expiry &&
    (isOnDate(expiry, expected) ||
      // The midnight after a date may be its end, unless the record said the same before the change.
      (isEndOfDate(expiry, expected) && (!isOnDate(expiry, link.expiresOn) || active === false)));
  const unapplied: (keyof typeof changedParts)[] = [];
  if (patch.expiry_date && !isExpiryApplied(patch.expiry_date)) unapplied.push("expiry_date");
  if (
    patch.maximum_use_count &&
    (maximum_uses !== patch.maximum_use_count || unlimited_use === true)
  ) {
    unapplied.push("maximum_use_count");
  }
  return unapplied;
}

/** The parts of a change that Hero's record shows: their names, and the columns that they set. */
const changedParts = {
  expiry_date: { name: "the expiry date", columns: ["expiresOn", "closedAt"] },
  maximum_use_count: { name: "the number of uses", columns: ["maxUses"] },
} as const satisfies Partial<
  Record<keyof HeroPatch, { name: string; columns: readonly (keyof LinkRow)[] }>
>;

const isEmpty = (patch: HeroPatch) => Object.values(patch).every((value) => value === undefined);

/**
 * Applies a change at Hero, reads the link back, and records in the ledger what Hero's record shows.
 *
 * @returns false when there is nothing to change
 * @throws NotFoundError, ConflictError, HeroError
 * @throws ChangeRefusedError when Hero accepted the change and did not make it
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
  const saveColumns = async (tx: Transaction, columns: Partial<LinkRow>) => {
    await tx
      .update(links)
      .set(columns)
      .where(and(inScope(links, ctx), eq(links.id, link.id)));
    await replaceSearchTerms(tx, ctx, link.id, link, { ...link, ...columns });
  };
  const saveChange = async (tx: Transaction, label: string | null) => {
    await saveColumns(tx, isEmpty(patch) ? row : { failure: null, ...row });
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
  if (link.kind !== "booking") {
    const name = link.kind === "form" ? "Form" : "Video";
    throw new ConflictError(`${name} links cannot be changed or closed: Hero does not support it.`);
  }

  const practice = await db.tenant(ctx, (tx) => loadPracticeOfLink(tx, ctx, link));
  const updateOutcome = await callHeroForPractice(ctx, practice, async (hero) => {
    await updateBookingLink(hero, await fetchHeroLinkId(hero, link), patch);
  });
  const updateError = updateOutcome.ok ? null : updateOutcome.error;
  // A failed read before the change: nothing was sent.
  const isSent = updateError?.operation === "updateBookingLink";
  if (updateError && (!isSent || updateError.writeOutcome === "no")) {
    await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, updateOutcome.records));
    throw asNotMade(updateError);
  }
  // A status is no proof: only Hero's record of the link shows what was changed.
  const readOutcome = await callHeroForPractice(ctx, practice, (hero) =>
    fetchBookingLink(hero, link),
  );
  const unapplied = readOutcome.ok ? findUnapplied(link, readOutcome.result, patch) : [];
  // A change whose reply was lost may still be made, and Hero's record has no first and last date.
  const isStillLost =
    updateError !== null && (unapplied.length > 0 || Boolean(patch.from_date ?? patch.to_date));
  // Hero has finished with a refused change, and its record shows none of it.
  const isNotMade =
    updateError !== null &&
    refusalOf(updateError.code) !== undefined &&
    unapplied.length > 0 &&
    unapplied.length === Object.values(patch).filter((value) => value !== undefined).length;
  const error = await db.tenant(ctx, async (tx): Promise<Error | null> => {
    const records = [...updateOutcome.records, ...readOutcome.records];
    await recordCallsForPractice(tx, ctx, practice, records);
    if (isNotMade) return asNotMade(updateError);
    const subject = { type: "link", id: link.id, label: practice.name } as const;
    if (!readOutcome.ok || isStillLost) {
      const cause = updateError ?? new HeroError("unreadable_reply", "getBookingLink");
      const failure = `${cause.message} We do not know whether the last change was saved. Check the practice's own list, then save it again.`;
      await saveColumns(tx, { failure });
      await recordAudit(tx, ctx, "link.unknown", subject, details);
      return cause;
    }
    if (unapplied.length === 0) {
      await saveChange(tx, practice.name);
      return null;
    }
    const names = unapplied.map((part) => changedParts[part].name).join(" and ");
    const failure = `Hero accepted the last change but did not change ${names} of this link.`;
    const hasOtherParts =
      Object.values(patch).filter((value) => value !== undefined).length > unapplied.length;
    await saveColumns(tx, {
      ...(hasOtherParts && omitColumns(row, unapplied)),
      failure,
    });
    await recordAudit(tx, ctx, "link.change_not_made", subject, details);
    return new ChangeRefusedError("not_changed", failure);
  });
  if (error) throw error;
  return true;
}

const asNotMade = ({ code, operation, details }: HeroError) =>
  new HeroError(code, operation, { ...details, writeOutcome: "no" });

/** The columns of a change without those of the parts that Hero did not make. */
function omitColumns(
  row: Partial<LinkRow>,
  parts: readonly (keyof typeof changedParts)[],
): Partial<LinkRow> {
  const omitted = new Set<string>(parts.flatMap((part) => changedParts[part].columns));
  return Object.fromEntries(Object.entries(row).filter(([name]) => !omitted.has(name)));
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

/** What a change is recorded with: the values that differ from the link's. */
const changedDetails = (
  link: LinkRow,
  limits: Pick<LinkRow, "expiresOn" | "maxUses" | "slotsFrom" | "slotsTo">,
): LinkChange["details"] =>
  Object.fromEntries(
    Object.entries(limits).filter(([name, value]) => link[name as keyof typeof limits] !== value),
  );

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
      details: changedDetails(link, { expiresOn, maxUses, slotsFrom, slotsTo }),
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
    // Not the link's own expiry date, which is kept for reopening it.
    details: { heroExpiresOn: yesterday },
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
