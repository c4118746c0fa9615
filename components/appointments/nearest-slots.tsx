"use client";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { NearestSlots } from "@/server/schemas/appointments";
import type { BookingOptions } from "@/server/schemas/practices";
import type { SlotView } from "@/server/schemas/slots";
import { nameOfOption } from "./labels";
import { formatSlot } from "./slot-times";

type NearestSlotsNoticeProps = {
  title: string;
  nearest: NearestSlots | null;
  options: BookingOptions;
  pending: boolean;
  onSelect: (slot: SlotView) => void;
};

/** The free slots nearest to a time that is no longer free. */
export function NearestSlotsNotice({
  title,
  nearest,
  options,
  pending,
  onSelect,
}: NearestSlotsNoticeProps) {
  return (
    <Notice tone="warning" title={title} role="alert">
      {nearest && nearest.slots.length > 0 ? (
        <>
          <p>The nearest free slots are:</p>
          <ul className="mt-2 flex flex-col gap-2">
            {nearest.slots.map((slot) => (
              <li key={slot.id}>
                <Button
                  pending={pending}
                  onClick={() => onSelect(slot)}
                  className="h-auto! min-h-9 py-1.5 text-left whitespace-normal!"
                >
                  {formatSlot(slot)},{" "}
                  {nameOfOption(options.practitioners, slot.practitionerId, "Practitioner")}
                </Button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {nearest === null
        ? "Other free slots could not be read. Select another time."
        : nearest.isComplete
          ? nearest.slots.length === 0 && "No other slot is free near this time."
          : "Not all slots could be read. Others may be free."}
    </Notice>
  );
}
