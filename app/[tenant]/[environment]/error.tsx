"use client";

import { ErrorPanel } from "@/components/ui/error-panel";

type PortalErrorProps = { error: Error & { digest?: string }; retry: () => void };

/** Shown in place of a page that failed; the shell around it still works. */
export default function PortalError({ error, retry }: PortalErrorProps) {
  return (
    <ErrorPanel error={error} retry={retry}>
      Something went wrong. The rest of the portal still works.
    </ErrorPanel>
  );
}
