import { optionalLocalDate } from "./dates";
import { heroId, optionalHeroId, rowId } from "./text";
import { z } from "./zod";

/** The choice of a booking link, as far as it is made. */
export const countSlotsInput = z.object({
  practiceId: rowId,
  appointmentTypeId: heroId("Choose an appointment type."),
  locationId: optionalHeroId("Choose a location."),
  practitionerId: optionalHeroId("Choose a practitioner from the list."),
  slotsFrom: optionalLocalDate("Enter the first day as a real date."),
  slotsTo: optionalLocalDate("Enter the last day as a real date."),
});
export type CountSlotsInput = z.infer<typeof countSlotsInput>;

/** Free slots as Hero counts them now; `countedAt` is a moment in UTC. */
export const slotCount = z.object({ count: z.number(), countedAt: z.string() });
export type SlotCount = z.infer<typeof slotCount>;
