import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { appointments } from "@/db/schema/appointments";
import { inTenant } from "@/db/scope";
import type { AppointmentView, NearestSlots } from "../../schemas/appointments";
import type { CreateAppointmentBody, ListSlotsBody } from "../../schemas/api-v1";
import type { SlotList } from "../../schemas/slots";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { getPracticeId } from "../practices/find";
import { listFreeSlots } from "../slots";
import { bookAppointment } from "./book";
import { reserveAppointment } from "./reserve";

/** Appointments for partners' servers: the practice by Hero's ID, the work by the portal's services. */

/** @throws as `listFreeSlots` */
export async function listSlotsByApi(
  ctx: TenantContext,
  { practiceGroupId, ...search }: ListSlotsBody,
): Promise<SlotList> {
  requirePermission(ctx, "appointments.book");
  const practiceId = await db.tenant(ctx, (tx) => getPracticeId(tx, ctx, practiceGroupId));
  return listFreeSlots(ctx, { practiceId, weekdays: [], ...search });
}

/**
 * What became of a booking. `open`: Hero may have booked it, or only hold it; nothing is sent again.
 * `not_booked`: certainly not.
 */
export type ApiBooking =
  | { outcome: "booked" | "open"; appointment: AppointmentView; isRepeat: boolean }
  | {
      outcome: "not_booked";
      reason: string;
      failureCode: string | null;
      nearest: NearestSlots | null;
    };

/**
 * Holds a slot and confirms it, at most once for an operation ID. A repeat continues where the first request
 * ended.
 *
 * @param operationIds of the hold and of the confirmation
 * @throws as `reserveAppointment` and `bookAppointment`
 */
export async function createAppointmentByApi(
  ctx: TenantContext,
  operationIds: { hold: string; booking: string },
  { practiceGroupId, reason, tellPatient, ...slot }: CreateAppointmentBody,
): Promise<ApiBooking> {
  requirePermission(ctx, "appointments.book");
  const { practiceId, isRepeat } = await db.tenant(ctx, async (tx) => {
    const [existing] = await tx
      .select({ id: appointments.id })
      .from(appointments)
      .where(and(inTenant(appointments, ctx), eq(appointments.operationId, operationIds.hold)));
    return {
      practiceId: await getPracticeId(tx, ctx, practiceGroupId),
      isRepeat: existing !== undefined,
    };
  });
  const operationId = operationIds.hold;
  const held = await reserveAppointment(ctx, { operationId, practiceId, ...slot });
  const { appointment } = held;
  if (held.outcome === "slot_taken" || held.outcome === "failed" || !appointment) {
    return {
      outcome: "not_booked",
      reason: appointment?.reason ?? "This time is no longer free. Nothing was booked.",
      failureCode: appointment?.failureCode ?? null,
      nearest: held.nearest,
    };
  }
  if (held.outcome !== "held") return { outcome: "open", appointment, isRepeat };
  if (appointment.state === "booked") return { outcome: "booked", appointment, isRepeat };
  const booked = await bookAppointment(ctx, {
    operationId: operationIds.booking,
    appointmentId: appointment.id,
    reason,
    tellPatient,
  });
  if (booked.outcome === "refused") {
    return {
      outcome: "not_booked",
      reason: booked.reason ?? "Nothing was booked.",
      failureCode: null,
      nearest: booked.nearest,
    };
  }
  return {
    outcome: booked.outcome === "made" ? "booked" : "open",
    appointment: booked.appointment,
    isRepeat,
  };
}
