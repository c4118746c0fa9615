import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { appointments } from "@/db/schema/appointments";
import { inScope, inTenant } from "@/db/scope";
import { fingerprint } from "../../crypto/tokens";
import { InvalidInputError, OperationIdReusedError } from "../../errors";
import { createAppointment } from "../../hero/appointments";
import { HeroError } from "../../hero/errors";
import type { HeroSlot } from "../../hero/slots";
import type { ReservationResult, ReserveAppointmentInput } from "../../schemas/appointments";
import type { BookingOptions } from "../../schemas/practices";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroForPractice, type HeroOutcome, withHeroSlot } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { passingErrorCodes } from "../links/reserve";
import { requireAllowedPatient } from "../patients/check";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { readBookingOptions } from "../practices/read";
import { type AppointmentRow, loadAppointment } from "./load";
import { findNearestSlots } from "./nearest-slots";
import { practitionerNameOf, readAppointment, saveReading, subjectOf } from "./reading";
import { findFreeSlot } from "./slot";
import { getAppointmentView } from "./view";

const takenCode = "slot_taken";
const takenMessage = "This time is no longer free. Nothing was held.";

/**
 * Holds a slot for a patient, at most once for an operation ID: first the patient and the slot as Hero has
 * them now, then a pending row, then the one call, then Hero's record. Only Hero's reply has the ID, so
 * when it is lost the appointment stays unknown and nothing is sent again. A repeat gets the same
 * appointment in its present state.
 *
 * @throws NotFoundError unless the practice is connected
 * @throws InvalidInputError on `patientId`, `slotId`, `appointmentTypeId` or `locationId`; on
 *   `confirmedRestricted` until it is confirmed
 * @throws PatientNotCheckedError when Hero did not say; nothing is written then
 * @throws OperationIdReusedError when the operation ID was used for something else
 * @throws HeroError when the slot cannot be read, `busy` when too many calls wait, and
 *   `disconnected`; nothing is written then
 */
export async function reserveAppointment(
  ctx: TenantContext,
  input: ReserveAppointmentInput,
): Promise<ReservationResult> {
  requirePermission(ctx, "appointments.book");
  const requestHash = hashOf(input);
  const { practice, existing } = await db.tenant(ctx, async (tx) => ({
    practice: await loadPracticeWithKey(tx, ctx, input.practiceId),
    existing: await findExisting(tx, ctx, input.operationId, requestHash),
  }));
  if (existing && !isRetryable(existing)) return toResult(ctx, practice, existing.id);

  await requireAllowedPatient(
    ctx,
    practice,
    input.patientId,
    "book",
    input.confirmedRestricted ?? false,
  );
  const options = await requireOptions(ctx, practice, input);
  const slot = await findFreeSlot(ctx, practice, input, "reserve");
  const isAsShown = !input.startsAt || input.startsAt === slot?.start_time;
  if (!slot || !isAsShown) return takenResult(ctx, practice, input);

  const operation = { name: "createAppointment", method: "POST" } as const;
  const sent = await withHeroSlot(ctx, practice, operation, async (limiter, current) => {
    const pending = await insertPending(ctx, current, input, requestHash, { slot, options });
    if (!pending.isNew) return { id: pending.id, practice: current, outcome: null };
    const outcome = await callHeroForPractice(
      ctx,
      current,
      (hero) =>
        createAppointment(hero, {
          appointment_type_id: slot.appointment_type_id,
          location_id: slot.location_id,
          practitioner_id: slot.practitioner_id,
          start_time: slot.start_time,
          duration: slot.duration,
          patient_id: input.patientId,
        }),
      limiter,
    );
    return { id: pending.id, practice: current, outcome };
  });
  if (!sent.outcome) return toResult(ctx, practice, sent.id);
  const isRecorded = await recordReply(ctx, sent.practice, sent.id, input, sent.outcome);
  if (isRecorded) await readBack(ctx, sent.practice, sent.id);
  return toResult(ctx, practice, sent.id);
}

/** Tells a repeat from another request. */
const hashOf = ({
  operationId: _operationId,
  confirmedRestricted: _confirmed,
  ...request
}: ReserveAppointmentInput) => fingerprint(JSON.stringify(request));

/** @throws OperationIdReusedError */
async function findExisting(
  tx: Transaction,
  ctx: TenantContext,
  operationId: string,
  requestHash: string,
): Promise<AppointmentRow | null> {
  const [row] = await tx
    .select()
    .from(appointments)
    .where(and(inTenant(appointments, ctx), eq(appointments.operationId, operationId)));
  if (!row) return null;
  if (row.environment !== ctx.environment || row.requestHash !== requestHash) {
    throw new OperationIdReusedError(
      "This request was already sent with different values. Select a time again.",
    );
  }
  return row;
}

