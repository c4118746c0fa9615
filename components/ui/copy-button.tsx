"use client";

import { Check, Copy } from "lucide-react";
import { Button, type ButtonProps } from "./button";
import { copyFailedText, useCopy } from "./use-copy";

type CopyButtonProps = {
  value: string;
  /** The action, as in "Copy link". */
  label: string;
  /** Shows only the icon; the label remains its accessible name. */
  iconOnly?: boolean;
} & Pick<ButtonProps, "variant" | "size" | "className">;

/** Copies a text and announces "Copied". */
export function CopyButton({ value, label, iconOnly, ...buttonProps }: CopyButtonProps) {
  const { state, copy } = useCopy(value);
  const statusText = state === "copied" ? "Copied" : state === "failed" ? copyFailedText : "";
  return (
    <>
      <Button
        {...buttonProps}
        onClick={copy}
        icon={state === "copied" ? <Check /> : <Copy />}
        aria-label={iconOnly ? label : undefined}
        title={iconOnly ? label : undefined}
      >
        {iconOnly ? null : state === "copied" ? statusText : label}
      </Button>
      <span role="status" className={state === "failed" ? "text-sm text-danger" : "sr-only"}>
        {statusText}
      </span>
    </>
  );
}
