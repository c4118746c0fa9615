import "server-only";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import { events } from "@/db/schema/events";
import type { EventType } from "../../schemas/event-catalogue";
import type { EventData } from "../../schemas/event-types";
import type { TenantContext } from "../../tenancy/context";

export type NewEvent<Type extends EventType = EventType> = {
  type: Type;
  key: string;
  subjectId: string;
  data: EventData<Type>;
  occurredAt?: Date;
};

/**
 * Records an event in the transaction of its change of state. A second one with the same type and `key` is
 * dropped: `key` names the state, such as the link and the appointment, and not the moment.
 */
export async function recordEvent<Type extends EventType>(
  tx: Transaction,
  ctx: TenantContext,
  event: NewEvent<Type>,
): Promise<void> {
  await recordEvents(tx, ctx, [event]);
}

/** As `recordEvent`, for many at once. */
export async function recordEvents<Type extends EventType>(
  tx: Transaction,
  ctx: TenantContext,
  newEvents: readonly NewEvent<Type>[],
): Promise<void> {
  if (newEvents.length === 0) return;
  await tx
    .insert(events)
    .values(
      newEvents.map(({ type, key, subjectId, data, occurredAt = new Date() }) => ({
        tenantId: ctx.tenantId,
        environment: ctx.environment,
        id: uuidv7(),
        type,
        key: `${type}:${key}`,
        practiceId: "practiceId" in data ? data.practiceId : null,
        subjectId,
        data,
        occurredAt,
      })),
    )
    .onConflictDoNothing();
}
