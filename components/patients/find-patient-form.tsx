"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Search } from "lucide-react";
import type { FocusEvent } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { ProductionWarning } from "@/components/shell/production-warning";
import { Button } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { Environment } from "@/server/schemas/environments";
import { findNhsNumberError, formatNhsNumber } from "@/server/schemas/nhs-number";
import { type PatientLookup, type LookupMethod, patientLookup } from "@/server/schemas/patients";
import type { z } from "@/server/schemas/zod";
import { BirthDateFields } from "./birth-date-fields";
import { LookupMethodPicker } from "./lookup-method";

/** What the boxes hold; which of them count depends on the way. */
type LookupDraft = {
  by: LookupMethod;
  nhsNumber: string;
  dateOfBirth: string;
  forename: string;
  surname: string;
  postcode: string;
  patientId: string;
};

// All boxes stay filled when the way changes; the schema takes those of its own way.
const lookupSchema = patientLookup as unknown as z.ZodType<PatientLookup, LookupDraft>;

const fields = [
  "nhsNumber",
  "forename",
  "surname",
  "postcode",
  "dateOfBirth",
  "patientId",
] as const satisfies (keyof LookupDraft)[];

type FindPatientFormProps = {
  practiceName: string;
  environment: Environment;
  /** Asks Hero; what goes wrong is thrown. */
  lookUp: (identity: PatientLookup) => Promise<void>;
};

/** Whom to look for, by two identifiers or more, or by Hero's own id. */
export function FindPatientForm({ practiceName, environment, lookUp }: FindPatientFormProps) {
  const form = useForm<LookupDraft, unknown, PatientLookup>({
    resolver: zodResolver(lookupSchema),
    shouldFocusError: false,
    defaultValues: {
      by: "nhs_number",
      nhsNumber: "",
      dateOfBirth: "",
      forename: "",
      surname: "",
      postcode: "",
      patientId: "",
    },
  });
  const { submit, errors, pending } = useFormSubmit(form, fields, async (identity) => {
    await lookUp(identity);
    return "staying";
  });
  const { by, patientId } = useWatch({ control: form.control });
  const fieldErrors = form.formState.errors;
  const usesSpineTrace = by !== "hero_id";

  /** Says what is wrong when a filled field is left, unless for a button, which would move away. */
  function validateOnBlur(name: keyof LookupDraft, focusTarget: EventTarget | null) {
    if (form.getValues(name) && !(focusTarget instanceof HTMLButtonElement))
      void form.trigger(name);
  }

  function handleNhsNumberBlur(focusTarget: EventTarget | null) {
    const typed = form.getValues("nhsNumber");
    if (findNhsNumberError(typed) === undefined) {
      form.setValue("nhsNumber", formatNhsNumber(typed.replace(/\D/g, "")));
    }
    validateOnBlur("nhsNumber", focusTarget);
  }

  const registerWithBlur = (name: "forename" | "surname" | "postcode" | "patientId") =>
    form.register(name, {
      onBlur: (event: FocusEvent) => validateOnBlur(name, event.relatedTarget),
    });

  const birthDateFields = (
    <BirthDateFields
      name="dateOfBirth"
      initialDate={form.getValues("dateOfBirth")}
      onChange={(date) =>
        form.setValue("dateOfBirth", date, {
          shouldDirty: true,
          shouldValidate: Boolean(fieldErrors.dateOfBirth),
        })
      }
      onFocusLeave={(next) => validateOnBlur("dateOfBirth", next)}
      error={fieldErrors.dateOfBirth?.message}
    />
  );

  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-6">
      <ErrorSummary errors={errors} />
      <LookupMethodPicker
        value={by ?? "nhs_number"}
        onChange={(method) => {
          form.setValue("by", method);
          form.clearErrors();
        }}
      />
      {by === "nhs_number" ? (
        <>
          <Field
            label="NHS number"
            name="nhsNumber"
            required
            hint="10 digits, for example 999 000 0018. Spaces and dashes do not matter."
            error={fieldErrors.nhsNumber?.message}
          >
            {(ids) => (
              <Input
                {...ids}
                {...form.register("nhsNumber", {
                  onBlur: (event: FocusEvent) => handleNhsNumberBlur(event.relatedTarget),
                })}
                inputMode="numeric"
                autoComplete="off"
                spellCheck={false}
                className="tabular-nums sm:max-w-48"
              />
            )}
          </Field>
          {birthDateFields}
        </>
      ) : null}
      {by === "details" ? (
        <>
          <div className="grid gap-5 sm:grid-cols-2">
            <Field
              label="First name"
              name="forename"
              required
              error={fieldErrors.forename?.message}
            >
              {(ids) => <Input {...ids} {...registerWithBlur("forename")} autoComplete="off" />}
            </Field>
            <Field label="Last name" name="surname" required error={fieldErrors.surname?.message}>
              {(ids) => <Input {...ids} {...registerWithBlur("surname")} autoComplete="off" />}
            </Field>
          </div>
          {birthDateFields}
          <Field
            label="Postcode"
            name="postcode"
            required
            hint="The whole postcode of their home."
            error={fieldErrors.postcode?.message}
          >
            {(ids) => (
              <Input
                {...ids}
                {...registerWithBlur("postcode")}
                autoComplete="off"
                className="uppercase sm:max-w-40"
              />
            )}
          </Field>
        </>
      ) : null}
      {by === "hero_id" ? (
        <div className="flex flex-col gap-3">
          <Field
            label="Hero patient id"
            name="patientId"
            required
            hint="Hero's own number for the patient: digits only. Not the NHS number, never a name."
            error={fieldErrors.patientId?.message}
          >
            {(ids) => (
              <Input
                {...ids}
                {...registerWithBlur("patientId")}
                mono
                inputMode="numeric"
                autoComplete="off"
                className="sm:max-w-72"
              />
            )}
          </Field>
          {patientId && findNhsNumberError(patientId) === undefined ? (
            <Notice tone="warning" role="status" title="Is this an NHS number?">
              It has the form of one. Hero's own patient ids are other numbers.
            </Notice>
          ) : null}
        </div>
      ) : null}
      <div className="flex flex-col gap-4">
        <p id="look-up-effect" className="max-w-prose text-sm text-muted">
          {usesSpineTrace ? (
            <>
              <strong className="font-semibold text-ink">
                This look-up may register a temporary patient in the record of {practiceName}.
              </strong>{" "}
              Hero traces the person on the NHS Spine. The portal keeps none of what you enter.
            </>
          ) : (
            `This only reads the record of ${practiceName} and changes nothing.`
          )}
        </p>
        <div className="flex flex-wrap items-start">
          <ProductionWarning
            environment={environment}
            text="This asks about a real person and may change the practice's record."
          >
            <Button
              type="submit"
              variant="primary"
              icon={<Search />}
              pending={pending}
              aria-describedby="look-up-effect"
            >
              {pending ? "Asking Hero…" : "Look up the patient"}
            </Button>
          </ProductionWarning>
        </div>
      </div>
    </form>
  );
}
