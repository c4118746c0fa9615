import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Timestamp } from "@/components/ui/timestamp";
import type { AppointmentView } from "@/server/schemas/appointments";
import { changeNames, stateExplanations } from "./labels";
import { formatSlot } from "./slot-times";
import { AppointmentStateBadge } from "./state-badge";

/** The state in words, and what to do where the portal cannot know more. */
export function AppointmentStatus({
  appointment,
  children,
}: {
  appointment: AppointmentView;
  children?: ReactNode;
}) {
  const { state, openChange, refreshedAt } = appointment;
  return (
    <Card aria-label="State" className="print:hidden">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-3">
          <AppointmentStateBadge state={state} />
          <p>{stateExplanations[state]}</p>
        </div>
        {appointment.reason ? (
          <Notice
            tone={state === "failed" ? "danger" : "warning"}
            title={state === "failed" ? "Why it was not booked" : "What is known"}
          >
            {appointment.reason}
          </Notice>
        ) : null}
        {state === "unknown" && appointment.heroAppointmentId === null ? (
          <Notice tone="warning" title="What to check at the practice">
            <p>
              Ask {appointment.practice.name} whether their appointment book has a booking or a hold
              for this patient: {formatSlot(appointment)}, {appointment.practitioner.name},{" "}
              {appointment.appointmentType.name}.
            </p>
            <p className="mt-1">
              The portal does not send the request again, because that could book twice. If the
              practice has no booking, book again.
            </p>
          </Notice>
        ) : null}
        {openChange ? (
          <Notice
            tone="warning"
            title={
              openChange.outcome === "pending"
                ? `${changeNames[openChange.kind]}: Hero has not replied yet`
                : `${changeNames[openChange.kind]}: not known whether it happened`
            }
          >
            {openChange.reason ?? "It is resolved by reading the appointment from Hero."}{" "}
            {openChange.startsAt ? (
              <>
                Requested time: <Timestamp iso={openChange.startsAt} />.
              </>
            ) : null}
          </Notice>
        ) : null}
        <p className="text-sm text-muted">
          {refreshedAt ? (
            <>
              Read from Hero at <Timestamp iso={refreshedAt} />.
            </>
          ) : (
            "Not read from Hero yet."
          )}
        </p>
        {children}
      </div>
    </Card>
  );
}
