import "server-only";
import { cancelAppointment as cancelAtHero } from "../../hero/appointments";
import type {
  AppointmentChangeResult,
  CancelAppointmentInput,
  ReleaseAppointmentInput,
} from "../../schemas/appointments";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { changeAppointment } from "./change";
import { explainNotice } from "./notice";

/**
 * Cancels a booked appointment. The patient is not checked: that someone has died or is restricted must not
 * keep their appointment from being cancelled.
 *
 * @throws ForbiddenError also for `isLate` without `appointments.cancel_late`
 * @throws as `changeAppointment`
 */
export async function cancelAppointment(
  ctx: TenantContext,
  { appointmentId, operationId, tellPatient, isLate }: CancelAppointmentInput,
): Promise<AppointmentChangeResult> {
  requirePermission(ctx, "appointments.book");
  if (isLate) requirePermission(ctx, "appointments.cancel_late");
  const request = {
    appointmentId,
    operationId,
    kind: "cancel",
    from: "booked",
    values: { tellPatient, isLate },
  } as const;
  return changeAppointment(ctx, request, async () => ({
    send: (hero, id) =>
      cancelAtHero(hero, id, {
        suppress_mail: !tellPatient,
        ...(isLate && { suppress_cancellation_policy: true }),
      }),
    explain: (error, reading) =>
      `${explainNotice(error, reading) ?? error.message} The appointment was not cancelled.`,
  }));
}

/** Lets a held time go. The patient has not been told of it, and is not told now. @throws as `changeAppointment` */
export async function releaseAppointment(
  ctx: TenantContext,
  { appointmentId, operationId }: ReleaseAppointmentInput,
): Promise<AppointmentChangeResult> {
  requirePermission(ctx, "appointments.book");
  const request = {
    appointmentId,
    operationId,
    kind: "cancel",
    from: "reserved",
    values: {},
  } as const;
  return changeAppointment(ctx, request, async () => ({
    send: (hero, id) => cancelAtHero(hero, id, { suppress_mail: true }),
    explain: (error) => `${error.message} The time is still held.`,
  }));
}
