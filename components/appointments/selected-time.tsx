"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Notice } from "@/components/ui/notice";
import type { BookingOptions } from "@/server/schemas/practices";
import type { SlotView } from "@/server/schemas/slots";
import { nameOfOption } from "./labels";
import { type FreeTime, formatSlot } from "./slot-times";

type SelectedTimeProps = {
  time: FreeTime;
  options: BookingOptions;
  selectLabel: string;
  pending: boolean;
  problem: string | null;
  onSelect: (slot: SlotView) => void;
  onCancel: () => void;
  describeSelection: ((slot: SlotView) => ReactNode) | undefined;
};

/** The selected time in full, with the choice between practitioners who are free at it. */
export function SelectedTime({
  time,
  options,
  selectLabel,
  pending,
  problem,
  onSelect,
  onCancel,
  describeSelection,
}: SelectedTimeProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [slotId, setSlotId] = useState(time.slots[0]?.id);
  const slot = time.slots.find(({ id }) => id === slotId) ?? time.slots[0];

  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: "nearest" });
  }, []);

  if (!slot) return null;
  return (
    <Card aria-labelledby="selected-time" className="border-accent">
      <h2
        id="selected-time"
        ref={heading}
        tabIndex={-1}
        className="mb-3 text-lg font-semibold outline-none"
      >
        {formatSlot(slot)}
      </h2>
      <div className="flex flex-col gap-4">
        {time.slots.length > 1 ? (
          <fieldset>
            <legend className="mb-1.5 font-medium">Practitioner</legend>
            <div className="flex flex-col gap-1.5">
              {time.slots.map((each) => (
                <label key={each.id} className="flex min-h-8 cursor-pointer items-center gap-2">
                  <input
                    type="radio"
                    name="slot"
                    className="size-4 accent-accent"
                    checked={each.id === slot.id}
                    onChange={() => setSlotId(each.id)}
                  />
                  {nameOfOption(options.practitioners, each.practitionerId, "Practitioner")}
                </label>
              ))}
            </div>
          </fieldset>
        ) : null}
        <DescriptionList>
          {time.slots.length > 1 ? null : (
            <DescriptionItem term="Practitioner">
              {nameOfOption(options.practitioners, slot.practitionerId, "Practitioner")}
            </DescriptionItem>
          )}
          <DescriptionItem term="Location">
            {nameOfOption(options.locations, slot.locationId, "Location")}
          </DescriptionItem>
          <DescriptionItem term="Duration">{slot.durationMinutes} minutes</DescriptionItem>
        </DescriptionList>
        {describeSelection?.(slot)}
        {problem ? (
          <Notice tone="danger" title="There is a problem" role="alert">
            {problem}
          </Notice>
        ) : null}
        <div className="flex flex-wrap gap-2">
          <Button variant="primary" pending={pending} onClick={() => onSelect(slot)}>
            {pending ? "Requesting…" : selectLabel}
          </Button>
          <Button onClick={onCancel}>Select another time</Button>
        </div>
      </div>
    </Card>
  );
}
