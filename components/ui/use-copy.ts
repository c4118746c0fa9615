"use client";

import { useEffect, useState } from "react";

export const copyFailedText = "Could not copy. Select the text and copy it.";

export type CopyState = "idle" | "copied" | "failed";

/** Without the clipboard, as on plain http: copies from a field, as older browsers do. */
function copyFromField(value: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = value;
  field.style.cssText = "position:fixed;inset:0 auto auto 0;opacity:0";
  // Inside an open dialog, which keeps the focus.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}

/** Writes `value` to the clipboard; after two seconds "copied" returns to `idle`. */
export function useCopy(value: string): { state: CopyState; copy: () => void } {
  const [state, setState] = useState<CopyState>("idle");

  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);

  function copy() {
    const copyWithoutClipboard = () => setState(copyFromField(value) ? "copied" : "failed");
    // Missing on plain http, except on localhost.
    if (!navigator.clipboard) return copyWithoutClipboard();
    navigator.clipboard.writeText(value).then(() => setState("copied"), copyWithoutClipboard);
  }

  return { state, copy };
}
