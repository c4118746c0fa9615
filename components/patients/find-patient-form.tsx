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
import { DateField } from "@/components/forms/date-field";
import { LookupMethodPicker } from "./lookup-method";

/** What is typed; which fields count depends on the method. */
type LookupDraft = {
  by: LookupMethod;
  nhsNumber: string;
  dateOfBirth: string;
  forename: string;
  surname: string;
  postcode: string;
  patientId: string;
};

// Fields keep their values when the method changes; the schema uses those of the selected method.
const lookupSchema = patientLookup as unknown as z.ZodType<PatientLookup, LookupDraft>;

const fields = [
  "nhsNumber",
  "forename",
  "surname",
  "postcode",
  "patientId",
  "dateOfBirth",
] as const satisfies (keyof LookupDraft)[];

type FindPatientFormProps = {
  practiceName: string;
  environment: Environment;
  /** Looks the patient up in Hero. Throws on failure. */
  lookUp: (identity: PatientLookup) => Promise<void>;
};

/** Looks a patient up by two identifiers or more, when the button is pressed and never as someone types. */
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
  const { by, patientId, dateOfBirth = "" } = useWatch({ control: form.control });
  const fieldErrors = form.formState.errors;
  const usesSpineTrace = by !== "hero_id";

  /** Validates a filled field on leaving it, unless for a button, which an error would move away. */
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
    <DateField
      label="Date of birth"
      name="dateOfBirth"
      value={dateOfBirth}
      example="1989-12-04"
      required
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
            hint="10 digits, for example 999 000 0018. Spaces and hyphens are ignored."
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
            hint="Their full home postcode."
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
        <div className="flex flex-col gap-6">
          <Field
            label="Hero patient ID"
            name="patientId"
            required
            hint="Hero's own number for the patient, digits only. This is not the NHS number."
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
              It looks like one. A Hero patient ID is a different number.
            </Notice>
          ) : null}
          {birthDateFields}
        </div>
      ) : null}
      <div className="flex flex-col gap-4">
        <p id="look-up-effect" className="max-w-prose text-sm text-muted">
          {usesSpineTrace ? (
            <>
              <strong className="font-semibold text-ink">
                This search may register a temporary patient at {practiceName}.
              </strong>{" "}
              Hero searches the NHS Spine. We do not store what you enter.
            </>
          ) : (
            `This reads patients of ${practiceName} and changes nothing. We do not store what you enter.`
          )}
        </p>
        <div className="flex flex-wrap items-start">
          <ProductionWarning
            environment={environment}
            text="This searches for a real person and may register them at the practice."
          >
            <Button
              type="submit"
              variant="primary"
              icon={<Search />}
              pending={pending}
              aria-describedby="look-up-effect"
            >
              {pending ? "Searching…" : "Find patient"}
            </Button>
          </ProductionWarning>
        </div>
      </div>
    </form>
  );
}