/** Certainly not held, for a reason that passes: the same request may be sent again. */
const isRetryable = ({ state, failureCode }: AppointmentRow) =>
  state === "failed" && passingErrorCodes.includes(failureCode ?? "");

/** The practice's lists, which must have the type and the location. @throws InvalidInputError, HeroError */
async function requireOptions(
  ctx: TenantContext,
  practice: PracticeWithKey,
  { practiceId, appointmentTypeId, locationId }: ReserveAppointmentInput,
): Promise<BookingOptions> {
  const hasType = ({ appointmentTypes }: BookingOptions) =>
    appointmentTypes.some(({ id }) => id === appointmentTypeId);
  const hasLocation = ({ locations }: BookingOptions) =>
    locations.some(({ id }) => id === locationId);
  const stored = practice.bookingOptions;
  if (stored && hasType(stored) && hasLocation(stored)) return stored;
  const options = await readBookingOptions(ctx, { practiceId });
  if (!hasType(options)) {
    throw new InvalidInputError(
      "appointmentTypeId",
      "The list that Hero returned does not have this appointment type.",
    );
  }
  if (!hasLocation(options)) {
    throw new InvalidInputError(
      "locationId",
      "The list that Hero returned does not have this location.",
    );
  }
  return options;
}

/** Writes the pending row, or makes a failed one pending again. `isNew` once for each call to Hero. */
function insertPending(
  ctx: TenantContext,
  practice: PracticeWithKey,
  input: ReserveAppointmentInput,
  requestHash: string,
  { slot, options }: { slot: HeroSlot; options: BookingOptions },
): Promise<{ id: string; isNew: boolean }> {
  return db.tenant(ctx, async (tx) => {
    const nameOf = (list: readonly { id: string; name: string }[], id: string) =>
      list.find((each) => each.id === id)?.name ?? id;
    const fromSlot = {
      appointmentTypeId: slot.appointment_type_id,
      appointmentTypeName: nameOf(options.appointmentTypes, slot.appointment_type_id),
      locationId: slot.location_id,
      locationName: nameOf(options.locations, slot.location_id),
      practitionerId: slot.practitioner_id,
      practitionerName: practitionerNameOf({ bookingOptions: options }, slot.practitioner_id),
      startsAt: new Date(slot.start_time),
      durationMinutes: slot.duration,
      createdAt: new Date(),
    };
    const [inserted] = await tx
      .insert(appointments)
      .values({
        ...fromSlot,
        tenantId: ctx.tenantId,
        environment: ctx.environment,
        id: uuidv7(),
        operationId: input.operationId,
        requestHash,
        practiceId: practice.id,
        patientId: input.patientId,
        state: "pending",
        createdBy: actorId(ctx),
      })
      .onConflictDoNothing({ target: [appointments.tenantId, appointments.operationId] })
      .returning({ id: appointments.id });
    const row = inserted ?? (await retryFailed(tx, ctx, input.operationId, fromSlot));
    if (!row) {
      const existing = await findExisting(tx, ctx, input.operationId, requestHash);
      if (!existing) throw new Error("The appointment was neither written nor found.");
      return { id: existing.id, isNew: false };
    }
    const details = { operationId: input.operationId };
    await recordAudit(tx, ctx, "appointment.requested", subjectOf(row, practice), details);
    return { id: row.id, isNew: true };
  });
}

async function retryFailed(
  tx: Transaction,
  ctx: TenantContext,
  operationId: string,
  fromSlot: Partial<AppointmentRow>,
): Promise<{ id: string } | undefined> {
  const [row] = await tx
    .update(appointments)
    .set({ ...fromSlot, state: "pending", failure: null, failureCode: null })
    .where(
      and(
        inScope(appointments, ctx),
        eq(appointments.operationId, operationId),
        eq(appointments.state, "failed"),
        inArray(appointments.failureCode, [...passingErrorCodes]),
      ),
    )
    .returning({ id: appointments.id });
  return row;
}

/**
 * Writes what Hero's reply says, its ID first of all: without it the hold could never be read again.
 *
 * @returns whether there is an ID to read
 */
async function recordReply(
  ctx: TenantContext,
  practice: PracticeWithKey,
  appointmentId: string,
  input: ReserveAppointmentInput,
  outcome: HeroOutcome<{ id: string; reserved_until: string | null }>,
): Promise<boolean> {
  const { records } = outcome;
  if (outcome.ok) {
    const { id: heroAppointmentId, reserved_until: until } = outcome.result;
    try {
      await db.tenant(ctx, async (tx) => {
        await tx
          .update(appointments)
          .set({ heroAppointmentId, reservedUntil: until ? new Date(until) : null })
          .where(and(inScope(appointments, ctx), eq(appointments.id, appointmentId)));
        await recordCallsForPractice(tx, ctx, practice, records);
      });
      return true;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      // Another appointment has the ID: the reply is not about this one.
      const notThisOne = new HeroError("unreadable_reply", "createAppointment");
      await saveFailure(ctx, practice, appointmentId, input, { error: notThisOne, records });
      return false;
    }
  }
  const { error } = outcome;
  const isClash = ["bad_request", "conflict"].includes(error.code);
  const isTaken = isClash && !(await isStillFree(ctx, practice, input));
  await saveFailure(ctx, practice, appointmentId, input, { error, records, isTaken });
  return false;
}

