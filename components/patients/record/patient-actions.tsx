import { CalendarPlus, GitMerge, Link2, type LucideIcon, MessageSquare, Plug } from "lucide-react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import type { FoundPatientRecord } from "@/server/schemas/patient-record";

type ActionName = "book" | "invite" | "message" | "connect" | "merge";

const actions: { name: ActionName; label: string; icon: LucideIcon; text: string }[] = [
  {
    name: "book",
    label: "Book an appointment",
    icon: CalendarPlus,
    text: "Choose a free time and book it for the patient.",
  },
  {
    name: "invite",
    label: "Create an invite",
    icon: Link2,
    text: "Create a link that lets the patient choose a time.",
  },
  {
    name: "message",
    label: "Message",
    icon: MessageSquare,
    text: "Send the patient a message in the NHS App, by text message or by email.",
  },
  {
    name: "connect",
    label: "Connect to the clinical record",
    icon: Plug,
    text: "Match the patient with their record in the practice's clinical system.",
  },
  {
    name: "merge",
    label: "Merge with another record",
    icon: GitMerge,
    text: "Two records of one person become one. A second person must approve it.",
  },
];

/** What can be started for a patient now, and why the rest cannot. */
export function PatientActions({
  scope,
  record,
}: {
  scope: PortalScope;
  record: FoundPatientRecord;
}) {
  const { practice, patientId } = record;
  const path = `/patients/${practice.id}/${patientId}`;
  const hrefs: Record<ActionName, string> = {
    book: portalPath(scope, `${path}/book`),
    invite: portalPath(scope, "/links/new", {
      practice: practice.id,
      kind: "invite",
      patient: patientId,
    }),
    message: portalPath(scope, "/messages/new", { practice: practice.id, patient: patientId }),
    connect: portalPath(scope, `${path}/ehr`),
    merge: portalPath(scope, `${path}/merge`),
  };
  return (
    <Card aria-labelledby="actions">
      <CardHeader
        id="actions"
        title="Actions"
        description="Hero's record is read again before each one."
      />
      <ul className="divide-y divide-line">
        {actions.map(({ name, label, icon: Icon, text }) => {
          const { isAvailable, reason } = record.actions[name];
          const reasonId = `reason-${name}`;
          return (
            <li key={name} className="flex flex-col items-start gap-1.5 py-3 first:pt-0 last:pb-0">
              {isAvailable ? (
                <ButtonLink
                  href={hrefs[name]}
                  prefetch={false}
                  icon={<Icon />}
                  aria-describedby={reasonId}
                >
                  {label}
                </ButtonLink>
              ) : (
                <Button disabled icon={<Icon />} aria-describedby={reasonId}>
                  {label}
                </Button>
              )}
              <p id={reasonId} className="max-w-prose text-sm text-muted">
                {reason ?? text}
              </p>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
