"use client";

import { CalendarClock } from "lucide-react";
import { portalClient } from "@/components/client";
import { useLiveAnswer } from "@/components/form-kit/use-live-answer";
import { count } from "@/components/practices/words";
import type { Place } from "@/components/shell/portal-path";
import { Moment } from "@/components/ui/moment";
import { Notice } from "@/components/ui/notice";
import { countSlotsInput } from "@/server/schemas/slots";

type SlotCountProps = {
  place: Place;
  /** The choice as the form holds it. */
  choice: {
    practiceId: string;
    appointmentTypeId: string;
    locationId: string;
    practitionerId: string;
    slotsFrom: string;
    slotsTo: string;
  };
  /** How many bookings the link may make; nothing that is no number. */
  uses: number | null;
};

/** The free slots for exactly this choice, as Hero counts them while it is being made. */
export function SlotCount({ place, choice, uses }: SlotCountProps) {
  const read = countSlotsInput.safeParse(choice);
  const isWhole =
    read.success &&
    read.data.locationId !== undefined &&
    !(choice.slotsFrom && choice.slotsTo && choice.slotsTo < choice.slotsFrom);
  const slots = useLiveAnswer(isWhole ? JSON.stringify(read.data) : null, () =>
    portalClient(place.tenant, place.environment).slots.count.query(countSlotsInput.parse(choice)),
  );
  const isTooFew =
    slots.state === "answered" && uses !== null && uses > 0 && slots.answer.count < uses;
  return (
    <div className="mt-4 flex flex-col gap-3 border-t border-accent-line pt-4">
      <div className="flex items-start gap-3">
        <CalendarClock aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-accent" />
        <div role="status" aria-label="Free slots" className="min-w-0">
          {slots.state === "idle" ? (
            <p className="text-muted">
              The free slots are counted when appointment type, location and days are right.
            </p>
          ) : null}
          {slots.state === "asking" ? <p className="text-muted">Counting free slots…</p> : null}
          {slots.state === "answered" ? (
            <p>
              <strong className="text-lg font-semibold tabular-nums">
                {slots.answer.count === 0
                  ? "No free slots"
                  : count(slots.answer.count, "free slot")}
              </strong>{" "}
              <span className="text-muted">
                for exactly this choice, as of <Moment iso={slots.answer.countedAt} />
              </span>
            </p>
          ) : null}
          {slots.state === "failed" ? (
            <p>
              The free slots could not be read. {slots.problem}{" "}
              <button type="button" onClick={slots.askAgain} className="link">
                Count again
              </button>
            </p>
          ) : null}
        </div>
      </div>
      {isTooFew && slots.state === "answered" ? (
        <Notice
          tone="warning"
          role="status"
          title={
            slots.answer.count === 0
              ? "Nobody could book with this link now"
              : `Fewer free slots than bookings: ${slots.answer.count.toLocaleString("en-GB")} for ${uses?.toLocaleString("en-GB")}`
          }
        >
          {slots.answer.count === 0
            ? "The link can be made all the same, for slots that the practice opens later."
            : "Whoever comes last finds nothing to book, unless the practice opens more."}
        </Notice>
      ) : null}
    </div>
  );
}
