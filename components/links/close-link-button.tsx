"use client";

import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { ProductionWarning } from "@/components/shell/production-warning";
import { useLinkChanges } from "./ledger/use-link-changes";

type CloseLinkButtonProps = {
  scope: PortalScope;
  linkId: string;
  /** A closed link can be reopened until it expires. */
  action: "close" | "reopen";
};

/** Closes or reopens a link. Either can be undone from its message, so neither asks first. */
export function CloseLinkButton({ scope, linkId, action }: CloseLinkButtonProps) {
  const { run, progress } = useLinkChanges(scope);
  const shouldClose = action === "close";
  return (
    <ProductionWarning
      environment={scope.environment}
      text={
        shouldClose ? "Patients will no longer be able to use it." : "Patients can use it again."
      }
    >
      <Button
        pending={progress !== null}
        onClick={() =>
          void run([{ linkId, isClosed: shouldClose }], {
            pastTense: shouldClose ? "closed" : "reopened",
          })
        }
      >
        {shouldClose ? "Close link" : "Reopen link"}
      </Button>
    </ProductionWarning>
  );
}
