"use client";

import { Check, Copy } from "lucide-react";
import { copyFailedText, useCopy } from "./use-copy";

type IdentifierProps = {
  value: string;
  /** The action, for screen readers: "Copy practice group ID". */
  label?: string;
};

/** An ID; a click copies it. */
export function Identifier({ value, label = "Copy ID" }: IdentifierProps) {
  const { state, copy } = useCopy(value);
  const Icon = state === "copied" ? Check : Copy;
  return (
    <span className="-mx-1 inline-flex max-w-full items-center">
      <button
        type="button"
        onClick={copy}
        aria-label={`${label} ${value}`}
        className="group inline-flex min-h-6 max-w-full min-w-0 items-center gap-1.5 rounded-sm px-1 text-left font-mono text-sm text-ink hover:bg-hover"
      >
        {/* Selected with one click where it cannot be copied. */}
        <span className={`min-w-0 break-all ${state === "failed" ? "select-all" : ""}`}>
          {value}
        </span>
        <Icon
          aria-hidden="true"
          className={`size-3.5 shrink-0 ${state === "copied" ? "text-live" : "text-subtle opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100 pointer-coarse:opacity-100"}`}
        />
      </button>
      <span role="status" className={state === "failed" ? "ml-1 text-sm text-danger" : "sr-only"}>
        {state === "copied" ? "Copied" : state === "failed" ? copyFailedText : ""}
      </span>
    </span>
  );
}
