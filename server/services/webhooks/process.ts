import "server-only";
import { and, asc, eq, inArray, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { webhookDeliveries, webhookEndpoints, webhookObjects } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import { HeroError, type HeroErrorCode } from "../../hero/errors";
import { describeError, log } from "../../log";
import type { TenantContext } from "../../tenancy/context";
import { recordChange } from "../live/record-change";
import { type ObjectEffect, readAppointmentObject } from "./appointment-effect";
import { readFormResponseObject } from "./form-response-effect";
import { minReadGapMs } from "./gather";

/** Reads what Hero's deliveries name, and applies what it says (`docs/decisions/022-webhook-processing.md`). */

type ObjectKey = { practiceId: string; objectType: string; objectId: string };

/** An object that this worker reads; another one may when the lease has ended. */
type ClaimedObject = ObjectKey & {
  readonly attempts: number;
  readonly leasedUntil: Date;
  /** The database's time as text: what was gathered by then arrived before the read. */
  readonly claimedAt: string;
  readonly readAt: Date;
};

/** Longer than a wait for a turn with the key and the calls of one object usually take. */
const leaseMs = 30_000;

const isObject = (ctx: TenantContext, { practiceId, objectType, objectId }: ObjectKey) =>
  and(
    inScope(webhookObjects, ctx),
    eq(webhookObjects.practiceId, practiceId),
    eq(webhookObjects.objectType, objectType),
    eq(webhookObjects.objectId, objectId),
  );

/** Claims the practice's object that has been due longest; null when none is. */
async function claimObject(
  ctx: TenantContext,
  practiceId: string,
  now: Date,
): Promise<ClaimedObject | null> {
  const leasedUntil = new Date(now.getTime() + leaseMs);
  return db.tenant(ctx, async (tx) => {
    const [due] = await tx
      .select({
        practiceId: webhookObjects.practiceId,
        objectType: webhookObjects.objectType,
        objectId: webhookObjects.objectId,
        attempts: webhookObjects.attempts,
        claimedAt: sql<string>`date_trunc('milliseconds', clock_timestamp())::text`,
      })
      .from(webhookObjects)
      .where(
        and(
          inScope(webhookObjects, ctx),
          eq(webhookObjects.practiceId, practiceId),
          lte(webhookObjects.dueAt, now),
          or(isNull(webhookObjects.leasedUntil), lte(webhookObjects.leasedUntil, now)),
        ),
      )
      .orderBy(asc(webhookObjects.dueAt))
      .limit(1)
      .for("update", { skipLocked: true });
    if (!due) return null;
    await tx.update(webhookObjects).set({ leasedUntil }).where(isObject(ctx, due));
    return { ...due, leasedUntil, readAt: now };
  });
}

/** Locks the object; false when another worker has claimed it since. */
async function isStillClaimed(tx: Transaction, ctx: TenantContext, claim: ClaimedObject) {
  const [row] = await tx
    .select({ leasedUntil: webhookObjects.leasedUntil })
    .from(webhookObjects)
    .where(and(isObject(ctx, claim), eq(webhookObjects.leasedUntil, claim.leasedUntil)))
    .for("update");
  return row !== undefined;
}

/** The object's deliveries that wait for its read. */
const waitingFor = (tx: Transaction, ctx: TenantContext, claim: ObjectKey) =>
  and(
    inScope(webhookDeliveries, ctx),
    sql`${webhookDeliveries.state} = 'waiting'`,
    isNotNull(webhookDeliveries.gatheredAt),
    eq(webhookDeliveries.objectId, claim.objectId),
    eq(webhookDeliveries.objectType, claim.objectType),
    inArray(
      webhookDeliveries.endpointId,
      tx
        .select({ id: webhookEndpoints.id })
        .from(webhookEndpoints)
        .where(
          and(inScope(webhookEndpoints, ctx), eq(webhookEndpoints.practiceId, claim.practiceId)),
        ),
    ),
  );

/** Applies an effect and ends the deliveries that led to it, in one transaction. */
async function finish(
  ctx: TenantContext,
  claim: ClaimedObject,
  effect: ObjectEffect,
  now: Date,
): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    if (!(await isStillClaimed(tx, ctx, claim))) return;
    const outcome = await effect(tx);
    await tx
      .update(webhookDeliveries)
      .set({
        state: "done",
        outcome,
        attempts: sql`${webhookDeliveries.attempts} + 1`,
        nextAttemptAt: null,
        processedAt: now,
      })
      .where(
        and(
          waitingFor(tx, ctx, claim),
          sql`${webhookDeliveries.gatheredAt} <= ${claim.claimedAt}::timestamptz`,
        ),
      );
    const [newer] = await tx
      .select({ id: webhookDeliveries.id })
      .from(webhookDeliveries)
      .where(waitingFor(tx, ctx, claim))
      .limit(1);
    await tx
      .update(webhookObjects)
      .set({
        leasedUntil: null,
        attempts: 0,
        lastReadAt: claim.readAt,
        dueAt: newer ? new Date(claim.readAt.getTime() + minReadGapMs) : null,
      })
      .where(isObject(ctx, claim));
    await recordChange(tx, ctx, "deliveries");
  });
}

