"use client";

import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { ProductionWarning } from "@/components/shell/production-warning";
import { useLinkChanges } from "./ledger/use-link-changes";

type CloseLinkButtonProps = {
  scope: PortalScope;
  linkId: string;
  /** What the button does: a closed link can be opened again while it has days left. */
  action: "close" | "open";
};

/** Closes a link, or opens it again. Either can be undone from its message, so neither asks first. */
export function CloseLinkButton({ scope, linkId, action }: CloseLinkButtonProps) {
  const { run, progress } = useLinkChanges(scope);
  const shouldClose = action === "close";
  return (
    <ProductionWarning
      environment={scope.environment}
      text={
        shouldClose ? "Patients cannot use it any more then." : "Patients can use it again then."
      }
    >
      <Button
        pending={progress !== null}
        onClick={() =>
          void run([{ linkId, isClosed: shouldClose }], {
            pastTense: shouldClose ? "closed" : "opened again",
          })
        }
      >
        {shouldClose ? "Close link" : "Open again"}
      </Button>
    </ProductionWarning>
  );
}
