import "server-only";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { webhookDeliveries, webhookEndpoints, webhookObjects } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { heroEventTypes, isHeroEventType } from "../../schemas/event-catalogue";
import type { TenantContext } from "../../tenancy/context";
import { type NewEvent, recordEvents } from "../events/record";
import { recordChange } from "../live/record-change";

/** Deliveries that one transaction gathers: few, so that others have their turn in between. */
const maxGathered = 250;
/** After a read of an object, the next one waits this long, and until its deliveries have paused. */
export const minReadGapMs = 10_000;
const pauseMs = 5_000;
const maxReadGapMs = 60_000;

type Arrived = {
  id: string;
  practiceId: string;
  eventType: string | null;
  objectType: string | null;
  objectId: string | null;
  sentAt: Date | null;
  receivedAt: Date;
};
type Readable = Arrived & { objectType: string; objectId: string };

const knownTypeOf = ({ eventType }: Arrived) =>
  eventType !== null && isHeroEventType(eventType) ? heroEventTypes[eventType] : undefined;

/** Whether the delivery names an object that the portal reads. */
function isReadable(delivery: Arrived): delivery is Readable {
  const type = knownTypeOf(delivery);
  return (
    type?.effect === "reads" && delivery.objectType === type.object && delivery.objectId !== null
  );
}

/**
 * Hero's own event, once for each type, object and signed time: a delivery that Hero repeats is no second
 * one. Late deliveries count as well, because Hero may retry with the first timestamp.
 */
function toEvent(delivery: Arrived): NewEvent | undefined {
  const { id, eventType, practiceId, objectType, objectId, sentAt, receivedAt } = delivery;
  if (eventType === null || !isHeroEventType(eventType)) return undefined;
  const isIdentified = objectId !== null && sentAt !== null;
  return {
    type: `hero.${eventType}`,
    key: isIdentified
      ? `${practiceId}:${objectType ?? ""}:${objectId}:${sentAt.toISOString()}`
      : `${practiceId}:${id}`,
    subjectId: objectId ?? id,
    data: { practiceId, objectType, objectId },
    occurredAt: sentAt ?? receivedAt,
  };
}

/**
 * Makes objects due. One that was read a moment ago waits until its deliveries pause, for a minute at most,
 * so that a burst costs two reads. One that failed keeps its time.
 */
async function makeDue(
  tx: Transaction,
  ctx: TenantContext,
  deliveries: readonly Readable[],
  now: Date,
): Promise<void> {
  const objects = new Map(
    deliveries.map(({ practiceId, objectType, objectId }) => [
      `${practiceId}/${objectType}/${objectId}`,
      { practiceId, objectType, objectId },
    ]),
  );
  if (objects.size === 0) return;
  const at = (ms: number) => sql`${new Date(now.getTime() + ms).toISOString()}::timestamptz`;
  const ms = (duration: number) => sql`${`${duration} milliseconds`}::interval`;
  const { dueAt, lastReadAt, attempts } = webhookObjects;
  await tx
    .insert(webhookObjects)
    .values(
      // In one order, so that two workers do not wait for each other.
      [...objects]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => ({
          ...object,
          tenantId: ctx.tenantId,
          environment: ctx.environment,
          dueAt: now,
        })),
    )
    .onConflictDoUpdate({
      target: [
        webhookObjects.tenantId,
        webhookObjects.environment,
        webhookObjects.practiceId,
        webhookObjects.objectType,
        webhookObjects.objectId,
      ],
      set: {
        attempts: sql`case when ${dueAt} is null then 0 else ${attempts} end`,
        dueAt: sql`case
          when ${dueAt} is null then greatest(${at(0)}, ${lastReadAt} + ${ms(minReadGapMs)})
          when ${dueAt} <= ${at(0)} or ${attempts} > 0 then ${dueAt}
          else least(greatest(${dueAt}, ${at(pauseMs)}), coalesce(${lastReadAt}, ${at(0)}) + ${ms(maxReadGapMs)})
        end`,
      },
    });
}

const anyOf = (deliveries: readonly Arrived[]) =>
  sql`${webhookDeliveries.id} = any(${sql.param(deliveries.map(({ id }) => id))}::uuid[])`;

/**
 * Takes deliveries that no worker has seen, in the order of their arrival: records Hero's events, makes the
 * objects due that they name, and keeps those from which nothing follows. Several workers may do this at once.
 *
 * @returns how many were taken; another call may find more
 */
export async function gatherDeliveries(ctx: TenantContext, now = new Date()): Promise<number> {
  return db.tenant(ctx, async (tx) => {
    const { id, eventType, objectType, objectId, sentAt, receivedAt } = webhookDeliveries;
    const arrived: Arrived[] = await tx
      .select({
        id,
        practiceId: webhookEndpoints.practiceId,
        eventType,
        objectType,
        objectId,
        sentAt,
        receivedAt,
      })
      .from(webhookDeliveries)
      .innerJoin(
        webhookEndpoints,
        and(
          sameScope(webhookEndpoints, webhookDeliveries),
          eq(webhookEndpoints.id, webhookDeliveries.endpointId),
        ),
      )
      .where(
        and(
          inScope(webhookDeliveries, ctx),
          // A literal: with a parameter PostgreSQL does not use the partial index.
          sql`${webhookDeliveries.state} = 'waiting'`,
          isNull(webhookDeliveries.gatheredAt),
        ),
      )
      .orderBy(asc(id))
      .limit(maxGathered)
      .for("update", { of: webhookDeliveries, skipLocked: true });
    if (arrived.length === 0) return 0;
    const readable = arrived.filter(isReadable);
    const kept = arrived.filter((delivery) => !isReadable(delivery));
    await makeDue(tx, ctx, readable, now);
    await recordEvents(
      tx,
      ctx,
      arrived.flatMap((delivery) => toEvent(delivery) ?? []),
    );
    // The database's time, as in `claimObject`.
    const gatheredAt = sql`now()`;
    if (readable.length > 0) {
      await tx
        .update(webhookDeliveries)
        .set({ gatheredAt })
        .where(and(inScope(webhookDeliveries, ctx), anyOf(readable)));
    }
    if (kept.length > 0) {
      await tx
        .update(webhookDeliveries)
        .set({ gatheredAt, state: "kept", outcome: "kept", processedAt: now })
        .where(and(inScope(webhookDeliveries, ctx), anyOf(kept)));
    }
    await recordChange(tx, ctx, "deliveries");
    return arrived.length;
  });
}
