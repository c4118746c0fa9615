import "server-only";
import { and, eq, inArray, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { webhookEndpoints, webhookRegistrations } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { DomainError } from "../../errors";
import { HeroError } from "../../hero/errors";
import type { TenantContext } from "../../tenancy/context";
import { removeEndpoints } from "./subscribe";
import { syncWebhooks } from "./sync";

/**
 * Before a practice is disconnected: its deliveries are refused from now on, and its registrations are
 * deleted at Hero as far as Hero allows.
 *
 * @returns how many may still be registered: only the practice can delete them after it is disconnected
 */
export async function removeWebhooksOfPractice(
  ctx: TenantContext,
  practiceId: string,
): Promise<number> {
  const endpointIds = await db.tenant(ctx, async (tx) => {
    const rows = await tx
      .select({ id: webhookEndpoints.id })
      .from(webhookEndpoints)
      .where(
        and(
          inScope(webhookEndpoints, ctx),
          eq(webhookEndpoints.practiceId, practiceId),
          isNull(webhookEndpoints.removedAt),
        ),
      );
    const ids = rows.map(({ id }) => id);
    await removeEndpoints(tx, ctx, ids);
    return ids;
  });
  if ((await countLeft(ctx, practiceId)) === 0 && endpointIds.length === 0) return 0;
  try {
    await syncWebhooks(ctx, { practiceId, isRepair: false });
  } catch (error) {
    if (!(error instanceof HeroError) && !(error instanceof DomainError)) throw error;
  }
  return countLeft(ctx, practiceId);
}

async function countLeft(ctx: TenantContext, practiceId: string): Promise<number> {
  const rows = await db.tenant(ctx, (tx) =>
    tx
      .selectDistinct({ id: webhookEndpoints.id })
      .from(webhookEndpoints)
      .innerJoin(
        webhookRegistrations,
        and(
          sameScope(webhookRegistrations, webhookEndpoints),
          eq(webhookRegistrations.endpointId, webhookEndpoints.id),
          inArray(webhookRegistrations.state, ["pending", "active", "lost", "ending"]),
        ),
      )
      .where(and(inScope(webhookEndpoints, ctx), eq(webhookEndpoints.practiceId, practiceId))),
  );
  return rows.length;
}
