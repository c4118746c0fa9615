import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { dataKeys } from "@/db/schema/organisations";
import { webhookDeliveries, webhookEndpoints } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { openDataKey } from "../../../crypto/keys";
import { open } from "../../../crypto/secret-box";
import { ConflictError, NotFoundError } from "../../../errors";
import type { DeliveryIdInput, DeliveryView, ShownBody } from "../../../schemas/webhook-deliveries";
import type { TenantContext } from "../../../tenancy/context";
import { requirePermission } from "../../../tenancy/permissions";
import { recordAudit } from "../../audit";
import { deliveryBodyLocation } from "../delivery-body";
import { maskBody, toShownBody } from "./body";
import { selectDeliveries } from "./view";

/** The body as it arrived; null when it was erased. @throws NotFoundError */
async function loadBody(
  tx: Transaction,
  ctx: TenantContext,
  deliveryId: string,
): Promise<Buffer | null> {
  const [row] = await tx
    .select({
      sealedBody: webhookDeliveries.sealedBody,
      dataKey: { id: dataKeys.id, sealedKey: dataKeys.sealedKey },
    })
    .from(webhookDeliveries)
    .innerJoin(
      dataKeys,
      and(sameScope(dataKeys, webhookDeliveries), eq(dataKeys.id, webhookDeliveries.dataKeyId)),
    )
    .where(and(inScope(webhookDeliveries, ctx), eq(webhookDeliveries.id, deliveryId)));
  if (!row) throw new NotFoundError();
  if (!row.sealedBody) return null;
  const { bytes } = openDataKey(ctx.tenantId, row.dataKey);
  return open(row.sealedBody, () => bytes, deliveryBodyLocation(ctx, deliveryId));
}

/** One delivery, its body masked. @throws NotFoundError */
export async function getDelivery(
  ctx: TenantContext,
  { deliveryId }: DeliveryIdInput,
): Promise<DeliveryView> {
  requirePermission(ctx, "webhooks.read");
  return db.read(ctx, async (tx) => {
    const [[summary], [details], body] = await Promise.all([
      selectDeliveries(tx, ctx, {
        where: eq(webhookDeliveries.id, deliveryId),
        orderBy: [sql`1`],
        limit: 1,
      }),
      tx
        .select({
          registeredEventType: webhookEndpoints.eventType,
          sentAt: webhookDeliveries.sentAt,
          attempts: webhookDeliveries.attempts,
          nextAttemptAt: webhookDeliveries.nextAttemptAt,
          processedAt: webhookDeliveries.processedAt,
          headers: webhookDeliveries.headers,
          bodySize: webhookDeliveries.bodySize,
        })
        .from(webhookDeliveries)
        .innerJoin(
          webhookEndpoints,
          and(
            sameScope(webhookEndpoints, webhookDeliveries),
            eq(webhookEndpoints.id, webhookDeliveries.endpointId),
          ),
        )
        .where(and(inScope(webhookDeliveries, ctx), eq(webhookDeliveries.id, deliveryId))),
      loadBody(tx, ctx, deliveryId),
    ]);
    if (!summary || !details) throw new NotFoundError();
    return {
      ...summary,
      ...details,
      sentAt: details.sentAt?.toISOString() ?? null,
      nextAttemptAt: details.nextAttemptAt?.toISOString() ?? null,
      processedAt: details.processedAt?.toISOString() ?? null,
      headers: Object.entries(details.headers)
        .map(([name, value]) => ({ name, value }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      maskedBody: body ? maskBody(body) : null,
    };
  });
}

/**
 * The body as it arrived. Each time is audited.
 *
 * @throws NotFoundError
 * @throws ConflictError when the body was erased
 */
export async function showDeliveryBody(
  ctx: TenantContext,
  { deliveryId }: DeliveryIdInput,
): Promise<ShownBody> {
  requirePermission(ctx, "webhooks.show_bodies");
  return db.tenant(ctx, async (tx) => {
    const body = await loadBody(tx, ctx, deliveryId);
    if (!body) throw new ConflictError("The contents of this delivery have been erased.");
    await recordAudit(tx, ctx, "delivery.shown", {
      type: "delivery",
      id: deliveryId,
      label: null,
    });
    return toShownBody(body);
  });
}
