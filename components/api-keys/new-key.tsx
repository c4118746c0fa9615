"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";

type NewKeyProps = { value: string; onDone: () => void };

/** A new key, to copy. It takes focus, so that screen readers announce it. */
export function NewKey({ value, onDone }: NewKeyProps) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => container.current?.focus(), []);
  return (
    <div className="flex flex-col gap-4">
      <div ref={container} tabIndex={-1} className="rounded-md outline-none">
        <p className="sr-only">API key created.</p>
        <code
          aria-label="API key"
          className="block rounded-md border border-line bg-sunken p-3 font-mono text-base break-all select-all"
        >
          {value}
        </code>
      </div>
      <p className="text-sm text-muted">
        Store it on your server, in a secret store, never in a web page or an app. Anyone with this
        key can use its permissions for your organisation.
      </p>
      <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
        <Button onClick={onDone}>Done</Button>
        <CopyButton value={value} label="Copy key" variant="primary" />
      </div>
    </div>
  );
}
