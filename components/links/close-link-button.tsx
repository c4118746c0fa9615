"use client";

import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { PatientAct } from "@/components/shell/patient-act";
import { useChanges } from "./ledger/use-changes";

type CloseLinkButtonProps = {
  place: Place;
  linkId: string;
  /** What the button does: a closed link can be opened again while it has days left. */
  to: "close" | "open";
};

/** Closes a link, or opens it again. Either can be undone from its message, so neither asks first. */
export function CloseLinkButton({ place, linkId, to }: CloseLinkButtonProps) {
  const { run, progress } = useChanges(place);
  const isClosed = to === "close";
  return (
    <PatientAct
      environment={place.environment}
      text={isClosed ? "Patients cannot use it any more then." : "Patients can use it again then."}
    >
      <Button
        pending={progress !== null}
        onClick={() =>
          void run([{ linkId, isClosed }], { done: isClosed ? "closed" : "opened again" })
        }
      >
        {isClosed ? "Close link" : "Open again"}
      </Button>
    </PatientAct>
  );
}
