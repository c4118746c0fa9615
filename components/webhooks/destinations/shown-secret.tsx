"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";

type ShownSecretPanelProps = { secret: string; doneLabel: string; onDone: () => void };

/** A signing secret, to copy. It takes focus, so that screen readers announce it. */
export function ShownSecretPanel({ secret, doneLabel, onDone }: ShownSecretPanelProps) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => container.current?.focus(), []);
  return (
    <div className="flex flex-col gap-4">
      <div ref={container} tabIndex={-1} className="rounded-md outline-none">
        <code
          aria-label="Signing secret"
          className="block rounded-md border border-line bg-sunken p-3 font-mono text-base break-all select-all"
        >
          {secret}
        </code>
      </div>
      <p className="max-w-prose text-sm text-muted">
        Your server verifies events with this secret. Store it there, in a secret store, never in a
        web page or an app.
      </p>
      <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
        <Button onClick={onDone}>{doneLabel}</Button>
        <CopyButton value={secret} label="Copy secret" variant="primary" />
      </div>
    </div>
  );
}
