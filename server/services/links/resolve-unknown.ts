import "server-only";
import { and, desc, eq, inArray } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { auditEvents } from "@/db/schema/activity";
import { bulkUploadRows } from "@/db/schema/bulk-uploads";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { isPatientUrl } from "../../env";
import { ConflictError, InvalidInputError } from "../../errors";
import { refusalOf } from "../../hero/errors";
import type { ResolveLinkInput } from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { recordEvent } from "../events/record";
import { deriveLinkState } from "./filter";
import { linkEventData } from "./link-events";
import { type LinkRow, loadLink } from "./load-link";
import { addSearchTerms, replaceSearchTerms, searchTermsOf } from "./search-terms";
import { getLinkView } from "./view";

export type Resolution =
  | { isCreated: true; url: string; heroLinkId: string | null }
  | { isCreated: false; failure: string };

export const notUnknownMessage = "Only a link with unknown status can be resolved.";

/** The link, when it is unknown. @throws NotFoundError, ConflictError */
export async function loadUnknownLink(tx: Transaction, ctx: TenantContext, linkId: string) {
  const link = await loadLink(tx, ctx, linkId);
  if (deriveLinkState(link) !== "unknown") throw new ConflictError(notUnknownMessage);
  return link;
}

/**
 * Writes the resolution of an unknown link, and of the bulk upload row it was created for.
 * @throws a unique violation when another link has the address, perhaps another organisation's
 */
export async function saveResolution(
  tx: Transaction,
  ctx: TenantContext,
  link: LinkRow,
  resolution: Resolution,
  method: "hero_list" | "person",
): Promise<void> {
  const now = new Date();
  const isRefusal = method === "hero_list" && refusalOf(link.failureCode) !== undefined;
  const updated = await tx
    .update(links)
    .set(
      resolution.isCreated
        ? {
            outcome: "active",
            url: resolution.url,
            heroLinkId: resolution.heroLinkId,
            failure: null,
            failureCode: null,
            lastActivityAt: now,
          }
        : {
            outcome: "failed",
            url: null,
            heroLinkId: null,
            // Those of the link that was found.
            ...(link.outcome === "active" && { uses: 0, opens: 0, openedAt: null }),
            failure: resolution.failure,
            // A refusal keeps its code: the same request can be sent again.
            failureCode: isRefusal ? link.failureCode : "resolved",
          },
    )
    .where(
      and(
        inScope(links, ctx),
        eq(links.id, link.id),
        link.outcome === "active"
          ? eq(links.outcome, "active")
          : inArray(links.outcome, ["unknown", "pending"]),
      ),
    )
    .returning({ id: links.id });
  // Someone else resolved it first, or Hero's reply arrived after all.
  if (updated.length === 0) throw new ConflictError(notUnknownMessage);
  if (resolution.isCreated) {
    await addSearchTerms(tx, ctx, link.id, searchTermsOf(resolution));
  } else if (link.url) {
    await replaceSearchTerms(tx, ctx, link.id, link, { ...link, url: null, heroLinkId: null });
  }
  if (link.bulkUploadId) {
    await tx
      .update(bulkUploadRows)
      .set(
        resolution.isCreated
          ? { state: "created", linkId: link.id, reason: null, reasonCode: null }
          : {
              state: "failed",
              linkId: link.id,
              reason: resolution.failure,
              reasonCode: "resolved",
            },
      )
      .where(
        and(
          inScope(bulkUploadRows, ctx),
          eq(bulkUploadRows.bulkUploadId, link.bulkUploadId),
          eq(bulkUploadRows.operationId, link.operationId),
          eq(bulkUploadRows.state, link.outcome === "active" ? "created" : "unknown"),
        ),
      );
  }
  const eventOutcome = resolution.isCreated ? "active" : "failed";
  await recordEvent(tx, ctx, {
    type: "link.resolved",
    key: `${link.id}:${eventOutcome}`,
    subjectId: link.id,
    data: { ...linkEventData(link), outcome: eventOutcome },
  });
  const subject = { type: "link", id: link.id, label: null } as const;
  await recordAudit(tx, ctx, "link.resolved", subject, {
    resolution: resolution.isCreated ? "created" : "not_created",
    method,
  });
}

/**
 * A link that a person may resolve: an unknown one, or one that was found on Hero's list and is not theirs.
 * @throws NotFoundError, ConflictError
 */
async function loadResolvableLink(
  tx: Transaction,
  ctx: TenantContext,
  { linkId, url }: ResolveLinkInput,
): Promise<LinkRow> {
  if (url) return loadUnknownLink(tx, ctx, linkId);
  const link = await loadLink(tx, ctx, linkId);
  const isFound = link.outcome === "active" && (await wasFoundOnList(tx, ctx, linkId));
  if (deriveLinkState(link) !== "unknown" && !isFound) throw new ConflictError(notUnknownMessage);
  return link;
}

/** Whether the link's address is from Hero's list, after its response was lost. */
async function wasFoundOnList(tx: Transaction, ctx: TenantContext, linkId: string) {
  const [resolved] = await tx
    .select({ details: auditEvents.details })
    .from(auditEvents)
    .where(
      and(
        inScope(auditEvents, ctx),
        eq(auditEvents.subjectId, linkId),
        eq(auditEvents.action, "link.resolved"),
      ),
    )
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return resolved?.details?.method === "hero_list" && resolved.details.resolution === "created";
}

/**
 * Resolves an unknown link with what a person learned from the practice: with an address the link
 * exists, without one it does not. An address of another link is rejected. Without one, also a link that
 * was found on Hero's list: the one found is not theirs, and stays as it is at Hero.
 *
 * @throws NotFoundError, ConflictError, InvalidInputError
 */
export async function resolveLink(ctx: TenantContext, input: ResolveLinkInput): Promise<LinkView> {
  requirePermission(ctx, "links.edit");
  try {
    return await db.tenant(ctx, async (tx) => {
      const link = await loadResolvableLink(tx, ctx, input);
      if (input.url && !isPatientUrl(ctx.environment, input.url)) {
        throw new InvalidInputError(
          "url",
          "This is not the address of a Hero link. Copy it from the practice's list.",
        );
      }
      await saveResolution(
        tx,
        ctx,
        link,
        input.url
          ? { isCreated: true, url: input.url, heroLinkId: null }
          : {
              isCreated: false,
              failure:
                link.outcome === "active"
                  ? "The link found on Hero's list is not this one. This link was not created."
                  : "The practice confirmed that this link was not created.",
            },
        "person",
      );
      return getLinkView(tx, ctx, link.id);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new InvalidInputError("url", "Another link has this address.");
  }
}
