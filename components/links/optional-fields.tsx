"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { UseFormRegisterReturn } from "react-hook-form";
import { type LinkTextField, linkTextFields } from "@/server/schemas/links/rules";
import { LinkTextInput } from "./link-text-input";

type OptionalFieldsProps = {
  register: (name: LinkTextField) => UseFormRegisterReturn;
  errors: Record<LinkTextField, string | undefined>;
  /** True where an earlier link filled one of them in. */
  isInitiallyOpen: boolean;
};

/** The partner's own texts; collapsed until needed, and open when one has an error. */
export function OptionalFields({ register, errors, isInitiallyOpen }: OptionalFieldsProps) {
  const [isOpen, setIsOpen] = useState(isInitiallyOpen);
  const hasErrors = linkTextFields.some((name) => errors[name]);
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
        Optional details
      </summary>
      <div className="mt-4 grid gap-5 sm:grid-cols-2">
        {linkTextFields.map((name) => (
          <LinkTextInput
            key={name}
            name={name}
            registration={register(name)}
            error={errors[name]}
            className="sm:first:col-span-2"
          />
        ))}
      </div>
    </details>
  );
}
