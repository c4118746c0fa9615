"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm, useWatch } from "react-hook-form";
import { DateField } from "@/components/forms/date-field";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { dateOfBirth as dateOfBirthSchema } from "@/server/schemas/patients";
import { z } from "@/server/schemas/zod";

const schema = z.object({ dateOfBirth: dateOfBirthSchema });

type EhrDateFormProps = {
  patientId: string;
  /** Compares the date at the server and lists the clinical records. Throws on failure. */
  compare: (dateOfBirth: string) => Promise<void>;
};

/** Asks for the date of birth before anything is shown, so that it cannot be copied off the page. */
export function EhrDateForm({ patientId, compare }: EhrDateFormProps) {
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { dateOfBirth: "" },
  });
  const { submit, errors, pending } = useFormSubmit(form, ["dateOfBirth"], async (values) => {
    await compare(values.dateOfBirth);
    return "staying";
  });
  const { dateOfBirth = "" } = useWatch({ control: form.control });
  const error = form.formState.errors.dateOfBirth?.message;
  return (
    <Card aria-labelledby="date-first" className="max-w-3xl sm:p-6!">
      <h2 id="date-first" className="mb-1 text-lg font-semibold">
        Confirm who the patient is
      </h2>
      <p className="mb-5 max-w-prose text-muted">
        We compare the date with Hero&apos;s record of patient{" "}
        <span className="font-mono">{patientId}</span> before we show anything. After three wrong
        dates you must wait ten minutes.
      </p>
      <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-5">
        <ErrorSummary errors={errors} />
        <DateField
          label="Date of birth"
          name="dateOfBirth"
          value={dateOfBirth}
          hint="Use your own source, such as a letter or the patient. Do not copy it from Hero."
          example="1989-12-04"
          required
          onChange={(date) =>
            form.setValue("dateOfBirth", date, {
              shouldDirty: true,
              shouldValidate: Boolean(error),
            })
          }
          error={error}
        />
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            {pending ? "Reading clinical records…" : "Compare records"}
          </Button>
        </div>
      </form>
    </Card>
  );
}
