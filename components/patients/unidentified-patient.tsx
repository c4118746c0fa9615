import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { LookupResult } from "./lookup-result";

export type LookupRetry = { pending: boolean; problem: string | null; run: () => void };

type UnidentifiedPatientProps = {
  icon: ReactNode;
  title: string;
  retry: LookupRetry;
  onSearchAgain: () => void;
  children: ReactNode;
};

/** A look-up that may identify the patient later: it can be tried again. */
export function UnidentifiedPatient({
  icon,
  title,
  retry,
  onSearchAgain,
  children,
}: UnidentifiedPatientProps) {
  return (
    <LookupResult
      icon={icon}
      iconClasses="border-unknown-line bg-unknown-soft text-unknown"
      title={title}
      actions={
        <>
          <Button variant="primary" icon={<RotateCw />} pending={retry.pending} onClick={retry.run}>
            {retry.pending ? "Searching…" : "Try again"}
          </Button>
          <Button variant="quiet" onClick={onSearchAgain}>
            Find another patient
          </Button>
        </>
      }
    >
      {children}
      {retry.problem ? (
        <p role="alert" className="text-danger">
          {retry.problem}
        </p>
      ) : null}
    </LookupResult>
  );
}
