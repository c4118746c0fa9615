import "server-only";
import { and, count, desc, eq, gte, lt, max, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { webhookDeliveries } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import {
  type DeliveryAttention,
  type DeliveryAttentionInput,
  type DeliveryPage,
  deliveryPeriods,
  type ListDeliveriesInput,
} from "../../../schemas/webhook-deliveries";
import type { TenantContext } from "../../../tenancy/context";
import { requirePermission } from "../../../tenancy/permissions";
import { lowestId } from "../retention";
import { isOfPractice } from "./of-practice";
import { selectDeliveries } from "./view";

const hourMs = 3_600_000;

function matchesFilters(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, eventType, isLate, period }: DeliveryAttentionInput,
  now: Date,
) {
  return and(
    // IDs are in the order of arrival, and the index has them.
    period
      ? gte(
          webhookDeliveries.id,
          lowestId(new Date(now.getTime() - deliveryPeriods[period] * hourMs)),
        )
      : undefined,
    practiceId ? isOfPractice(tx, ctx, practiceId) : undefined,
    eventType ? eq(webhookDeliveries.eventType, eventType) : undefined,
    isLate === undefined ? undefined : eq(webhookDeliveries.isLate, isLate),
  );
}

/** Deliveries, newest first. @param now the end of `period` */
export async function listDeliveries(
  ctx: TenantContext,
  input: ListDeliveriesInput,
  now = new Date(),
): Promise<DeliveryPage> {
  requirePermission(ctx, "webhooks.read");
  const { state, cursor, limit = 50 } = input;
  const rows = await db.read(ctx, (tx) =>
    selectDeliveries(tx, ctx, {
      where: and(
        matchesFilters(tx, ctx, input, now),
        state ? eq(webhookDeliveries.state, state) : undefined,
        cursor ? lt(webhookDeliveries.id, cursor) : undefined,
      ),
      // The whole key, because ordering by id alone would sort every delivery of the tenant.
      orderBy: [
        desc(webhookDeliveries.tenantId),
        desc(webhookDeliveries.environment),
        desc(webhookDeliveries.id),
      ],
      limit: limit + 1,
    }),
  );
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** How many deliveries need a person, by cause; the most frequent first. */
export async function countDeliveriesByCause(
  ctx: TenantContext,
  input: DeliveryAttentionInput,
  now = new Date(),
): Promise<DeliveryAttention> {
  requirePermission(ctx, "webhooks.read");
  const rows = await db.read(ctx, (tx) =>
    tx
      .select({
        state: webhookDeliveries.state,
        outcome: webhookDeliveries.outcome,
        count: count(),
        latestAt: max(webhookDeliveries.receivedAt),
      })
      .from(webhookDeliveries)
      .where(
        and(
          inScope(webhookDeliveries, ctx),
          // As the index of open deliveries is written.
          sql`${webhookDeliveries.state} in ('quarantined', 'failed')`,
          matchesFilters(tx, ctx, input, now),
        ),
      )
      .groupBy(webhookDeliveries.state, webhookDeliveries.outcome),
  );
  return rows
    .flatMap(({ state, latestAt, ...row }) =>
      latestAt && (state === "quarantined" || state === "failed")
        ? [{ ...row, state, latestAt: latestAt.toISOString() }]
        : [],
    )
    .toSorted((a, b) => b.count - a.count);
}
