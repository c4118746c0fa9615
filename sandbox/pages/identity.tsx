/** @jsxImportSource hono/jsx */
import { londonDate } from "../state/time";
import { maxFailedAttempts, recordFailedAttempt } from "../state/links";
import { linkUnavailablePage } from "./link-unavailable";
import {
  DateOfBirthFields,
  type DateOfBirthInput,
  parseDateOfBirth,
  ErrorSummary,
  type FieldError,
} from "./fields";
import { readDateOfBirth } from "./form-data";
import { patientPage } from "./patient-page";
import { type VisitContext, nextPath } from "./visit-context";

const invitations = {
  booking: "book an appointment",
  form: "fill in a form",
  video: "join a video consultation",
};

/** Checks the date of birth of the invited patient. */
export function identityPage(context: VisitContext, input?: DateOfBirthInput, error?: FieldError) {
  const { c, practice, visit, link, basePath } = context;
  return patientPage(c, {
    title: "Your date of birth",
    practice,
    step: link.kind === "booking" ? "Step 1 of 4" : undefined,
    hasErrors: error !== undefined,
    body: (
      <>
        <ErrorSummary errors={error ? [error] : []} />
        <h1>First, your date of birth</h1>
        <p>
          {practice.name} has invited you to {invitations[link.kind]}. We ask this to be sure that
          we are talking to the right person.
        </p>
        <form method="post" action={`${basePath}/identity`} novalidate>
          <input type="hidden" name="token" value={visit.formToken} />
          <DateOfBirthFields value={input} error={error?.message} />
          <button class="primary" type="submit">
            Continue
          </button>
        </form>
      </>
    ),
  });
}

export function checkIdentity(context: VisitContext, form: Map<string, string>) {
  const { c, sandbox, link, practice, visit } = context;
  const input = readDateOfBirth(form);
  const dateOfBirth = parseDateOfBirth(input, londonDate(sandbox.clock.nowMs()));
  if (dateOfBirth.error) return identityPage(context, input, dateOfBirth.error);
  const patient = sandbox.patients.get(link.patientId ?? "");
  if (patient?.person.dateOfBirth === dateOfBirth.date) {
    visit.patientId = patient.id;
    return c.redirect(nextPath(context), 303);
  }
  const { attemptsLeft } = recordFailedAttempt(link);
  if (attemptsLeft === 0) return linkUnavailablePage(c, "locked", practice);
  return identityPage(context, input, {
    field: "day",
    message: dateOfBirthMismatchText(attemptsLeft),
  });
}

function dateOfBirthMismatchText(attemptsLeft: number): string {
  const baseText = "That date does not match the one we have. Check it and try again.";
  if (attemptsLeft > maxFailedAttempts / 2) return baseText;
  return attemptsLeft === 1
    ? `${baseText} This is your last try before the link stops working.`
    : `${baseText} You have ${attemptsLeft} tries left before the link stops working.`;
}
