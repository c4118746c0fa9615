"use client";

import { useState } from "react";
import type { FieldIds } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

type PasswordInputProps = {
  ids: FieldIds;
  autoComplete: "current-password" | "new-password";
};

/** A password field with a button that shows what was typed. */
export function PasswordInput({ ids, autoComplete }: PasswordInputProps) {
  const [isVisible, setIsVisible] = useState(false);
  return (
    <span className="relative block">
      <Input
        {...ids}
        type={isVisible ? "text" : "password"}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        className="pr-16"
      />
      <button
        type="button"
        aria-controls={ids.id}
        aria-pressed={isVisible}
        onClick={() => setIsVisible(!isVisible)}
        className="absolute inset-y-1 right-1 rounded-sm px-2.5 text-sm font-medium text-muted hover:bg-hover hover:text-ink"
      >
        <span aria-hidden="true" className={isVisible ? "" : "hidden"}>
          Hide
        </span>
        <span aria-hidden="true" className={isVisible ? "hidden" : ""}>
          Show
        </span>
        <span className="sr-only">Show password</span>
      </button>
    </span>
  );
}
