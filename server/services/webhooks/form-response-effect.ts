import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { linkFormResponses } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { getFormResponse } from "../../hero/form-responses";
import type { TenantContext } from "../../tenancy/context";
import { recordChange } from "../live/record-change";
import { fetchAtLowPriority, type ObjectEffect, refreshUses } from "./appointment-effect";

/**
 * Reads which form link a submitted form came through, where Hero says so, notes it and refreshes the link's
 * uses. Which patient sent it is not stored, and the answers are not read.
 *
 * @throws NotFoundError and ConflictError when the practice is disconnected, HeroError
 */
export async function readFormResponseObject(
  ctx: TenantContext,
  { practiceId, objectId }: { practiceId: string; objectId: string },
): Promise<ObjectEffect> {
  const { short_link_id: heroLinkId, created_at } = await fetchAtLowPriority(
    ctx,
    practiceId,
    (hero) => getFormResponse(hero, objectId),
  );
  if (!heroLinkId) return async () => "not_ours";
  const [link] = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: links.id })
      .from(links)
      .where(
        and(
          inScope(links, ctx),
          eq(links.practiceId, practiceId),
          eq(links.kind, "form"),
          eq(links.heroLinkId, heroLinkId),
        ),
      ),
  );
  if (!link) return async () => "not_ours";
  await refreshUses(ctx, link.id);
  const { tenantId, environment } = ctx;
  return async (tx) => {
    await tx
      .insert(linkFormResponses)
      .values({
        ...{ tenantId, environment, practiceId, linkId: link.id },
        heroFormResponseId: objectId,
        submittedAt: created_at ? new Date(created_at) : null,
        readAt: new Date(),
      })
      .onConflictDoNothing();
    await recordChange(tx, ctx, "links", link.id);
    return "form_link_refreshed";
  };
}
