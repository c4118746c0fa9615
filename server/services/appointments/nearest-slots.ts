import "server-only";
import { db } from "@/db/client";
import { fetchSlots } from "../../hero/slots";
import type { NearestSlots } from "../../schemas/appointments";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { TenantContext } from "../../tenancy/context";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import type { PracticeWithKey } from "../practices/load-with-key";
import { toSlotView } from "../slots";

const [daysBefore, daysAfter] = [3, 7];
const maxOffered = 5;

/**
 * The free slots nearest to a time that was taken: same type and location, from three days before to seven
 * days after. Null when Hero's list cannot be read, which says nothing about what is free.
 */
export async function findNearestSlots(
  ctx: TenantContext,
  practice: PracticeWithKey,
  wanted: { appointmentTypeId: string; locationId: string; startsAt: Date },
): Promise<NearestSlots | null> {
  const now = Date.now();
  const day = ukDateOf(wanted.startsAt);
  const [today, firstDay] = [ukDateOf(new Date(now)), addDays(day, -daysBefore)];
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    fetchSlots(hero, {
      appointment_type_id: wanted.appointmentTypeId,
      location_id: wanted.locationId,
      start_date: firstDay < today ? today : firstDay,
      end_date: addDays(day, daysAfter),
    }),
  );
  await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
  if (!outcome.ok) return null;
  const { slots, isComplete } = outcome.result;
  const distance = (startTime: string) =>
    Math.abs(Date.parse(startTime) - wanted.startsAt.getTime());
  return {
    slots: slots
      .filter(({ start_time }) => Date.parse(start_time) > now)
      .sort((a, b) => distance(a.start_time) - distance(b.start_time))
      .slice(0, maxOffered)
      .map(toSlotView),
    isComplete,
  };
}
