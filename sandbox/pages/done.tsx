/** @jsxImportSource hono/jsx */
import { patientPage } from "./patient-page";
import { Questions } from "./review";
import type { Stage } from "./stage";
import { BookingFacts } from "./summary";

/** Stands for "sent" where an appointment's id would be. */
const sent = "form";

export function donePage(stage: Stage) {
  const { c, world, practice, visit } = stage;
  if (visit.doneId === sent) {
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
  const appointment = world.appointments.get(visit.doneId ?? "") ?? null;
  const type = practice.types.find((one) => one.id === appointment?.typeId);
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
          <BookingFacts
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

/** The questions of a form link. */
export function formPage(stage: Stage) {
  const { c, practice, link, visit, base } = stage;
  const form = practice.forms.find((one) => one.id === link.formId);
  return patientPage(c, {
    title: form?.patient_title ?? form?.title ?? "Form",
    practice,
    body: (
      <>
        <h1>A few questions from {practice.name}</h1>
        <form method="post" action={`${base}/form`}>
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

export function sendForm(stage: Stage) {
  const { c, visit, link, base } = stage;
  if (!visit.doneId) {
    visit.doneId = sent;
    link.uses += 1;
  }
  return c.redirect(`${base}/done`, 303);
}
