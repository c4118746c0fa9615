import "server-only";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { appointmentChanges, appointments } from "@/db/schema/appointments";
import { inScope, inTenant } from "@/db/scope";
import { fingerprint } from "../../crypto/tokens";
import { ConflictError, OperationIdReusedError } from "../../errors";
import { HeroError, refusalOf } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import type { AppointmentChangeResult, NearestSlots } from "../../schemas/appointments";
import { actorId, type TenantContext } from "../../tenancy/context";
import { callHeroForPractice, withHeroSlot } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { passingErrorCodes } from "../links/reserve";
import type { PracticeWithKey } from "../practices/load-with-key";
import {
  type AppointmentRow,
  type ChangeRow,
  findOpenChange,
  loadAppointment,
  loadPracticeOfAppointment,
} from "./load";
import { findNearestSlots } from "./nearest-slots";
import {
  columnsFromReading,
  otherPatientCode,
  type Reading,
  readAppointment,
  saveChangeOutcome,
  showsChange,
} from "./reading";
import { resolveByReading } from "./resolve";
import { getAppointmentView, isStale } from "./view";

/** One change, as a service plans it after its own checks. */
export type PlannedChange = {
  /** The new time, when there is one. */
  target?: Pick<ChangeRow, "startsAt" | "durationMinutes" | "practitionerId" | "practitionerName">;
  send: (hero: HeroConnection, heroAppointmentId: string) => Promise<void>;
  /** Why it was not made, from Hero's error and what its record said afterwards. */
  explain: (error: HeroError, reading: Reading | null) => string;
};

/** The time is not free any more: nothing was sent. */
export const timeTaken = Symbol("time taken");

export type ChangeRequest = {
  readonly appointmentId: string;
  readonly operationId: string;
  readonly kind: ChangeRow["kind"];
  /** The state that it is made in. */
  readonly from: "reserved" | "booked";
  /** What tells a repeat from another request. Never the reason that a person gave. */
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
};

const takenMessage = "This time is no longer free. Nothing was changed.";

/**
 * Changes an appointment at Hero, at most once for an operation ID, with one change of an appointment at a
 * time: a pending row, the one call, then Hero's record, which alone says whether it was made. A change
 * whose result is there already is `made` and sends nothing.
 *
 * @param plan the service's own checks; it may refuse with an error, and nothing is written then
 * @throws NotFoundError
 * @throws ConflictError when the appointment is in another state, another change is open, or its practice
 *   is disconnected
 * @throws OperationIdReusedError, HeroError; nothing was sent then
 */
export async function changeAppointment(
  ctx: TenantContext,
  request: ChangeRequest,
  plan: (
    practice: PracticeWithKey,
    row: AppointmentRow,
  ) => Promise<PlannedChange | typeof timeTaken>,
): Promise<AppointmentChangeResult> {
  const { appointmentId, kind } = request;
  const { practice: loadedPractice, repeated } = await db.tenant(ctx, async (tx) => {
    const row = await loadAppointment(tx, ctx, appointmentId);
    return {
      practice: await loadPracticeOfAppointment(tx, ctx, row),
      repeated: await findRepeated(tx, ctx, request),
    };
  });
  if (repeated && !isRetryable(repeated)) return toResult(ctx, loadedPractice, repeated);
  await resolveOpenChange(ctx, appointmentId);

  const row = await db.tenant(ctx, (tx) => loadAppointment(tx, ctx, appointmentId));
  if (isDone(row, request)) return madeResult(ctx, appointmentId);
  requireChangeable(row, request.from);
  const planned = await plan(loadedPractice, row);
  if (planned === timeTaken) return takenResult(ctx, loadedPractice, row);
  if (planned.target && isAt(row, planned.target)) return madeResult(ctx, appointmentId);

  const operation = { name: operationNames[kind], method: "PATCH" } as const;
  const sent = await withHeroSlot(ctx, loadedPractice, operation, async (limiter, practice) => {
    const change = await insertPending(ctx, request, planned, repeated);
    if (!change) return null;
    const send = (hero: HeroConnection) => planned.send(hero, heroIdOf(row));
    const outcome = await callHeroForPractice(ctx, practice, send, limiter);
    return { change, practice, outcome };
  });
  if (!sent) {
    const change = await db.tenant(ctx, (tx) => findRepeated(tx, ctx, request));
    if (!change) throw new ConflictError(openMessage);
    return toResult(ctx, loadedPractice, change);
  }
  const { change, practice, outcome } = sent;
  const readOutcome = await callHeroForPractice(ctx, practice, (hero) =>
    readAppointment(hero, heroIdOf(row)),
  );
  const reading = readOutcome.ok ? readOutcome.result : null;
  const error = outcome.ok ? null : outcome.error;
  const saved = await db.tenant(ctx, async (tx) => {
    const records = [...outcome.records, ...readOutcome.records];
    await recordCallsForPractice(tx, ctx, practice, records);
    const result = toOutcome(change, error, reading, planned);
    // The audit row says what was changed, from the state before it.
    await saveChangeOutcome(tx, ctx, practice, row, change, result);
    if (reading) {
      await tx
        .update(appointments)
        .set(await columnsFromReading(tx, ctx, practice, row, reading))
        .where(and(inScope(appointments, ctx), eq(appointments.id, row.id)));
    }
    return result;
  });
  return toResult(ctx, practice, { ...change, ...saved });
}

