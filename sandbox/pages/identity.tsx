/** @jsxImportSource hono/jsx */
import { londonDate } from "../london";
import { allowedTries, countWrongTry } from "../state/links";
import { deadPage } from "./dead";
import { BirthFields, type BirthInput, birthFrom, ErrorSummary, type FieldError } from "./fields";
import { birthInput } from "./form-data";
import { patientPage } from "./patient-page";
import { type Stage, nextAddress } from "./stage";

/** Invites: the date of birth of the patient the link was made for. */
export function identityPage(stage: Stage, input?: BirthInput, error?: FieldError) {
  const { c, practice, visit, link, base } = stage;
  const isForm = link.kind === "form";
  return patientPage(c, {
    title: "Your date of birth",
    practice,
    step: isForm ? undefined : "Step 1 of 4",
    hasErrors: error !== undefined,
    body: (
      <>
        <ErrorSummary errors={error ? [error] : []} />
        <h1>First, your date of birth</h1>
        <p>
          {practice.name} has invited you to {isForm ? "fill in a form" : "book an appointment"}. We
          ask this to be sure that we are talking to the right person.
        </p>
        <form method="post" action={`${base}/identity`} novalidate>
          <input type="hidden" name="token" value={visit.formToken} />
          <BirthFields value={input} error={error?.message} />
          <button class="primary" type="submit">
            Continue
          </button>
        </form>
      </>
    ),
  });
}

export function checkIdentity(stage: Stage, form: Map<string, string>) {
  const { c, world, link, practice, visit } = stage;
  const input = birthInput(form);
  const born = birthFrom(input, londonDate(world.clock.nowMs()));
  if (born.error) return identityPage(stage, input, born.error);
  const patient = world.patients.get(link.patientId ?? "");
  if (patient?.person.bornOn === born.date) {
    visit.patientId = patient.id;
    return c.redirect(nextAddress(stage), 303);
  }
  const { triesLeft } = countWrongTry(link);
  if (triesLeft === 0) return deadPage(c, "locked", practice);
  return identityPage(stage, input, { field: "day", message: wrongBirthText(triesLeft) });
}

function wrongBirthText(triesLeft: number): string {
  const plain = "That date does not match the one we have. Check it and try again.";
  if (triesLeft > allowedTries / 2) return plain;
  return triesLeft === 1
    ? `${plain} This is your last try before the link stops working.`
    : `${plain} You have ${triesLeft} tries left before the link stops working.`;
}
