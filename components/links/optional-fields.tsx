"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { NameField } from "./name-field";

export const optionalFieldNames = ["name", "reference", "tags"] as const;
type OptionalFieldName = (typeof optionalFieldNames)[number];

type OptionalFieldsProps = {
  register: (name: OptionalFieldName) => UseFormRegisterReturn;
  errors: Record<OptionalFieldName, string | undefined>;
  /** True where an earlier link filled something in. */
  isInitiallyOpen: boolean;
};

/** What only the partner's own lists show; out of the way until wanted, and open when wrong. */
export function OptionalFields({ register, errors, isInitiallyOpen }: OptionalFieldsProps) {
  const [isOpen, setIsOpen] = useState(isInitiallyOpen);
  const hasErrors = optionalFieldNames.some((name) => errors[name]);
  return (
    <details
      open={isOpen || hasErrors}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
      className="group"
    >
      <summary className="flex min-h-6 w-fit list-none items-center gap-1 rounded-sm font-medium text-muted hover:text-ink pointer-coarse:min-h-11 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden="true"
          className="size-4 shrink-0 transition-transform group-open:rotate-90"
        />
        More: name, reference, tags
      </summary>
      <div className="mt-4 flex flex-col gap-5">
        <NameField registration={register("name")} error={errors.name} />
        <div className="grid gap-5 sm:grid-cols-2">
          <Field
            label="Reference"
            name="reference"
            optionalMark
            hint="Your own word for it, given back in results. Never an NHS number."
            error={errors.reference}
          >
            {(ids) => <Input {...ids} {...register("reference")} autoComplete="off" />}
          </Field>
          <Field
            label="Tags"
            name="tags"
            optionalMark
            hint="Words to find it by, with commas between them."
            error={errors.tags}
          >
            {(ids) => <Input {...ids} {...register("tags")} autoComplete="off" />}
          </Field>
        </div>
      </div>
    </details>
  );
}
