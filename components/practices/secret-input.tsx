"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { Input } from "@/components/ui/input";

/** A field for a Hero API key: masked, and hidden from autofill, password managers and spell checkers. */
export function SecretInput(props: Omit<ComponentProps<"input">, "type">) {
  const [isVisible, setIsVisible] = useState(false);
  const Icon = isVisible ? EyeOff : Eye;
  return (
    <div className="relative">
      <Input
        {...props}
        mono
        type={isVisible ? "text" : "password"}
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        data-1p-ignore=""
        data-lpignore="true"
        data-bwignore=""
        className="pr-11"
      />
      <button
        type="button"
        aria-pressed={isVisible}
        aria-label="Show key"
        title={isVisible ? "Hide key" : "Show key"}
        onClick={() => setIsVisible(!isVisible)}
        className="absolute inset-y-0 right-0 inline-flex w-10 items-center justify-center rounded-md text-muted hover:text-ink"
      >
        <Icon aria-hidden="true" className="size-4" />
      </button>
    </div>
  );
}
