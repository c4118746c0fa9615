import { localDate, optionalLocalDate } from "./date-fields";
import { heroId, optionalHeroId, rowId } from "./text";
import { z } from "./zod";

/** What is selected for a booking link so far. */
export const countSlotsInput = z.object({
  practiceId: rowId,
  appointmentTypeId: heroId("Select an appointment type."),
  locationId: optionalHeroId("Select a location."),
  practitionerId: optionalHeroId("Select a practitioner from the list."),
  slotsFrom: optionalLocalDate("first date"),
  slotsTo: optionalLocalDate("last date"),
});
export type CountSlotsInput = z.infer<typeof countSlotsInput>;

/** Free slots as Hero counts them now; `countedAt` is a timestamp in UTC. */
export const slotCount = z.object({ count: z.number(), countedAt: z.string() });
export type SlotCount = z.infer<typeof slotCount>;

/** ISO weekdays, Monday is 1. None selected means every day. */
const weekdaysError = { error: "Select days of the week." };
const weekdays = z
  .array(
    z.number(weekdaysError).int(weekdaysError).min(1, weekdaysError).max(7, weekdaysError),
    weekdaysError,
  )
  .max(7, weekdaysError)
  .default([]);

const slotSearch = {
  practiceId: rowId,
  appointmentTypeId: heroId("Select an appointment type."),
  locationId: optionalHeroId("Select a location."),
  practitionerId: optionalHeroId("Select a practitioner from the list."),
  weekdays,
};

/** Free slots of the seven days from `firstDay` on, a UK date. */
export const listSlotsInput = z.object({
  ...slotSearch,
  firstDay: localDate("first day", "Enter a valid first day."),
});
export type ListSlotsInput = z.infer<typeof listSlotsInput>;

/** The first free slot from now on. */
export const findNextSlotInput = z.object(slotSearch);
export type FindNextSlotInput = z.infer<typeof findNextSlotInput>;

/** A free slot as Hero has it; both times are timestamps in UTC. */
export const slotView = z.object({
  id: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  durationMinutes: z.number(),
  practitionerId: z.string(),
  locationId: z.string(),
});
export type SlotView = z.infer<typeof slotView>;

/** `isComplete` is false when other slots may be free: Hero's list was not read to its end. */
export const slotList = z.object({
  slots: z.array(slotView),
  isComplete: z.boolean(),
  readAt: z.string(),
});
export type SlotList = z.infer<typeof slotList>;

/**
 * The first free slot; null when none was found up to and including `searchedTo`, a UK date. When
 * `isComplete` is false, an earlier slot may be free, or one where none was found.
 */
export const nextSlot = z.object({
  slot: slotView.nullable(),
  isComplete: z.boolean(),
  searchedTo: z.string(),
});
export type NextSlot = z.infer<typeof nextSlot>;
