"use client";

import { portalClient } from "@/components/client";
import { useLiveQuery } from "@/components/forms/use-live-query";
import type { PortalScope } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { ukDateOf } from "@/server/schemas/dates";
import { stateNames } from "./labels";
import { formatSlotTime } from "./slot-times";

type SameDayWarningProps = {
  scope: PortalScope;
  practiceId: string;
  patientId: string;
  startsAt: string;
  /** The appointment that is being moved. */
  exceptId?: string | undefined;
};

/** Warns about another appointment of the patient on the day. It does not block: both may be meant. */
export function SameDayWarning({
  scope,
  practiceId,
  patientId,
  startsAt,
  exceptId,
}: SameDayWarningProps) {
  const day = ukDateOf(new Date(startsAt));
  const known = useLiveQuery(
    day,
    () =>
      portalClient(scope.tenant, scope.environment).appointments.list.query({
        practiceId,
        patientId,
        day,
        isActive: true,
      }),
    0,
  );
  if (known.state === "failed") {
    return (
      <Notice tone="warning" title="Could not check for other appointments on this day">
        {known.problem}
      </Notice>
    );
  }
  const others =
    known.state === "loaded" ? known.data.items.filter(({ id }) => id !== exceptId) : [];
  if (others.length === 0) return null;
  return (
    <Notice
      tone="warning"
      title="This patient already has an appointment on this day"
      role="status"
    >
      <ul>
        {others.map((other) => (
          <li key={other.id}>
            {formatSlotTime(other.startsAt)}, {other.appointmentType.name} (
            {stateNames[other.state].toLowerCase()})
          </li>
        ))}
      </ul>
      <p className="mt-1">
        You can still book another. The portal knows only its own appointments.
      </p>
    </Notice>
  );
}
