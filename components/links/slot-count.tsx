"use client";

import { CalendarClock } from "lucide-react";
import { portalClient } from "@/components/client";
import { useLiveQuery } from "@/components/forms/use-live-query";
import { formatCount } from "@/components/ui/format-count";
import type { PortalScope } from "@/components/shell/portal-path";
import { Timestamp } from "@/components/ui/timestamp";
import { Notice } from "@/components/ui/notice";
import { countSlotsInput } from "@/server/schemas/slots";

type SlotCountProps = {
  scope: PortalScope;
  /** What is selected, as the form holds it. */
  slotQuery: {
    practiceId: string;
    appointmentTypeId: string;
    locationId: string;
    practitionerId: string;
    slotsFrom: string;
    slotsTo: string;
  };
  /** How many bookings the link allows; null where that is not a number yet. */
  maxUses: number | null;
};

/** How many free slots Hero has for what is selected. */
export function SlotCount({ scope, slotQuery, maxUses }: SlotCountProps) {
  const parsed = countSlotsInput.safeParse(slotQuery);
  const isComplete =
    parsed.success &&
    parsed.data.locationId !== undefined &&
    !(slotQuery.slotsFrom && slotQuery.slotsTo && slotQuery.slotsTo < slotQuery.slotsFrom);
  const slots = useLiveQuery(isComplete ? JSON.stringify(parsed.data) : null, () =>
    portalClient(scope.tenant, scope.environment).slots.count.query(
      countSlotsInput.parse(slotQuery),
    ),
  );
  const hasTooFewSlots =
    slots.state === "loaded" && maxUses !== null && maxUses > 0 && slots.data.count < maxUses;
  return (
    <div className="mt-4 flex flex-col gap-3 border-t border-accent-line pt-4">
      <div className="flex items-start gap-3">
        <CalendarClock aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-accent" />
        <div role="status" aria-label="Free slots" className="min-w-0">
          {slots.state === "idle" ? (
            <p className="text-muted">Select a type, location and dates to see free slots.</p>
          ) : null}
          {slots.state === "loading" ? <p className="text-muted">Counting free slots…</p> : null}
          {slots.state === "loaded" ? (
            <p>
              <strong className="text-lg font-semibold tabular-nums">
                {slots.data.count === 0
                  ? "No free slots"
                  : formatCount(slots.data.count, "free slot")}
              </strong>{" "}
              <span className="text-muted">
                for this selection, at <Timestamp iso={slots.data.countedAt} />
              </span>
            </p>
          ) : null}
          {slots.state === "failed" ? (
            <p>
              Could not load free slots. {slots.problem}{" "}
              <button type="button" onClick={slots.retry} className="link">
                Try again
              </button>
            </p>
          ) : null}
        </div>
      </div>
      {hasTooFewSlots && slots.state === "loaded" ? (
        <Notice
          tone="warning"
          role="status"
          title={
            slots.data.count === 0
              ? "No patient can book with this link now"
              : `Fewer free slots than bookings: ${slots.data.count.toLocaleString("en-GB")} for ${maxUses?.toLocaleString("en-GB")}`
          }
        >
          {slots.data.count === 0
            ? "You can still create the link. Patients can book when the practice adds slots."
            : "Some patients may not find a slot."}
        </Notice>
      ) : null}
    </div>
  );
}