const operationNames: Record<ChangeRow["kind"], string> = {
  edit: "editAppointment",
  book: "bookAppointment",
  cancel: "cancelAppointment",
  reschedule: "rescheduleAppointment",
};

const openMessage =
  "Another change of this appointment is under way, or Hero has not confirmed it yet. Read the appointment again before you change it.";

/** @throws OperationIdReusedError */
async function findRepeated(
  tx: Transaction,
  ctx: TenantContext,
  request: ChangeRequest,
): Promise<ChangeRow | null> {
  const [change] = await tx
    .select()
    .from(appointmentChanges)
    .where(
      and(
        inTenant(appointmentChanges, ctx),
        eq(appointmentChanges.operationId, request.operationId),
      ),
    );
  if (!change) return null;
  if (
    change.environment !== ctx.environment ||
    change.appointmentId !== request.appointmentId ||
    change.requestHash !== hashOf(request)
  ) {
    throw new OperationIdReusedError(
      "This request was already sent with different values. Reload the page and try again.",
    );
  }
  return change;
}

const hashOf = ({ kind, from, values }: ChangeRequest) =>
  fingerprint(JSON.stringify({ kind, from, ...values }));

/** Certainly not made, for a reason that passes: the same request may be sent again. */
const isRetryable = ({ outcome, failureCode }: ChangeRow) =>
  outcome === "refused" && passingErrorCodes.includes(failureCode ?? "");

/** A change whose reply was lost may be known by now. @throws ConflictError while it is not */
async function resolveOpenChange(ctx: TenantContext, appointmentId: string): Promise<void> {
  const find = () => db.tenant(ctx, (tx) => findOpenChange(tx, ctx, appointmentId));
  const open = await find();
  if (!open) return;
  const isUnderWay = open.outcome === "pending" && !isStale(open);
  if (!isUnderWay) await resolveByReading(ctx, appointmentId);
  if (isUnderWay || (await find())) throw new ConflictError(openMessage);
}

/** Whether the appointment is already what the change would make it. */
function isDone({ state }: AppointmentRow, { kind, from }: ChangeRequest): boolean {
  if (kind === "book") return state === "booked";
  return kind === "cancel" && state === (from === "booked" ? "cancelled" : "lapsed");
}

const isAt = (row: AppointmentRow, target: NonNullable<PlannedChange["target"]>) =>
  row.startsAt.getTime() === target.startsAt?.getTime() &&
  row.practitionerId === target.practitionerId;

const stateMessages: Record<AppointmentRow["state"], string> = {
  pending: "Hero has not confirmed this appointment yet. Read it again.",
  reserved: "This time is held but not booked. Book it, or let it go.",
  booked: "This appointment is already booked. Cancel it, or move it to another time.",
  cancelled: "This appointment is cancelled. Book another one.",
  lapsed: "This time is no longer held. Select a time again.",
  failed: "Hero did not hold this time. Select a time again.",
  unknown: "The state of this appointment is not known. Check with the practice.",
};

/** @throws ConflictError */
function requireChangeable(row: AppointmentRow, from: ChangeRequest["from"]): void {
  if (row.state !== from) throw new ConflictError(stateMessages[row.state]);
  if (row.failureCode === otherPatientCode) throw new ConflictError(row.failure ?? "");
}

function heroIdOf({ heroAppointmentId }: AppointmentRow): string {
  if (!heroAppointmentId) throw new Error("An appointment that is held has Hero's ID.");
  return heroAppointmentId;
}

