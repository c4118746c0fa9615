/** @jsxImportSource hono/jsx */
import { confirmAppointment } from "../state/appointments";
import type { AppointmentRecord, FormRecord } from "../state/model";
import { patientPage } from "./patient-page";
import { type VisitContext, appointmentTypeOfLink } from "./visit-context";
import { BookingSummary } from "./booking-summary";
import { formatTime } from "../state/time";

/** The whole booking and the practice's questions, to check before confirming. */
export function reviewPage(context: VisitContext, appointment: AppointmentRecord) {
  const { c, practice, visit, basePath, link } = context;
  const type = appointmentTypeOfLink(context);
  const intakeForm = practice.forms.find((form) => form.id === type?.formId);
  return patientPage(c, {
    title: "Check your booking",
    practice,
    step: "Step 4 of 4",
    body: (
      <>
        <h1>Check your booking</h1>
        <div class="card">
          <BookingSummary
            practice={practice}
            type={type}
            appointment={appointment}
            locationId={link.locationId}
          />
        </div>
        {appointment.reservedUntilMs && (
          <p class="hold">
            We are keeping this time for you until {formatTime(appointment.reservedUntilMs)}.
          </p>
        )}
        <form method="post" action={`${basePath}/confirm`}>
          <input type="hidden" name="token" value={visit.formToken} />
          {intakeForm && <Questions form={intakeForm} />}
          <button class="primary" type="submit">
            Confirm booking
          </button>
        </form>
        <p>
          <a href={basePath}>Choose a different time</a>
        </p>
      </>
    ),
  });
}

/** Books the held slot once; a second click or tab shows the same confirmation. */
export function confirmBooking(context: VisitContext, appointment: AppointmentRecord) {
  const { c, sandbox, visit, link, basePath } = context;
  if (!visit.completedId && visit.patientId) {
    confirmAppointment(sandbox, appointment, visit.patientId);
    link.uses += 1;
    visit.completedId = appointment.id;
  }
  return c.redirect(`${basePath}/done`, 303);
}

/** The answers of a form link become a task; those of a booking are not stored. */
export function Questions({ form }: { form: FormRecord }) {
  return (
    <section aria-labelledby="questions">
      <h2 id="questions">{form.patient_title ?? form.title}</h2>
      {form.patient_description && <p>{form.patient_description}</p>}
      {form.fields.map((field) => (
        <div class="field" key={field.form_question_id}>
          <label for={`q-${field.form_question_id}`}>{field.name} (optional)</label>
          <textarea
            id={`q-${field.form_question_id}`}
            name={`q-${field.form_question_id}`}
            rows={3}
            maxlength={2000}
          />
        </div>
      ))}
    </section>
  );
}
