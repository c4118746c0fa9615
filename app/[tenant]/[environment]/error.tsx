"use client";

import { ErrorPanel } from "@/components/ui/error-panel";

type PortalErrorProps = { error: Error & { digest?: string }; retry: () => void };

/** A page that failed, inside the frame, which goes on working. */
export default function PortalError({ error, retry }: PortalErrorProps) {
  return (
    <ErrorPanel reference={error.digest} retry={retry}>
      Something went wrong on our side. The rest of the portal works; try this page again.
    </ErrorPanel>
  );
}