/** Writes the pending change; null when another one is open, or a repeat wrote it first. */
async function insertPending(
  ctx: TenantContext,
  request: ChangeRequest,
  { target }: PlannedChange,
  retried: ChangeRow | null,
): Promise<ChangeRow | null> {
  const { appointmentId, operationId, kind, from } = request;
  const started = { ...target, outcome: "pending", createdAt: new Date() } as const;
  try {
    return await db.tenant(ctx, async (tx) => {
      // Locked, so that a change which has just been made is seen.
      const [row] = await tx
        .select({ state: appointments.state })
        .from(appointments)
        .where(and(inScope(appointments, ctx), eq(appointments.id, appointmentId)))
        .for("update");
      if (row?.state !== from) return null;
      const [change] = retried
        ? await tx
            .update(appointmentChanges)
            .set({ ...started, failure: null, failureCode: null, finishedAt: null })
            .where(
              and(
                inScope(appointmentChanges, ctx),
                eq(appointmentChanges.id, retried.id),
                eq(appointmentChanges.outcome, "refused"),
              ),
            )
            .returning()
        : await tx
            .insert(appointmentChanges)
            .values({
              ...started,
              tenantId: ctx.tenantId,
              environment: ctx.environment,
              id: uuidv7(),
              appointmentId,
              operationId,
              requestHash: hashOf(request),
              kind,
              createdBy: actorId(ctx),
            })
            .returning();
      return change ?? null;
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return null;
  }
}

type ChangeOutcome = {
  outcome: "made" | "refused" | "unknown";
  failure?: string;
  failureCode?: string;
};

const notShownYet =
  "Hero accepted this change, but its record does not show it yet. Read the appointment again.";

/** What Hero's reply and its record mean together. */
function toOutcome(
  change: ChangeRow,
  error: HeroError | null,
  reading: Reading | null,
  planned: PlannedChange,
): ChangeOutcome {
  if (reading && showsChange(change, reading)) return { outcome: "made" };
  // Hero has finished with a refused change, so its record proves at once that it was not made.
  const isFinal =
    error !== null &&
    (error.writeOutcome === "no" || (reading !== null && refusalOf(error.code) !== undefined));
  if (isFinal) {
    return {
      outcome: "refused",
      failure: planned.explain(error, reading),
      failureCode: error.code,
    };
  }
  return {
    outcome: "unknown",
    failure: error
      ? `${error.message} We do not know whether this change was made. Read the appointment again.`
      : notShownYet,
    ...(error && { failureCode: error.code }),
  };
}

/** The codes with which Hero refuses a time that is taken. */
const clashCodes: readonly string[] = ["bad_request", "conflict"];

async function toResult(
  ctx: TenantContext,
  practice: PracticeWithKey,
  change: Pick<ChangeRow, "appointmentId" | "kind" | "outcome" | "startsAt"> &
    Partial<Pick<ChangeRow, "failure" | "failureCode">>,
): Promise<AppointmentChangeResult> {
  const { outcome, kind, failure = null, failureCode } = change;
  const appointment = await db.tenant(ctx, (tx) =>
    getAppointmentView(tx, ctx, change.appointmentId),
  );
  const mayBeTaken =
    outcome === "refused" && kind !== "cancel" && clashCodes.includes(failureCode ?? "");
  let nearest: NearestSlots | null = null;
  if (mayBeTaken) {
    nearest = await findNearestSlots(ctx, practice, {
      appointmentTypeId: appointment.appointmentType.id,
      locationId: appointment.location.id,
      startsAt: change.startsAt ?? new Date(appointment.startsAt),
    });
  }
  return { outcome, reason: failure, appointment, nearest };
}

const madeResult = async (
  ctx: TenantContext,
  appointmentId: string,
): Promise<AppointmentChangeResult> => ({
  outcome: "made",
  reason: null,
  appointment: await db.tenant(ctx, (tx) => getAppointmentView(tx, ctx, appointmentId)),
  nearest: null,
});

async function takenResult(
  ctx: TenantContext,
  practice: PracticeWithKey,
  row: AppointmentRow,
): Promise<AppointmentChangeResult> {
  return {
    outcome: "refused",
    reason: takenMessage,
    appointment: await db.tenant(ctx, (tx) => getAppointmentView(tx, ctx, row.id)),
    nearest: await findNearestSlots(ctx, practice, row),
  };
}
