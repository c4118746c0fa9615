"use client";

import { CircleCheck, CircleHelp, Clock, OctagonAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { LookupResult } from "./lookup-result";

export type EhrOutcome = {
  /** `success`: Hero shows it. `waiting`: not seen yet. `unknown`: nobody knows. `stopped`: nothing was done. */
  kind: "success" | "waiting" | "unknown" | "stopped";
  title: string;
  text: string;
};

const kinds = {
  success: { icon: <CircleCheck />, iconClasses: "border-live-line bg-live-soft text-live" },
  waiting: { icon: <Clock />, iconClasses: "border-ending-line bg-ending-soft text-ending" },
  unknown: { icon: <CircleHelp />, iconClasses: "border-unknown bg-unknown-soft text-unknown" },
  stopped: { icon: <OctagonAlert />, iconClasses: "border-danger-line bg-danger-soft text-danger" },
} satisfies Record<EhrOutcome["kind"], { icon: ReactNode; iconClasses: string }>;

type EhrOutcomeCardProps = {
  outcome: EhrOutcome;
  patientHref: string;
  isPending: boolean;
  problems: SummaryError[];
  onCheckAgain: () => void;
};

/** What became of a comparison or a connection, with one next step. */
export function EhrOutcomeCard(props: EhrOutcomeCardProps) {
  const { outcome, patientHref, isPending, problems, onCheckAgain } = props;
  const backLink = (
    <ButtonLink
      href={patientHref}
      variant={outcome.kind === "success" ? "primary" : "quiet"}
      prefetch={false}
    >
      Back to the patient
    </ButtonLink>
  );
  return (
    <Card className="max-w-3xl sm:p-6!">
      <LookupResult
        {...kinds[outcome.kind]}
        title={outcome.title}
        actions={
          outcome.kind === "success" ? (
            backLink
          ) : (
            <>
              <Button variant="primary" pending={isPending} onClick={onCheckAgain}>
                {isPending ? "Checking…" : "Check again"}
              </Button>
              {backLink}
            </>
          )
        }
      >
        <p className="max-w-prose">{outcome.text}</p>
        <ErrorSummary errors={problems} />
      </LookupResult>
    </Card>
  );
}
