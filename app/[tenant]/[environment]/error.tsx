"use client";

import { Failure } from "@/components/ui/failure";

type PortalErrorProps = { error: Error & { digest?: string }; retry: () => void };

/** A page that failed, inside the frame, which goes on working. */
export default function PortalError({ error, retry }: PortalErrorProps) {
  return (
    <>
      <h1 className="sr-only">Something went wrong</h1>
      <Failure title="This page could not be shown" reference={error.digest} retry={retry}>
        Something went wrong on our side. The rest of the portal works; try this page again.
      </Failure>
    </>
  );
}
