/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { londonDate } from "../london";
import type { PatientRecord, Practice } from "../state/model";
import { isNhsNumber } from "../state/nhs-number";
import { registerPerson } from "../state/patients";
import type { World } from "../state/world";
import { BirthFields, birthFrom, ErrorSummary, type FieldError, TextField } from "./fields";
import { birthInput } from "./form-data";
import { patientPage } from "./patient-page";
import { heldAppointment, nextAddress, type Stage } from "./stage";
import { Aside } from "./summary";

/** What the private practices' stand-in takes for a code sent by e-mail. */
const standInCode = "246810";

/** The stand-in login of generic links: NHS login, or e-mail and code at a private practice. */
export function signInPage(stage: Stage, form?: Map<string, string>, errors: FieldError[] = []) {
  const { c, practice, visit, base, link } = stage;
  const held = heldAppointment(stage);
  return patientPage(c, {
    title: "Sign in",
    practice,
    step: link.kind === "form" ? undefined : "Step 3 of 4",
    hasErrors: errors.length > 0,
    aside: held ? <Aside stage={stage} appointment={held} /> : undefined,
    body: (
      <SignInForm
        practice={practice}
        action={`${base}/sign-in`}
        token={visit.formToken}
        form={form}
        errors={errors}
      />
    ),
  });
}

export function signIn(stage: Stage, form: Map<string, string>) {
  const { c, world, practice, visit } = stage;
  const found = patientFrom(world, practice, form);
  if ("errors" in found) return signInPage(stage, form, found.errors);
  visit.patientId = found.patient.id;
  return c.redirect(nextAddress(stage), 303);
}

/** Where `register_pds` sends people it cannot be sure of. Signing in settles it. */
export function verifyPage(
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
        action={`/verify/${practice.groupId}`}
        form={form}
        errors={errors}
      />
    ),
  });
}

export function verify(c: Context, world: World, practice: Practice, form: Map<string, string>) {
  const found = patientFrom(world, practice, form);
  if ("errors" in found) return verifyPage(c, practice, form, found.errors);
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
  const errorAt = (...fields: string[]) =>
    errors.find((error) => fields.includes(error.field))?.message;
  return (
    <>
      <ErrorSummary errors={errors} />
      <h1>{isPrivate ? "Sign in with your e-mail" : "Sign in"}</h1>
      <p class="notice">
        {isPrivate
          ? `Sandbox stand-in for sign-in by e-mail. Use the e-mail of a test patient of this practice and the code ${standInCode}.`
          : "Sandbox stand-in for NHS login. Use the NHS number and date of birth of a test patient."}
      </p>
      <form method="post" action={props.action} novalidate>
        {props.token && <input type="hidden" name="token" value={props.token} />}
        {isPrivate ? (
          <>
            <TextField
              id="email"
              type="email"
              label="E-mail address"
              autocomplete="email"
              value={form?.get("email")}
              error={errorAt("email")}
            />
            <TextField
              id="code"
              label="Code"
              hint="Six digits"
              numeric
              autocomplete="one-time-code"
              value={form?.get("code")}
              error={errorAt("code")}
            />
          </>
        ) : (
          <>
            <TextField
              id="nhs-number"
              label="NHS number"
              hint="Ten digits, for example 999 000 0018"
              numeric
              value={form?.get("nhs-number")}
              error={errorAt("nhs-number")}
            />
            <BirthFields
              value={form ? birthInput(form) : undefined}
              error={errorAt("day", "month", "year")}
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

type Found = { patient: PatientRecord } | { errors: FieldError[] };

function patientFrom(world: World, practice: Practice, form: Map<string, string>): Found {
  return practice.system === "private"
    ? patientByEmail(world, practice, form)
    : patientByNumber(world, practice, form);
}

function patientByEmail(world: World, practice: Practice, form: Map<string, string>): Found {
  const errors: FieldError[] = [];
  const email = (form.get("email") ?? "").toLowerCase();
  if (!email) errors.push({ field: "email", message: "Enter your e-mail address" });
  const code = (form.get("code") ?? "").replaceAll(/\s/g, "");
  if (code !== standInCode) {
    errors.push({ field: "code", message: code ? "That code is not right" : "Enter the code" });
  }
  if (errors.length > 0) return { errors };
  const patient = [...world.patients.values()].find(
    (one) => one.groupId === practice.groupId && one.person.email === email,
  );
  if (patient) return { patient };
  return { errors: [{ field: "email", message: "We have no patient with that e-mail address" }] };
}

function patientByNumber(world: World, practice: Practice, form: Map<string, string>): Found {
  const errors: FieldError[] = [];
  const nhsNumber = (form.get("nhs-number") ?? "").replaceAll(/[\s-]/g, "");
  if (!nhsNumber) errors.push({ field: "nhs-number", message: "Enter your NHS number" });
  else if (!isNhsNumber(nhsNumber)) {
    errors.push({ field: "nhs-number", message: "Enter a valid NHS number of ten digits" });
  }
  const born = birthFrom(birthInput(form), londonDate(world.clock.nowMs()));
  if (born.error) errors.push(born.error);
  if (errors.length > 0) return { errors };
  const person = world.people.find(
    (one) => one.nhsNumber === nhsNumber && one.bornOn === born.date && !one.deceasedOn,
  );
  if (!person) {
    const message = "We know nobody with that NHS number and date of birth";
    return { errors: [{ field: "nhs-number", message }] };
  }
  person.needsLogin = false;
  return { patient: registerPerson(world, practice, person) };
}
