/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { londonDate } from "../state/time";
import type { PatientRecord, Practice } from "../state/model";
import { isNhsNumber } from "../state/nhs-number";
import { registerPerson } from "../state/patients";
import type { SandboxState } from "../state/sandbox-state";
import {
  DateOfBirthFields,
  parseDateOfBirth,
  ErrorSummary,
  type FieldError,
  TextField,
} from "./fields";
import { readDateOfBirth } from "./form-data";
import { patientPage } from "./patient-page";
import { findHeldAppointment, nextPath, type VisitContext } from "./visit-context";
import { BookingAside } from "./booking-summary";

/** The emailed code that the stand-in for private practices accepts. */
const sandboxSignInCode = "246810";

/** Signing in to a generic link: NHS login, or email and code at a private practice. */
export function signInPage(
  context: VisitContext,
  form?: Map<string, string>,
  errors: FieldError[] = [],
) {
  const { c, practice, visit, basePath, link } = context;
  const appointment = findHeldAppointment(context);
  return patientPage(c, {
    title: "Sign in",
    practice,
    step: link.kind === "booking" ? "Step 3 of 4" : undefined,
    hasErrors: errors.length > 0,
    aside: appointment ? <BookingAside context={context} appointment={appointment} /> : undefined,
    body: (
      <SignInForm
        practice={practice}
        action={`${basePath}/sign-in`}
        token={visit.formToken}
        form={form}
        errors={errors}
      />
    ),
  });
}

export function signIn(context: VisitContext, form: Map<string, string>) {
  const { c, sandbox, practice, visit } = context;
  const result = findPatient(sandbox, practice, form);
  if ("errors" in result) return signInPage(context, form, result.errors);
  visit.patientId = result.patient.id;
  return c.redirect(nextPath(context), 303);
}

/** Where `register_pds` sends patients it cannot identify; they sign in to confirm who they are. */
export function confirmIdentityPage(
  c: Context,
  practice: Practice,
  form?: Map<string, string>,
  errors: FieldError[] = [],
) {
  return patientPage(c, {
    title: "Confirm who you are",
    practice,
    hasErrors: errors.length > 0,
    body: (
      <SignInForm
        practice={practice}
        action={`/verify/${practice.practiceGroupId}`}
        form={form}
        errors={errors}
      />
    ),
  });
}

export function confirmIdentity(
  c: Context,
  sandbox: SandboxState,
  practice: Practice,
  form: Map<string, string>,
) {
  const result = findPatient(sandbox, practice, form);
  if ("errors" in result) return confirmIdentityPage(c, practice, form, result.errors);
  return patientPage(c, {
    title: "Thank you",
    practice,
    body: (
      <>
        <h1>Thank you</h1>
        <p>We know who you are now. You can close this page.</p>
      </>
    ),
  });
}

function SignInForm(props: {
  practice: Practice;
  action: string;
  token?: string;
  form?: Map<string, string>;
  errors: FieldError[];
}) {
  const { form, errors } = props;
  const isPrivate = props.practice.system === "private";
  const errorFor = (...fields: string[]) =>
    errors.find((error) => fields.includes(error.field))?.message;
  return (
    <>
      <ErrorSummary errors={errors} />
      <h1>{isPrivate ? "Sign in with your email" : "Sign in"}</h1>
      <p class="notice">
        {isPrivate
          ? `Sandbox stand-in for sign-in by email. Use the email of a test patient of this practice and the code ${sandboxSignInCode}.`
          : "Sandbox stand-in for NHS login. Use the NHS number and date of birth of a test patient."}
      </p>
      <form method="post" action={props.action} novalidate>
        {props.token && <input type="hidden" name="token" value={props.token} />}
        {isPrivate ? (
          <>
            <TextField
              id="email"
              type="email"
              label="Email address"
              autocomplete="email"
              value={form?.get("email")}
              error={errorFor("email")}
            />
            <TextField
              id="code"
              label="Code"
              hint="Six digits"
              isNumeric
              autocomplete="one-time-code"
              value={form?.get("code")}
              error={errorFor("code")}
            />
          </>
        ) : (
          <>
            <TextField
              id="nhs-number"
              label="NHS number"
              hint="Ten digits, for example 999 000 0018"
              isNumeric
              value={form?.get("nhs-number")}
              error={errorFor("nhs-number")}
            />
            <DateOfBirthFields
              value={form ? readDateOfBirth(form) : undefined}
              error={errorFor("day", "month", "year")}
            />
          </>
        )}
        <button class="primary" type="submit">
          Sign in and continue
        </button>
      </form>
    </>
  );
}

type PatientLookup = { patient: PatientRecord } | { errors: FieldError[] };

function findPatient(
  sandbox: SandboxState,
  practice: Practice,
  form: Map<string, string>,
): PatientLookup {
  return practice.system === "private"
    ? findPatientByEmail(sandbox, practice, form)
    : findPatientByNhsNumber(sandbox, practice, form);
}

function findPatientByEmail(
  sandbox: SandboxState,
  practice: Practice,
  form: Map<string, string>,
): PatientLookup {
  const errors: FieldError[] = [];
  const email = (form.get("email") ?? "").toLowerCase();
  if (!email) errors.push({ field: "email", message: "Enter your email address" });
  const code = (form.get("code") ?? "").replaceAll(/\s/g, "");
  if (code !== sandboxSignInCode) {
    errors.push({ field: "code", message: code ? "That code is incorrect" : "Enter the code" });
  }
  if (errors.length > 0) return { errors };
  const patient = [...sandbox.patients.values()].find(
    (item) => item.practiceGroupId === practice.practiceGroupId && item.person.email === email,
  );
  if (patient) return { patient };
  return { errors: [{ field: "email", message: "We have no patient with that email address" }] };
}

function findPatientByNhsNumber(
  sandbox: SandboxState,
  practice: Practice,
  form: Map<string, string>,
): PatientLookup {
  const errors: FieldError[] = [];
  const nhsNumber = (form.get("nhs-number") ?? "").replaceAll(/[\s-]/g, "");
  if (!nhsNumber) errors.push({ field: "nhs-number", message: "Enter your NHS number" });
  else if (!isNhsNumber(nhsNumber)) {
    errors.push({ field: "nhs-number", message: "Enter a valid NHS number of ten digits" });
  }
  const dateOfBirth = parseDateOfBirth(readDateOfBirth(form), londonDate(sandbox.clock.nowMs()));
  if (dateOfBirth.error) errors.push(dateOfBirth.error);
  if (errors.length > 0) return { errors };
  const person = sandbox.people.find(
    (item) =>
      item.nhsNumber === nhsNumber && item.dateOfBirth === dateOfBirth.date && !item.deceasedOn,
  );
  if (!person) {
    const message = "We know nobody with that NHS number and date of birth";
    return { errors: [{ field: "nhs-number", message }] };
  }
  person.needsLogin = false;
  return { patient: registerPerson(sandbox, practice, person) };
}
