import "server-only";
import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { destinations, eventSendingAttempts, eventSendings } from "@/db/schema/events";
import { inScope } from "@/db/scope";
import { enqueue } from "../../queue/enqueue";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { recordChange } from "../live/record-change";
import type { ClaimedSending } from "./claim";
import type { PostResult } from "./post";
import { findNextAttempt, retryPeriodMs } from "./schedule";

export type Attempt = { sending: ClaimedSending; attemptedAt: Date; result: PostResult };

const day = 24 * 60 * 60_000;
const warningAfterMs = 4 * day;
/** Nobody's destination is disabled right after the warning, such as after an outage of the portal itself. */
const minWarningMs = 6 * 60 * 60_000;
const pauseStatuses = [429, 502, 504];
const defaultPauseMs = 60_000;

const isDelivered = ({ result }: Attempt) =>
  "status" in result && result.status >= 200 && result.status < 300;

/** How long the address asked to be left alone, in milliseconds; null if it did not. */
function findPause({ result }: Attempt): number | null {
  if (!("status" in result)) return null;
  return result.retryAfterMs ?? (pauseStatuses.includes(result.status) ? defaultPauseMs : null);
}

/** Stores what became of attempts at one destination, in the order in which they ended, as one change. */
export async function recordAttempts(
  ctx: TenantContext,
  destinationId: string,
  attempts: readonly Attempt[],
): Promise<void> {
  const delivered = attempts.filter(isDelivered);
  // At once, so that they share a round trip.
  await db.tenant(ctx, (tx) =>
    Promise.all([
      tx.insert(eventSendingAttempts).values(
        attempts.map(({ sending, attemptedAt, result }) => ({
          tenantId: ctx.tenantId,
          environment: ctx.environment,
          id: uuidv7(),
          destinationId,
          eventId: sending.event.id,
          attemptedAt,
          status: "status" in result ? result.status : null,
          errorCode: "failure" in result ? result.failure : null,
          durationMs: result.durationMs,
        })),
      ),
      recordDelivered(tx, ctx, destinationId, delivered),
      delivered.length === attempts.length
        ? recordWorking(tx, ctx, destinationId)
        : recordFailed(tx, ctx, destinationId, attempts),
      recordChange(tx, ctx, "destinations", destinationId),
    ]),
  );
}

async function recordDelivered(
  tx: Transaction,
  ctx: TenantContext,
  destinationId: string,
  delivered: readonly Attempt[],
): Promise<void> {
  const [first] = delivered;
  if (!first) return;
  await tx
    .update(eventSendings)
    .set({
      state: "delivered",
      attempts: sql`${eventSendings.attempts} + 1`,
      firstAttemptAt: sql`coalesce(${eventSendings.firstAttemptAt}, ${first.attemptedAt.toISOString()})`,
      leasedUntil: null,
      finishedAt: first.attemptedAt,
    })
    .where(
      and(
        inScope(eventSendings, ctx),
        eq(eventSendings.destinationId, destinationId),
        inArray(
          eventSendings.eventId,
          delivered.map(({ sending }) => sending.event.id),
        ),
      ),
    );
}

/** A destination that answers again is no longer failing. */
async function recordWorking(tx: Transaction, ctx: TenantContext, destinationId: string) {
  await tx
    .update(destinations)
    .set({ failingSince: null, warnedAt: null, pausedUntil: null })
    .where(
      and(
        inScope(destinations, ctx),
        eq(destinations.id, destinationId),
        sql`${destinations.failingSince} is not null`,
      ),
    );
}

async function recordFailed(
  tx: Transaction,
  ctx: TenantContext,
  destinationId: string,
  attempts: readonly Attempt[],
): Promise<void> {
  const [destination] = await tx
    .select({
      name: destinations.name,
      state: destinations.state,
      failingSince: destinations.failingSince,
      warnedAt: destinations.warnedAt,
      pausedUntil: destinations.pausedUntil,
    })
    .from(destinations)
    .where(
      and(
        inScope(destinations, ctx),
        eq(destinations.id, destinationId),
        isNull(destinations.deletedAt),
      ),
    )
    .for("update");
  if (!destination) return;
  let { failingSince, warnedAt, pausedUntil } = destination;
  let disabledReason: "gone" | "failing" | null = null;
  let isWarning = false;

  for (const attempt of attempts) {
    const { sending, attemptedAt, result } = attempt;
    if (isDelivered(attempt)) {
      failingSince = null;
      warnedAt = null;
      isWarning = false;
      continue;
    }
    failingSince ??= attemptedAt;
    const pauseMs = findPause(attempt);
    if (pauseMs !== null) {
      const until = new Date(attemptedAt.getTime() + pauseMs);
      pausedUntil = pausedUntil && pausedUntil > until ? pausedUntil : until;
    }
    if ("status" in result && result.status === 410) disabledReason = "gone";
    const failingMs = attemptedAt.getTime() - failingSince.getTime();
    if (failingMs >= warningAfterMs && !warnedAt) {
      warnedAt = attemptedAt;
      isWarning = true;
    }
    const wasWarned = warnedAt && attemptedAt.getTime() - warnedAt.getTime() >= minWarningMs;
    if (failingMs >= retryPeriodMs && wasWarned) disabledReason ??= "failing";
    await recordFailedSending(tx, ctx, destinationId, sending, attemptedAt);
  }

  const isDisabled = disabledReason !== null && destination.state === "active";
  await tx
    .update(destinations)
    .set({
      failingSince,
      warnedAt,
      pausedUntil,
      ...(isDisabled && { state: "disabled", disabledReason, disabledAt: new Date() }),
    })
    .where(and(inScope(destinations, ctx), eq(destinations.id, destinationId)));
  if (isDisabled) {
    const subject = { type: "destination", id: destinationId, label: destination.name } as const;
    await recordAudit(tx, ctx, "destination.disabled", subject, { reason: disabledReason });
  }
  if (isDisabled || (isWarning && destination.state === "active")) {
    const { tenantId, environment } = ctx;
    const about = isDisabled ? "disabled" : "failing";
    const data = { tenantId, environment, destinationId, about } as const;
    await enqueue("destination-mail", data, { within: tx });
  }
}

/** Unless it was delivered, sent again by a person or taken by another worker meanwhile. */
async function recordFailedSending(
  tx: Transaction,
  ctx: TenantContext,
  destinationId: string,
  { event, attempts, firstAttemptAt, leasedUntil }: ClaimedSending,
  attemptedAt: Date,
): Promise<void> {
  const first = firstAttemptAt ?? attemptedAt;
  const nextAttemptAt = findNextAttempt(attempts + 1, first, attemptedAt);
  await tx
    .update(eventSendings)
    .set({
      attempts: attempts + 1,
      firstAttemptAt: first,
      leasedUntil: null,
      ...(nextAttemptAt ? { nextAttemptAt } : { state: "given_up", finishedAt: attemptedAt }),
    })
    .where(
      and(
        inScope(eventSendings, ctx),
        eq(eventSendings.destinationId, destinationId),
        eq(eventSendings.eventId, event.id),
        eq(eventSendings.state, "waiting"),
        eq(eventSendings.leasedUntil, leasedUntil),
      ),
    );
}