/** Hero refuses a taken slot with the codes of other refusals, so the slot is read again. */
async function isStillFree(
  ctx: TenantContext,
  practice: PracticeWithKey,
  input: ReserveAppointmentInput,
): Promise<boolean> {
  try {
    return (await findFreeSlot(ctx, practice, input, "reserve")) !== null;
  } catch (error) {
    if (error instanceof HeroError || error instanceof InvalidInputError) return true;
    throw error;
  }
}

async function saveFailure(
  ctx: TenantContext,
  practice: PracticeWithKey,
  appointmentId: string,
  { operationId }: ReserveAppointmentInput,
  failure: { error: HeroError; records: HeroOutcome<never>["records"]; isTaken?: boolean },
): Promise<void> {
  const { error, records, isTaken = false } = failure;
  const isUnknown = error.writeOutcome === "unknown";
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, records);
    const saved = await tx
      .update(appointments)
      .set({
        state: isUnknown ? "unknown" : "failed",
        failure: isTaken
          ? takenMessage
          : isUnknown
            ? `${error.message} Only Hero's reply had the ID of this appointment, so we cannot read it. Ask the practice whether the patient has an appointment at this time before you book another.`
            : `${error.message} Nothing was held.`,
        failureCode: isTaken ? takenCode : error.code,
      })
      .where(
        and(
          inScope(appointments, ctx),
          eq(appointments.id, appointmentId),
          // A job may have found it unknown meanwhile, if this process was suspended.
          inArray(appointments.state, ["pending", "unknown"]),
        ),
      )
      .returning({ id: appointments.id });
    if (saved.length === 0) return;
    const action = isUnknown ? "appointment.unknown" : "appointment.failed";
    await recordAudit(tx, ctx, action, subjectOf({ id: appointmentId }, practice), {
      operationId,
      errorCode: isTaken ? takenCode : error.code,
      upstreamStatus: error.details.status ?? null,
    });
  });
}

/** Reads the new hold: only Hero's record says until when, and that it is for this patient and time. */
async function readBack(
  ctx: TenantContext,
  practice: PracticeWithKey,
  appointmentId: string,
): Promise<void> {
  const row = await db.tenant(ctx, (tx) => loadAppointment(tx, ctx, appointmentId));
  const { heroAppointmentId } = row;
  if (!heroAppointmentId) return;
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    readAppointment(hero, heroAppointmentId),
  );
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    if (outcome.ok) {
      await saveReading(tx, ctx, practice, row, outcome.result);
      return;
    }
    await tx
      .update(appointments)
      .set({
        state: "unknown",
        failure: `${outcome.error.message} Hero accepted the time, but its record could not be read. Read it again.`,
        failureCode: outcome.error.code,
      })
      .where(
        and(
          inScope(appointments, ctx),
          eq(appointments.id, appointmentId),
          eq(appointments.state, "pending"),
        ),
      );
    await recordAudit(tx, ctx, "appointment.unknown", subjectOf(row, practice), {
      operationId: row.operationId,
      errorCode: outcome.error.code,
    });
  });
}

const outcomes = {
  pending: "pending",
  reserved: "held",
  booked: "held",
  cancelled: "failed",
  lapsed: "failed",
  failed: "failed",
  unknown: "unknown",
} as const satisfies Record<AppointmentRow["state"], ReservationResult["outcome"]>;

async function toResult(
  ctx: TenantContext,
  practice: PracticeWithKey,
  appointmentId: string,
): Promise<ReservationResult> {
  const view = await db.tenant(ctx, (tx) => getAppointmentView(tx, ctx, appointmentId));
  if (view.failureCode !== takenCode) {
    return { outcome: outcomes[view.state], appointment: view, nearest: null };
  }
  const nearest = await findNearestSlots(ctx, practice, {
    appointmentTypeId: view.appointmentType.id,
    locationId: view.location.id,
    startsAt: new Date(view.startsAt),
  });
  return { outcome: "slot_taken", appointment: view, nearest };
}

/** The slot was gone, or for another time than the person saw, before anything was sent. */
async function takenResult(
  ctx: TenantContext,
  practice: PracticeWithKey,
  { appointmentTypeId, locationId, ...input }: ReserveAppointmentInput,
): Promise<ReservationResult> {
  const startsAt = new Date(input.startsAt ?? Date.now());
  const nearest = await findNearestSlots(ctx, practice, {
    appointmentTypeId,
    locationId,
    startsAt,
  });
  return { outcome: "slot_taken", appointment: null, nearest };
}
