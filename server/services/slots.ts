import "server-only";
import type { HeroConnection } from "../hero/request";
import { fetchSlotCount, fetchSlots, type HeroSlot } from "../hero/slots";
import { addDays, isoWeekdayOf, ukDateOf } from "../schemas/dates";
import type {
  CountSlotsInput,
  FindNextSlotInput,
  ListSlotsInput,
  NextSlot,
  SlotCount,
  SlotList,
  SlotView,
} from "../schemas/slots";
import type { TenantContext } from "../tenancy/context";
import { requirePermission } from "../tenancy/permissions";
import { fetchFromHero } from "./hero-calls/fetch";

/**
 * The free slots that a booking link would offer, counted by Hero now. First and last date are included
 * and sent to Hero as local dates, so no clock change can move them.
 *
 * @throws NotFoundError, HeroError
 */
export async function countSlots(ctx: TenantContext, input: CountSlotsInput): Promise<SlotCount> {
  requirePermission(ctx, "links.create");
  const count = await fetchFromHero(ctx, input.practiceId, (hero) =>
    fetchSlotCount(hero, {
      appointment_type_id: input.appointmentTypeId,
      location_id: input.locationId,
      practitioner_id: input.practitionerId,
      start_date: input.slotsFrom,
      end_date: input.slotsTo,
    }),
  );
  return { count, countedAt: new Date().toISOString() };
}

export const toSlotView = (slot: HeroSlot): SlotView => ({
  id: slot.id,
  startsAt: slot.start_time,
  endsAt: slot.finish_time,
  durationMinutes: slot.duration,
  practitionerId: slot.practitioner_id,
  locationId: slot.location_id,
});

/** The free slots that match, both days included, without those that have begun. */
async function readFreeSlots(
  hero: HeroConnection,
  search: FindNextSlotInput,
  firstDay: string,
  lastDay: string,
): Promise<{ slots: SlotView[]; isComplete: boolean }> {
  const { slots, isComplete } = await fetchSlots(hero, {
    appointment_type_id: search.appointmentTypeId,
    location_id: search.locationId,
    practitioner_id: search.practitionerId,
    start_date: firstDay,
    end_date: lastDay,
  });
  const now = Date.now();
  const isWanted = ({ startsAt }: SlotView) =>
    Date.parse(startsAt) > now &&
    (search.weekdays.length === 0 ||
      search.weekdays.includes(isoWeekdayOf(ukDateOf(new Date(startsAt)))));
  return { slots: slots.map(toSlotView).filter(isWanted), isComplete };
}

/**
 * The free slots of seven days, read from Hero now, earliest first. A day is the UK's, of 23 or 25 hours
 * when the clocks change.
 *
 * @throws NotFoundError, HeroError
 */
export async function listFreeSlots(ctx: TenantContext, input: ListSlotsInput): Promise<SlotList> {
  requirePermission(ctx, "appointments.book");
  const result = await fetchFromHero(ctx, input.practiceId, (hero) =>
    readFreeSlots(hero, input, input.firstDay, addDays(input.firstDay, 6)),
  );
  return { ...result, readAt: new Date().toISOString() };
}

// Most patients can be offered a slot within days, so the first reads are short.
const nextSlotPeriodsInDays = [7, 7, 14, 28, 28];

/**
 * The first free slot within 12 weeks from today.
 *
 * @throws NotFoundError, HeroError
 */
export async function findNextSlot(
  ctx: TenantContext,
  input: FindNextSlotInput,
): Promise<NextSlot> {
  requirePermission(ctx, "appointments.book");
  return fetchFromHero(ctx, input.practiceId, async (hero) => {
    let firstDay = ukDateOf(new Date());
    let searchedTo = firstDay;
    let isComplete = true;
    for (const days of nextSlotPeriodsInDays) {
      searchedTo = addDays(firstDay, days - 1);
      const period = await readFreeSlots(hero, input, firstDay, searchedTo);
      isComplete &&= period.isComplete;
      const [slot] = period.slots;
      if (slot) return { slot, isComplete, searchedTo };
      firstDay = addDays(searchedTo, 1);
    }
    return { slot: null, isComplete, searchedTo };
  });
}