/** Hero's answers about one object, after which the practice's next one may be read. */
const answersAboutObject: readonly string[] = [
  "not_found",
  "unreadable_reply",
  "bad_request",
  "conflict",
  "refused",
  "forbidden",
] satisfies HeroErrorCode[];

/** Some minutes for what Hero may not have written yet; some hours for an outage or a refused key. */
const maxAnsweredAttempts = 5;
const maxAttempts = 12;
const firstBackoffMs = 10_000;
const maxBackoffMs = 3_600_000;

/** Waits for the next attempt, or gives up: the deliveries are then `failed` and can be replayed. */
async function postpone(
  ctx: TenantContext,
  claim: ClaimedObject,
  code: string,
  { now, retryAfterMs = 0 }: { now: Date; retryAfterMs?: number | undefined },
): Promise<void> {
  // Nothing was sent: it was not an attempt.
  const attempts = claim.attempts + (code === "busy" ? 0 : 1);
  const isGivenUp =
    code === "disconnected" ||
    attempts >= (answersAboutObject.includes(code) ? maxAnsweredAttempts : maxAttempts);
  const backoffMs = code === "busy" ? 0 : firstBackoffMs * 2 ** (attempts - 1);
  const waitMs = Math.max(Math.min(backoffMs, maxBackoffMs), retryAfterMs);
  const dueAt = new Date(now.getTime() + waitMs);
  await db.tenant(ctx, async (tx) => {
    if (!(await isStillClaimed(tx, ctx, claim))) return;
    if (code !== "busy") {
      await tx
        .update(webhookDeliveries)
        .set({
          outcome: code,
          attempts: sql`${webhookDeliveries.attempts} + 1`,
          ...(isGivenUp
            ? { state: "failed", nextAttemptAt: null, processedAt: now }
            : { nextAttemptAt: dueAt }),
        })
        .where(waitingFor(tx, ctx, claim));
      await recordChange(tx, ctx, "deliveries");
    }
    await tx
      .update(webhookObjects)
      .set(
        isGivenUp
          ? { leasedUntil: null, attempts: 0, dueAt: null }
          : { leasedUntil: null, attempts, dueAt },
      )
      .where(isObject(ctx, claim));
  });
}

/** Reads an object. @throws HeroError, NotFoundError and ConflictError when its practice is disconnected */
function readObject(
  ctx: TenantContext,
  { practiceId, objectType, objectId, readAt }: ClaimedObject,
) {
  return objectType === "Appointment"
    ? readAppointmentObject(ctx, { practiceId, objectId }, readAt)
    : readFormResponseObject(ctx, { practiceId, objectId });
}

function codeOf(error: unknown): string {
  if (error instanceof HeroError) return error.code;
  return error instanceof NotFoundError || error instanceof ConflictError
    ? "disconnected"
    : "internal_error";
}

/**
 * Reads the practice's object that has been due longest, and applies what Hero's record says. It may run
 * again after a crash: the record decides, and not what came before.
 *
 * @returns `stopped` when Hero or the key is not available, so that the practice's others can wait as well
 */
export async function processNextObject(
  ctx: TenantContext,
  practiceId: string,
  now = () => new Date(),
): Promise<"processed" | "none" | "stopped"> {
  const claim = await claimObject(ctx, practiceId, now());
  if (!claim) return "none";
  try {
    await finish(ctx, claim, await readObject(ctx, claim), now());
    return "processed";
  } catch (error) {
    const code = codeOf(error);
    if (code === "internal_error") {
      log("error", "webhook object failed", { tenantId: ctx.tenantId, ...describeError(error) });
    }
    const retryAfterMs = error instanceof HeroError ? error.details.retryAfterMs : undefined;
    await postpone(ctx, claim, code, { now: now(), retryAfterMs });
    return answersAboutObject.includes(code) ? "processed" : "stopped";
  }
}
