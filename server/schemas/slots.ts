import { optionalLocalDate } from "./date-fields";
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
