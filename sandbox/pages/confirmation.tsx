/** @jsxImportSource hono/jsx */
import { patientPage } from "./patient-page";
import { Questions } from "./review";
import { answersIn, submitForm as recordForm } from "../state/form-responses";
import type { VisitContext } from "./visit-context";
import { BookingSummary } from "./booking-summary";

/** In `completedId`, in place of an appointment id. */
const formSentMarker = "form";

export function confirmationPage(context: VisitContext) {
  const { c, sandbox, practice, visit } = context;
  if (visit.completedId === formSentMarker) {
    return patientPage(c, {
      title: "Form sent",
      practice,
      body: (
        <div class="done">
          <h1>Thank you, your form is sent</h1>
          <p>{practice.name} has your answers. You can close this page.</p>
        </div>
      ),
    });
  }
  const appointment = sandbox.appointments.get(visit.completedId ?? "") ?? null;
  const type = practice.appointmentTypes.find((item) => item.id === appointment?.appointmentTypeId);
  const isCancelled = appointment?.cancelledAtMs != null;
  return patientPage(c, {
    title: isCancelled ? "Appointment cancelled" : "Appointment booked",
    practice,
    body: (
      <>
        <div class="done">
          <h1>{isCancelled ? "Your appointment is cancelled" : "Your appointment is booked"}</h1>
          {!isCancelled && <p>Please note the day and time, or keep a picture of this page.</p>}
        </div>
        <div class="card">
          <BookingSummary
            practice={practice}
            type={type}
            appointment={appointment}
            locationId={null}
          />
        </div>
        <h2>If your plans change</h2>
        <p>
          Call {practice.name} on{" "}
          <a href={`tel:${practice.telephone.replaceAll(" ", "")}`}>{practice.telephone}</a> as soon
          as you can, so that somebody else can have the time.
        </p>
      </>
    ),
  });
}

export function formPage(context: VisitContext) {
  const { c, practice, link, visit, basePath } = context;
  const form = practice.forms.find((item) => item.id === link.formId);
  return patientPage(c, {
    title: form?.patient_title ?? form?.title ?? "Form",
    practice,
    body: (
      <>
        <h1>A few questions from {practice.name}</h1>
        <form method="post" action={`${basePath}/form`}>
          <input type="hidden" name="token" value={visit.formToken} />
          {form && <Questions form={form} />}
          <button class="primary" type="submit">
            Send answers
          </button>
        </form>
      </>
    ),
  });
}

export function submitForm(context: VisitContext, fields: Map<string, string>) {
  const { c, sandbox, practice, visit, link, basePath } = context;
  if (!visit.completedId) {
    recordForm(sandbox, link, visit.patientId, answersIn(practice, link.formId, fields));
    visit.completedId = formSentMarker;
    link.uses += 1;
  }
  return c.redirect(`${basePath}/done`, 303);
}
