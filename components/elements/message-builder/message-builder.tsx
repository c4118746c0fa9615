"use client";

import { MessageSquarePlus, UserRound, UsersRound } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useRef, useState } from "react";
import { portalClient } from "@/components/client";
import { ElementFrame } from "@/components/elements/element-frame";
import { FrameErrorNotice } from "@/components/elements/frame/frame-error";
import { TokenCountdown } from "@/components/elements/frame/token-countdown";
import { type FrameEvent, useFrameEvents } from "@/components/elements/frame/use-frame-events";
import { ChoiceCards } from "@/components/forms/choice-cards";
import { FormSkeleton } from "@/components/forms/form-skeleton";
import { ProductionWarning } from "@/components/shell/production-warning";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { elementCatalogue } from "@/server/schemas/element-catalogue";
import { formatTimeOfDay } from "@/server/schemas/dates";

// Only needed for one patient, and its libraries are 80 KiB.
const PatientPicker = dynamic(
  () => import("@/components/patients/patient-picker").then((module) => module.PatientPicker),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);

type MessageBuilderProps = {
  scope: PortalScope;
  practice: { id: string; name: string };
  elementsOrigin: string;
};

type RecipientMode = "open" | "patient";

/** Patient ids stay in this component: they are not in the page's address. */
export function MessageBuilder({ scope, practice, elementsOrigin }: MessageBuilderProps) {
  const [recipientMode, setRecipientMode] = useState<RecipientMode>("open");
  const [patientId, setPatientId] = useState("");
  const [reloadKey, setReloadKey] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const frameEvents = useFrameEvents();
  const heading = useRef<HTMLHeadingElement>(null);
  const openButton = useRef<HTMLButtonElement>(null);
  const selectedPatientId = recipientMode === "patient" ? patientId : "";

  // To the element's heading when it opens, and back to the button when it closes.
  useEffect(() => {
    if (reloadKey === 0) return;
    if (isOpen) heading.current?.focus();
    else openButton.current?.focus();
  }, [isOpen, reloadKey]);

  function openElement() {
    frameEvents.clear();
    frameEvents.start();
    setReloadKey((previous) => previous + 1);
    setOpen(true);
  }

  async function createSession() {
    const { elementSessions } = portalClient(scope.tenant, scope.environment);
    const sessionInput = { practiceId: practice.id, patientId: selectedPatientId || undefined };
    return (await elementSessions.create.mutate(sessionInput)).secret;
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
              {selectedPatientId ? (
                <>
                  For Hero patient <span className="font-mono">{selectedPatientId}</span> of{" "}
                  {practice.name}
                </>
              ) : (
                `For ${practice.name}, no patient selected`
              )}
            </p>
          </div>
          <Button onClick={() => setOpen(false)}>Close</Button>
        </div>
        <FrameErrorNotice error={frameEvents.error} onRetry={openElement} />
        <LastEvent events={frameEvents.events} />
        <ProductionWarning
          environment={scope.environment}
          text="Messages sent here reach the patient."
          isWide
        >
          <div className="overflow-hidden rounded-md border border-line-strong">
            <ElementFrame
              key={reloadKey}
              elementsOrigin={elementsOrigin}
              environment={scope.environment}
              title="Message Builder"
              createSession={createSession}
              onMessage={frameEvents.handleMessage}
              onFailure={frameEvents.handleFailure}
            />
          </div>
        </ProductionWarning>
        {frameEvents.tokenExpiresAt || !frameEvents.error ? (
          <TokenCountdown expiresAt={frameEvents.tokenExpiresAt} />
        ) : null}
      </section>
    );
  }

  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <ChoiceCards<RecipientMode>
        legend="Who is it for?"
        name="recipientMode"
        value={recipientMode}
        onChange={setRecipientMode}
        choices={[
          {
            value: "open",
            title: "Any patient",
            text: "Select the patient in the Message Builder. We cannot check whether they may be contacted.",
            icon: <UsersRound />,
          },
          {
            value: "patient",
            title: "One patient",
            text: "Find the patient first. It opens with their details.",
            icon: <UserRound />,
          },
        ]}
      />
      {recipientMode === "patient" ? (
        <PatientPicker
          scope={scope}
          practice={practice}
          patientId={patientId}
          onChange={setPatientId}
        />
      ) : null}
      {recipientMode === "open" || patientId ? (
        <ProductionWarning
          environment={scope.environment}
          text="Messages sent in the Message Builder reach the patient."
        >
          <Button
            ref={openButton}
            variant="primary"
            icon={<MessageSquarePlus />}
            onClick={openElement}
            className="w-fit"
          >
            Open the Message Builder
          </Button>
        </ProductionWarning>
      ) : null}
    </div>
  );
}

const eventDescriptions = new Map(
  elementCatalogue["hh-message-builder"].events.map(({ name, description }) => [name, description]),
);

function LastEvent({ events }: { events: readonly FrameEvent[] }) {
  const lastEvent = events.find(({ kind }) => kind === "event");
  return (
    <div role="status">
      {lastEvent ? (
        <Notice tone="info" title={eventDescriptions.get(lastEvent.text) ?? lastEvent.text}>
          Reported by the element at {formatTimeOfDay(lastEvent.occurredAt)}. This is not proof:
          check the message in Hero.
        </Notice>
      ) : null}
    </div>
  );
}
