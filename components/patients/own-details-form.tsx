"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect, useRef } from "react";
import { useForm, useWatch } from "react-hook-form";
import { DateField } from "@/components/forms/date-field";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { Button } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { type OwnDetails, ownDetails, sexes } from "@/server/schemas/patients";
import type { z } from "@/server/schemas/zod";

/** What is typed. */
type Draft = { [Name in keyof OwnDetails]-?: string };

const ownDetailsSchema = ownDetails as unknown as z.ZodType<OwnDetails, Draft>;

const fields = [
  "forename",
  "surname",
  "dateOfBirth",
  "postcode",
  "nhsNumber",
  "sex",
  "addressLine",
  "mobile",
  "email",
] as const satisfies (keyof Draft)[];

type OwnDetailsFormProps = {
  initialDetails: Partial<OwnDetails>;
  practiceName: string;
  onContinue: (details: OwnDetails) => void;
  onCancel: () => void;
};

/** The details that a patient gives of themselves. Its heading takes focus when it appears. */
export function OwnDetailsForm(props: OwnDetailsFormProps) {
  const { initialDetails, practiceName, onContinue, onCancel } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const form = useForm<Draft, unknown, OwnDetails>({
    resolver: zodResolver(ownDetailsSchema),
    shouldFocusError: false,
    defaultValues: {
      forename: "",
      surname: "",
      dateOfBirth: "",
      postcode: "",
      nhsNumber: "",
      sex: "",
      addressLine: "",
      mobile: "",
      email: "",
      ...initialDetails,
    },
  });
  const { submit, errors } = useFormSubmit(form, fields, (details) => {
    onContinue(details);
    return Promise.resolve("staying");
  });
  const { dateOfBirth = "" } = useWatch({ control: form.control });
  const fieldErrors = form.formState.errors;

  const textField = (
    name: Exclude<(typeof fields)[number], "dateOfBirth" | "sex">,
    label: string,
    { isOptional = false, className = "", ...input }: TextFieldOptions = {},
  ) => (
    <Field
      label={label}
      name={name}
      required={!isOptional}
      optionalMark={isOptional}
      error={fieldErrors[name]?.message}
    >
      {(ids) => (
        <Input
          {...ids}
          {...form.register(name)}
          {...input}
          autoComplete="off"
          className={className}
        />
      )}
    </Field>
  );

  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-6">
      <div>
        <h3 ref={heading} tabIndex={-1} className="text-xl font-semibold outline-offset-4">
          Register from the patient&apos;s own details
        </h3>
        <p className="mt-2 max-w-prose text-muted">
          For a patient who is not in the NHS Spine. You can check the details before they are sent
          to {practiceName}.
        </p>
      </div>
      <ErrorSummary errors={errors} />
      <div className="grid gap-5 sm:grid-cols-2">
        {textField("forename", "First name")}
        {textField("surname", "Last name")}
      </div>
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
        error={fieldErrors.dateOfBirth?.message}
      />
      {textField("postcode", "Postcode", { className: "uppercase sm:max-w-40" })}
      {textField("nhsNumber", "NHS number", {
        isOptional: true,
        inputMode: "numeric",
        className: "tabular-nums sm:max-w-48",
      })}
      <Field label="Sex" name="sex" optionalMark error={fieldErrors.sex?.message}>
        {(ids) => (
          <Select {...ids} {...form.register("sex")} className="sm:max-w-64">
            <option value="">Not entered</option>
            {sexes.map((sex) => (
              <option key={sex} value={sex}>
                {sex}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {textField("addressLine", "First line of the address", { isOptional: true })}
      <div className="grid gap-5 sm:grid-cols-2">
        {textField("mobile", "Mobile number", { isOptional: true, inputMode: "tel" })}
        {textField("email", "Email address", { isOptional: true, inputMode: "email" })}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary">
          Check details
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

type TextFieldOptions = {
  isOptional?: boolean;
  className?: string;
  inputMode?: "numeric" | "tel" | "email";
};
