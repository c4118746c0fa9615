import "server-only";
import { db } from "@/db/client";
import { ConflictError, DomainError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { ChangedLinks, ChangeLinksInput } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { applyChange, type Change, closing } from "./change";
import { type LinkRow, loadLink } from "./made-link";

/** Sets a later (or earlier) expiry; opens the link again where it was closed. */
function moving(link: LinkRow, expiresOn: string): Change | null {
  if (!link.closedAt && expiresOn === link.expiresOn) return null;
  const today = ukDateOf(new Date());
  if (expiresOn < today) throw new ConflictError("The expiry must be today or later.");
  if (expiresOn > addDays(today, 731)) {
    throw new ConflictError("The expiry can be at most two years ahead.");
  }
  if (link.slotsFrom && link.slotsFrom > expiresOn) {
    throw new ConflictError("The link would stop working before its first day.");
  }
  return {
    patch: { expiry_date: expiresOn },
    row: { expiresOn, closedAt: null },
    action: link.closedAt ? "link.reopened" : "link.changed",
    details: { expiresOn },
  };
}

type OneChange = ChangeLinksInput["changes"][number];

function changeOf(link: LinkRow, { expiresOn, isClosed, tags }: OneChange): Change | null {
  const asked =
    isClosed === true
      ? closing(link)
      : isClosed === false
        ? moving(link, expiresOn ?? link.expiresOn)
        : expiresOn
          ? moving(refuseClosed(link), expiresOn)
          : null;
  const isTagged = tags && JSON.stringify(tags) !== JSON.stringify(link.tags);
  if (!isTagged) return asked;
  if (asked) return { ...asked, row: { ...asked.row, tags } };
  return { patch: {}, row: { tags }, action: "link.tagged", details: { tags: tags.join(", ") } };
}

function refuseClosed(link: LinkRow): LinkRow {
  if (link.closedAt) throw new ConflictError("This link is closed.");
  return link;
}

async function changeOne(ctx: TenantContext, change: OneChange): Promise<ChangedLinks[number]> {
  const { linkId } = change;
  const link = await db.tenant(ctx, (tx) => loadLink(tx, ctx, linkId));
  const before = { expiresOn: link.expiresOn, isClosed: link.closedAt !== null, tags: link.tags };
  try {
    const isChanged = await applyChange(ctx, linkId, (current) => changeOf(current, change));
    return { linkId, outcome: isChanged ? "done" : "same", reason: null, before };
  } catch (error) {
    if (error instanceof HeroError) {
      const outcome = error.isDone === "unknown" ? "unknown" : "refused";
      return { linkId, outcome, reason: error.message, before };
    }
    if (error instanceof DomainError) {
      return { linkId, outcome: "refused", reason: error.message, before };
    }
    throw error;
  }
}

/**
 * Changes one link as `changeLinks` does, for a caller that takes a "no" as an error.
 *
 * @throws NotFoundError, ConflictError, HeroError
 */
export async function changeLink(ctx: TenantContext, change: OneChange): Promise<void> {
  requirePermission(ctx, "links.edit");
  await applyChange(ctx, change.linkId, (link) => changeOf(link, change));
}

/**
 * Changes several links, each for itself: one that cannot be changed does not hold up the others, and
 * says why. Nothing is changed when one of them is not this tenant's.
 *
 * @throws NotFoundError
 */
export async function changeLinks(
  ctx: TenantContext,
  { changes }: ChangeLinksInput,
): Promise<ChangedLinks> {
  requirePermission(ctx, "links.edit");
  await db.tenant(ctx, async (tx) => {
    for (const { linkId } of changes) await loadLink(tx, ctx, linkId);
  });
  const results: ChangedLinks = [];
  // Four at a time, as many as a key usually may: the limiter would hold back the rest anyway.
  for (let at = 0; at < changes.length; at += 4) {
    const few = changes.slice(at, at + 4);
    results.push(...(await Promise.all(few.map((change) => changeOne(ctx, change)))));
  }
  return results;
}
