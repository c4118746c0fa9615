/** @jsxImportSource hono/jsx */
import { confirm } from "../state/appointments";
import type { AppointmentRecord, FormRecord } from "../state/model";
import { patientPage } from "./patient-page";
import { type Stage, typeOfLink } from "./stage";
import { BookingFacts } from "./summary";
import { timeInWords } from "../london";

/** Everything once more, with the practice's own questions, before it is booked. */
export function reviewPage(stage: Stage, held: AppointmentRecord) {
  const { c, practice, visit, base, link } = stage;
  const type = typeOfLink(stage);
  const intake = practice.forms.find((form) => form.id === type?.formId);
  return patientPage(c, {
    title: "Check your booking",
    practice,
    step: "Step 4 of 4",
    body: (
      <>
        <h1>Check your booking</h1>
        <div class="card">
          <BookingFacts
            practice={practice}
            type={type}
            appointment={held}
            locationId={link.locationId}
          />
        </div>
        {held.reservedUntilMs && (
          <p class="hold">
            We are keeping this time for you until {timeInWords(held.reservedUntilMs)}.
          </p>
        )}
        <form method="post" action={`${base}/confirm`}>
          <input type="hidden" name="token" value={visit.formToken} />
          {intake && <Questions form={intake} />}
          <button class="primary" type="submit">
            Confirm booking
          </button>
        </form>
        <p>
          <a href={base}>Choose a different time</a>
        </p>
      </>
    ),
  });
}

/** Books the held time. A second click, or a second tab, comes to the same confirmation. */
export function confirmBooking(stage: Stage, held: AppointmentRecord) {
  const { c, world, visit, link, base } = stage;
  if (!visit.doneId && visit.patientId) {
    confirm(world, held, visit.patientId);
    link.uses += 1;
    visit.doneId = held.id;
  }
  return c.redirect(`${base}/done`, 303);
}

/** The answers are for the look of it: the sandbox keeps none. */
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
