/** @jsxImportSource hono/jsx */
import type { AppointmentRecord } from "../state/model";
import { patientPage } from "./patient-page";
import type { VisitContext } from "./visit-context";
import { BookingAside } from "./booking-summary";

export function preBookingNoticePage(context: VisitContext, appointment: AppointmentRecord) {
  const { c, practice, link, visit, basePath } = context;
  return patientPage(c, {
    title: "Before you book",
    practice,
    step: link.patientId ? "Step 3 of 4" : "Step 2 of 4",
    aside: <BookingAside context={context} appointment={appointment} />,
    body: (
      <>
        <h1>Before you book</h1>
        {practice.preBookingNotice.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <form method="post" action={`${basePath}/before`}>
          <input type="hidden" name="token" value={visit.formToken} />
          <button class="primary" type="submit">
            I understand, continue
          </button>
        </form>
        <p>
          <a href={basePath}>Choose a different time</a>
        </p>
      </>
    ),
  });
}
