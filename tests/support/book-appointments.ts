import {
  reserveAppointmentInput,
  type ReserveAppointmentInput,
} from "@/server/schemas/appointments";
import { bookAppointment } from "@/server/services/appointments/book";
import { reserveAppointment } from "@/server/services/appointments/reserve";
import type { TenantContext } from "@/server/tenancy/context";

/** A process of its own for tests that kill it: holds and books one slot after the other. */
export type Bookings = {
  ctx: TenantContext;
  requests: { hold: ReserveAppointmentInput; bookingId: string }[];
};

const { ctx, requests } = JSON.parse(process.env.BOOKINGS ?? "") as Bookings;
for (const { hold, bookingId } of requests) {
  const { outcome, appointment } = await reserveAppointment(
    ctx,
    reserveAppointmentInput.parse(hold),
  );
  if (outcome !== "held" || appointment?.state !== "reserved") continue;
  await bookAppointment(ctx, {
    operationId: bookingId,
    appointmentId: appointment.id,
    reason: undefined,
    tellPatient: false,
  });
}
process.exit(0);
