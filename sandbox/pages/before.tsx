/** @jsxImportSource hono/jsx */
import type { AppointmentRecord } from "../state/model";
import { patientPage } from "./patient-page";
import type { Stage } from "./stage";
import { Aside } from "./summary";

/** The practice's "before you book" notice. */
export function beforePage(stage: Stage, held: AppointmentRecord) {
  const { c, practice, link, visit, base } = stage;
  return patientPage(c, {
    title: "Before you book",
    practice,
    step: link.patientId ? "Step 3 of 4" : "Step 2 of 4",
    aside: <Aside stage={stage} appointment={held} />,
    body: (
      <>
        <h1>Before you book</h1>
        {practice.beforeYouBook.map((line) => (
          <p key={line}>{line}</p>
        ))}
        <form method="post" action={`${base}/before`}>
          <input type="hidden" name="token" value={visit.formToken} />
          <button class="primary" type="submit">
            I understand, continue
          </button>
        </form>
        <p>
          <a href={base}>Choose a different time</a>
        </p>
      </>
    ),
  });
}
