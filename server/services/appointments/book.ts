import "server-only";
import { bookAppointment as bookAtHero } from "../../hero/appointments";
import type { AppointmentChangeResult, BookAppointmentInput } from "../../schemas/appointments";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { requireAllowedPatient } from "../patients/check";
import { changeAppointment } from "./change";

/**
 * Confirms a held time, after the patient was checked again. The practice's staff may have taken it despite
 * the hold: then `nearest` has other times. The reason goes to Hero and is stored nowhere.
 *
 * @throws as `changeAppointment` and `requireAllowedPatient`
 */
export async function bookAppointment(
  ctx: TenantContext,
  { appointmentId, operationId, reason, tellPatient, confirmedRestricted }: BookAppointmentInput,
): Promise<AppointmentChangeResult> {
  requirePermission(ctx, "appointments.book");
  const request = {
    appointmentId,
    operationId,
    kind: "book",
    from: "reserved",
    values: { tellPatient },
  } as const;
  return changeAppointment(ctx, request, async (practice, row) => {
    await requireAllowedPatient(ctx, practice, row.patientId, "book", confirmedRestricted ?? false);
    return {
      send: (hero, id) =>
        bookAtHero(hero, id, { patient_id: row.patientId, reason, suppress_mail: !tellPatient }),
      explain: (error, reading) => {
        if (reading?.state === "lapsed") return "The hold has ended. Nothing was booked.";
        return ["bad_request", "conflict"].includes(error.code)
          ? "The practice has taken this time, or the hold has ended. Nothing was booked."
          : `${error.message} Nothing was booked.`;
      },
    };
  });
}
