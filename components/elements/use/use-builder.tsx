"use client";

import { MessageSquarePlus, UserRound, UsersRound } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { portalClient } from "@/components/client";
import { ElementFrame } from "@/components/elements/element-frame";
import { FrameTroubleNotice } from "@/components/elements/frame/frame-trouble";
import { TokenCountdown } from "@/components/elements/frame/token-countdown";
import { type LogLine, useFrameLog } from "@/components/elements/frame/use-frame-log";
import { ChoiceCards } from "@/components/form-kit/choice-cards";
import { ChoosePatient } from "@/components/patients/choose-patient";
import { PatientAct } from "@/components/shell/patient-act";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { elementCatalogue } from "@/server/schemas/element-catalogue";
import { formatClock } from "@/server/schemas/dates";

type UseBuilderProps = {
  place: Place;
  practice: { id: string; name: string };
  elementsOrigin: string;
};

type Whom = "open" | "patient";

/** The Message Builder for one practice, opened for a patient or for none. The patient stays in here. */
export function UseBuilder({ place, practice, elementsOrigin }: UseBuilderProps) {
  const [whom, setWhom] = useState<Whom>("open");
  const [patientId, setPatientId] = useState("");
  const [round, setRound] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const log = useFrameLog();
  const heading = useRef<HTMLHeadingElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const wanted = whom === "patient" ? patientId : "";

  // The focus follows what appears: to the element, and back to the button that opens it.
  useEffect(() => {
    if (round === 0) return;
    if (isOpen) heading.current?.focus();
    else opener.current?.focus();
  }, [isOpen, round]);

  function open() {
    log.clear();
    log.begin();
    setRound((before) => before + 1);
    setOpen(true);
  }

  async function openSession() {
    const { elementSessions } = portalClient(place.tenant, place.environment);
    const wish = { practiceId: practice.id, patientId: wanted || undefined };
    return (await elementSessions.open.mutate(wish)).secret;
  }

  if (isOpen) {
    return (
      <section aria-labelledby="builder" className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <div className="min-w-0">
            <h2
              id="builder"
              ref={heading}
              tabIndex={-1}
              className="text-lg font-semibold outline-offset-4"
            >
              Message Builder
            </h2>
            <p className="text-sm text-muted">
              {wanted ? (
                <>
                  For Hero patient <span className="font-mono">{wanted}</span> of {practice.name}
                </>
              ) : (
                `For ${practice.name}, no patient chosen here`
              )}
            </p>
          </div>
          <Button onClick={() => setOpen(false)}>Close</Button>
        </div>
        <FrameTroubleNotice trouble={log.trouble} onRetry={open} />
        <LastHint lines={log.lines} />
        <PatientAct
          environment={place.environment}
          text="What is sent in here reaches a patient."
          isWide
        >
          <div className="overflow-hidden rounded-md border border-line-strong">
            <ElementFrame
              key={round}
              elementsOrigin={elementsOrigin}
              environment={place.environment}
              title="Message Builder"
              openSession={openSession}
              onMessage={log.hear}
              onFailure={log.fail}
            />
          </div>
        </PatientAct>
        {log.endsAt || !log.trouble ? <TokenCountdown endsAt={log.endsAt} /> : null}
      </section>
    );
  }

  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <ChoiceCards<Whom>
        legend="For whom?"
        name="whom"
        value={whom}
        onChange={setWhom}
        choices={[
          {
            value: "open",
            title: "Choose in the element",
            text: "It opens without a patient.",
            icon: <UsersRound />,
          },
          {
            value: "patient",
            title: "One patient",
            text: "Looked up first, so that it opens with them.",
            icon: <UserRound />,
          },
        ]}
      />
      {whom === "patient" ? (
        <ChoosePatient
          place={place}
          practice={practice}
          patientId={patientId}
          onChange={setPatientId}
        />
      ) : null}
      {whom === "open" || patientId ? (
        <PatientAct
          environment={place.environment}
          text="What is sent in the Message Builder reaches a patient."
        >
          <Button
            ref={opener}
            variant="primary"
            icon={<MessageSquarePlus />}
            onClick={open}
            className="w-fit"
          >
            Open the Message Builder
          </Button>
        </PatientAct>
      ) : null}
    </div>
  );
}

const eventWords = new Map(
  elementCatalogue["hh-message-builder"].events.map(({ name, about }) => [name, about]),
);

/** What the element said last, as the hint that it is. */
function LastHint({ lines }: { lines: readonly LogLine[] }) {
  const last = lines.find(({ kind }) => kind === "event");
  return (
    <div role="status">
      {last ? (
        <Notice tone="info" title={eventWords.get(last.text) ?? last.text}>
          The element said so at {formatClock(last.at)}. It is a hint and no proof: what became of a
          message stands in Hero.
        </Notice>
      ) : null}
    </div>
  );
}
