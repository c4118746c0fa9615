import "server-only";
import { and, asc, eq, gt, gte, inArray, isNotNull, ne, or, isNull, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { webhookDeliveries } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import type { ReplayDeliveriesInput, ReplayDeliveryInput } from "../../schemas/replays";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { isOfPractice } from "./deliveries/of-practice";
import { lowestId } from "./retention";

/** Processed again, as if it had just arrived. Hero's record decides, so a second time has no second effect. */
const replayed = {
  state: "waiting",
  gatheredAt: null,
  attempts: 0,
  nextAttemptAt: null,
  outcome: null,
  processedAt: null,
} as const;

/** What can be replayed: neither quarantined, nor unreadable, nor the portal's own test. */
const isReplayable = (ctx: TenantContext) =>
  and(
    inScope(webhookDeliveries, ctx),
    inArray(webhookDeliveries.state, ["done", "kept", "failed"]),
    isNotNull(webhookDeliveries.eventType),
    or(
      isNull(webhookDeliveries.outcome),
      and(ne(webhookDeliveries.outcome, "test"), ne(webhookDeliveries.outcome, "unreadable_body")),
    ),
  );

/**
 * Processes one delivery again.
 * @throws NotFoundError; ConflictError when it waits already or must have no effect
 */
export async function replayDelivery(
  ctx: TenantContext,
  { deliveryId }: ReplayDeliveryInput,
): Promise<null> {
  requirePermission(ctx, "webhooks.manage");
  return db.tenant(ctx, async (tx) => {
    const isThis = eq(webhookDeliveries.id, deliveryId);
    const updated = await tx
      .update(webhookDeliveries)
      .set(replayed)
      .where(and(isReplayable(ctx), isThis))
      .returning({ id: webhookDeliveries.id });
    if (updated.length > 0) {
      await recordAudit(tx, ctx, "delivery.replayed", {
        type: "delivery",
        id: deliveryId,
        label: null,
      });
      return null;
    }
    const [row] = await tx
      .select({ state: webhookDeliveries.state })
      .from(webhookDeliveries)
      .where(and(inScope(webhookDeliveries, ctx), isThis));
    if (!row) throw new NotFoundError();
    throw new ConflictError(
      row.state === "waiting"
        ? "This delivery is waiting to be processed."
        : "This delivery cannot be replayed: it has no effect.",
    );
  });
}

const isWanted = (
  tx: Transaction,
  ctx: TenantContext,
  { since, practiceId }: ReplayDeliveriesInput,
) =>
  and(
    isReplayable(ctx),
    gte(webhookDeliveries.id, lowestId(new Date(since))),
    practiceId ? isOfPractice(tx, ctx, practiceId) : undefined,
  );

/** How many deliveries `replayDeliveries` would process again. */
export async function countReplayableDeliveries(
  ctx: TenantContext,
  input: ReplayDeliveriesInput,
): Promise<number> {
  requirePermission(ctx, "webhooks.manage");
  return db.read(ctx, (tx) => tx.$count(webhookDeliveries, isWanted(tx, ctx, input)));
}

const maxPerTransaction = 5_000;

/** Replays a part, with its audit row. @returns the last ID and how many; undefined when none is left */
async function replaySome(
  tx: Transaction,
  ctx: TenantContext,
  input: ReplayDeliveriesInput,
  after: string | undefined,
) {
  const rows = await tx
    .select({ id: webhookDeliveries.id })
    .from(webhookDeliveries)
    .where(and(isWanted(tx, ctx, input), after ? gt(webhookDeliveries.id, after) : undefined))
    .orderBy(asc(webhookDeliveries.id))
    .limit(maxPerTransaction)
    .for("update");
  const last = rows.at(-1);
  if (!last) return undefined;
  await tx
    .update(webhookDeliveries)
    .set(replayed)
    .where(
      and(
        inScope(webhookDeliveries, ctx),
        sql`${webhookDeliveries.id} = any(${sql.param(rows.map(({ id }) => id))}::uuid[])`,
      ),
    );
  await recordAudit(
    tx,
    ctx,
    "delivery.replayed",
    { type: "delivery", id: last.id, label: null },
    {
      since: new Date(input.since).toISOString(),
      count: rows.length,
      ...(input.practiceId && { practiceId: input.practiceId }),
    },
  );
  return { lastId: last.id, count: rows.length };
}

/**
 * Processes all deliveries again that arrived at or after a time, of one practice or of all, in parts.
 * @returns how many
 */
export async function replayDeliveries(
  ctx: TenantContext,
  input: ReplayDeliveriesInput,
): Promise<number> {
  requirePermission(ctx, "webhooks.manage");
  let total = 0;
  let after: string | undefined;
  do {
    const part = await db.tenant(ctx, (tx) => replaySome(tx, ctx, input, after));
    after = part?.lastId;
    total += part?.count ?? 0;
  } while (after);
  return total;
}
