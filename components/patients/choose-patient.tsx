"use client";

import { UserRound } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { portalClient } from "@/components/client";
import { useAct } from "@/components/form-kit/use-act";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { PatientLookUp, PatientWay } from "@/server/schemas/patients";
import { FindPatientForm } from "./find-patient-form";
import { FoundPatient } from "./found-patient";
import { MustVerify } from "./must-verify";
import { NotFoundPatient } from "./not-found-patient";

type ChoosePatientProps = {
  place: Place;
  practice: { id: string; name: string };
  /** Hero's id of the chosen patient; empty before one was chosen. */
  patientId: string;
  onChange: (patientId: string) => void;
};

/**
 * Finds the one patient a link is for: asks Hero, shows which of three answers came, and has a person
 * confirm. Only Hero's id leaves this component; everything else is forgotten with it.
 */
export function ChoosePatient(props: ChoosePatientProps) {
  const { place, practice, patientId, onChange } = props;
  const [asked, setAsked] = useState<{ identity: PatientWay; answer: PatientLookUp } | null>(null);
  const wasChanged = useRef(false);
  const box = useRef<HTMLElement>(null);

  // After a confirmation or a change of mind the focus goes on from here, and not from the top.
  useEffect(() => {
    if (wasChanged.current && !asked)
      box.current?.querySelector<HTMLElement>("[data-next]")?.focus();
  }, [patientId, asked]);

  async function lookUp(identity: PatientWay) {
    const client = portalClient(place.tenant, place.environment);
    const answer = await client.patients.lookUp.mutate({ practiceId: practice.id, identity });
    setAsked({ identity, answer });
  }

  const tryAgain = useAct(async () => {
    if (asked) await lookUp(asked.identity);
    return "staying";
  });

  function choose(next: string) {
    wasChanged.current = true;
    setAsked(null);
    onChange(next);
  }

  function lookAgain() {
    wasChanged.current = true;
    setAsked(null);
  }

  return (
    <Card ref={box} aria-labelledby="which-patient" className="sm:p-6!">
      <h2
        id="which-patient"
        tabIndex={-1}
        data-next
        className={asked ? "sr-only" : "mb-4 text-lg font-semibold outline-offset-4"}
      >
        {patientId ? "The patient is chosen" : "Which patient?"}
      </h2>
      {patientId ? (
        <div className="flex flex-wrap items-center gap-3">
          <UserRound aria-hidden="true" className="size-5 shrink-0 text-accent" />
          <p className="min-w-0 flex-1">
            Hero patient <span className="font-mono font-semibold">{patientId}</span> of{" "}
            {practice.name}
          </p>
          <Button size="sm" onClick={() => choose("")}>
            Another patient
          </Button>
        </div>
      ) : null}
      {!patientId && asked?.answer.outcome === "found" ? (
        <FoundPatient
          answer={asked.answer}
          practiceName={practice.name}
          onConfirm={() => {
            if (asked.answer.outcome === "found") choose(asked.answer.patientId);
          }}
          onLookAgain={lookAgain}
        />
      ) : null}
      {!patientId && asked?.answer.outcome === "must_verify" ? (
        <MustVerify loginUrl={asked.answer.loginUrl} tryAgain={tryAgain} onLookAgain={lookAgain} />
      ) : null}
      {!patientId && asked?.answer.outcome === "not_found" ? (
        <NotFoundPatient
          by={asked.identity.by}
          practiceName={practice.name}
          onLookAgain={lookAgain}
        />
      ) : null}
      {patientId ? null : (
        // Kept while an answer stands, so that a digit can be put right without typing it all again.
        <div hidden={asked !== null}>
          <FindPatientForm
            practiceName={practice.name}
            environment={place.environment}
            lookUp={lookUp}
          />
        </div>
      )}
    </Card>
  );
}
