import "server-only";
import { db } from "@/db/client";
import { ConflictError, DomainError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { ukDateOf } from "../../schemas/dates";
import type { UpdateLinksInput } from "../../schemas/links/inputs";
import { expiredMessage, findDateErrors } from "../../schemas/links/rules";
import type { UpdatedLinks } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { applyChange, type LinkChange, buildCloseChange } from "./update";
import { type LinkRow, loadLink } from "./load-link";

/** Sets another expiry date, and reopens a closed link. */
function buildExpiryChange(link: LinkRow, expiresOn: string): LinkChange | null {
  if (!link.closedAt && expiresOn === link.expiresOn) return null;
  const [dateError] = findDateErrors(
    { slotsFrom: link.slotsFrom, expiresOn },
    ukDateOf(new Date()),
  );
  if (dateError) throw new ConflictError(dateError.message);
  return {
    patch: { expiry_date: expiresOn },
    row: { expiresOn, closedAt: null },
    action: link.closedAt ? "link.reopened" : "link.updated",
    details: { expiresOn },
  };
}

/** A closed link that has expired since needs a later expiry date too. */
function buildReopenChange(link: LinkRow, expiresOn?: string): LinkChange | null {
  if (link.closedAt && !expiresOn && link.expiresOn < ukDateOf(new Date())) {
    throw new ConflictError(expiredMessage);
  }
  return buildExpiryChange(link, expiresOn ?? link.expiresOn);
}

type SingleLinkChange = UpdateLinksInput["changes"][number];

function buildChange(
  link: LinkRow,
  { expiresOn, isClosed, tags }: SingleLinkChange,
): LinkChange | null {
  const heroChange =
    isClosed === true
      ? buildCloseChange(link)
      : isClosed === false
        ? buildReopenChange(link, expiresOn)
        : expiresOn
          ? buildExpiryChange(requireOpen(link), expiresOn)
          : null;
  const areTagsChanged = tags && JSON.stringify(tags) !== JSON.stringify(link.tags);
  if (!areTagsChanged) return heroChange;
  if (heroChange) return { ...heroChange, row: { ...heroChange.row, tags } };
  return { patch: {}, row: { tags }, action: "link.tagged", details: { tags: tags.join(", ") } };
}

function requireOpen(link: LinkRow): LinkRow {
  if (link.closedAt) throw new ConflictError("This link is closed.");
  return link;
}

async function applySingleChange(
  ctx: TenantContext,
  change: SingleLinkChange,
): Promise<UpdatedLinks[number]> {
  const { linkId } = change;
  const link = await db.tenant(ctx, (tx) => loadLink(tx, ctx, linkId));
  const previous = { expiresOn: link.expiresOn, isClosed: link.closedAt !== null, tags: link.tags };
  try {
    const hasChanged = await applyChange(ctx, linkId, (current) => buildChange(current, change));
    return { linkId, outcome: hasChanged ? "done" : "same", reason: null, previous };
  } catch (error) {
    if (error instanceof HeroError) {
      const outcome = error.writeOutcome === "unknown" ? "unknown" : "refused";
      return { linkId, outcome, reason: error.message, previous };
    }
    if (error instanceof DomainError) {
      return { linkId, outcome: "refused", reason: error.message, previous };
    }
    throw error;
  }
}

/**
 * Changes one link as `updateLinks` does, but throws when it cannot.
 *
 * @throws NotFoundError, ConflictError, HeroError
 */
export async function updateLinkFields(
  ctx: TenantContext,
  change: SingleLinkChange,
): Promise<void> {
  requirePermission(ctx, "links.edit");
  await applyChange(ctx, change.linkId, (link) => buildChange(link, change));
}

/**
 * Changes several links independently: one that cannot be changed has a reason in the result. Nothing
 * is changed when one of them is not this tenant's.
 *
 * @throws NotFoundError
 */
export async function updateLinks(
  ctx: TenantContext,
  { changes }: UpdateLinksInput,
): Promise<UpdatedLinks> {
  requirePermission(ctx, "links.edit");
  await db.tenant(ctx, async (tx) => {
    for (const { linkId } of changes) await loadLink(tx, ctx, linkId);
  });
  const results: UpdatedLinks = [];
  // Four at a time, the usual concurrency of a key: the limiter would delay the rest anyway.
  for (let offset = 0; offset < changes.length; offset += 4) {
    const batch = changes.slice(offset, offset + 4);
    results.push(...(await Promise.all(batch.map((change) => applySingleChange(ctx, change)))));
  }
  return results;
}
