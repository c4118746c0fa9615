import "server-only";
import {
  appointmentChangeResult,
  appointmentEvents,
  appointmentIdInput,
  appointmentPage,
  appointmentView,
  bookAppointmentInput,
  cancelAppointmentInput,
  editAppointmentInput,
  listAppointmentsInput,
  refreshedAppointment,
  releaseAppointmentInput,
  rescheduleAppointmentInput,
  reservationResult,
  reserveAppointmentInput,
} from "../schemas/appointments";
import { bookAppointment } from "../services/appointments/book";
import { cancelAppointment, releaseAppointment } from "../services/appointments/cancel";
import { editAppointment, rescheduleAppointment } from "../services/appointments/move";
import {
  getAppointment,
  listAppointmentHistory,
  listAppointments,
} from "../services/appointments/read";
import { refreshAppointment } from "../services/appointments/refresh";
import { reserveAppointment } from "../services/appointments/reserve";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const appointmentsRouter = createPortalRouter({
  list: procedureFor("appointments.read")
    .input(listAppointmentsInput)
    .output(appointmentPage)
    .query(({ ctx, input }) => listAppointments(ctx.tenant, input)),
  get: procedureFor("appointments.read")
    .input(appointmentIdInput)
    .output(appointmentView)
    .query(({ ctx, input }) => getAppointment(ctx.tenant, input)),
  history: procedureFor("appointments.read")
    .input(appointmentIdInput)
    .output(appointmentEvents)
    .query(({ ctx, input }) => listAppointmentHistory(ctx.tenant, input)),
  refresh: procedureFor("appointments.read")
    .input(appointmentIdInput)
    .output(refreshedAppointment)
    .mutation(({ ctx, input }) => refreshAppointment(ctx.tenant, input)),
  reserve: procedureFor("appointments.book")
    .input(reserveAppointmentInput)
    .output(reservationResult)
    .mutation(({ ctx, input }) => reserveAppointment(ctx.tenant, input)),
  edit: procedureFor("appointments.book")
    .input(editAppointmentInput)
    .output(appointmentChangeResult)
    .mutation(({ ctx, input }) => editAppointment(ctx.tenant, input)),
  book: procedureFor("appointments.book")
    .input(bookAppointmentInput)
    .output(appointmentChangeResult)
    .mutation(({ ctx, input }) => bookAppointment(ctx.tenant, input)),
  release: procedureFor("appointments.book")
    .input(releaseAppointmentInput)
    .output(appointmentChangeResult)
    .mutation(({ ctx, input }) => releaseAppointment(ctx.tenant, input)),
  cancel: procedureFor("appointments.book")
    .input(cancelAppointmentInput)
    .output(appointmentChangeResult)
    .mutation(({ ctx, input }) => cancelAppointment(ctx.tenant, input)),
  reschedule: procedureFor("appointments.book")
    .input(rescheduleAppointmentInput)
    .output(appointmentChangeResult)
    .mutation(({ ctx, input }) => rescheduleAppointment(ctx.tenant, input)),
});
