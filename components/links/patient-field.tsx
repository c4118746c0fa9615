"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { looksLikeNhsNumber } from "./nhs-number-shape";

type PatientFieldProps = {
  control: UseFormRegisterReturn;
  value: string;
  fault: string | undefined;
};

/** Which patient, by Hero's id. Says so when what was typed has the form of an NHS number. */
export function PatientField({ control, value, fault }: PatientFieldProps) {
  return (
    <div className="flex flex-col gap-3">
      <Field
        label="Hero patient id"
        name="patientId"
        required
        hint="Hero's own number for the patient: digits only. Not the NHS number, never a name."
        error={fault}
      >
        {(ids) => (
          <Input
            {...ids}
            {...control}
            mono
            inputMode="numeric"
            autoComplete="off"
            className="sm:max-w-72"
          />
        )}
      </Field>
      {looksLikeNhsNumber(value) ? (
        <Notice tone="warning" role="status" title="Is this an NHS number?">
          It has the form of one. Look up the patient's own id in Hero before you go on.
        </Notice>
      ) : null}
    </div>
  );
}
