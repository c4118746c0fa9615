import "server-only";
import { db } from "@/db/client";
import { InvalidInputError } from "../../errors";
import { getSlot, type HeroSlot } from "../../hero/slots";
import type { TenantContext } from "../../tenancy/context";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import type { PracticeWithKey } from "../practices/load-with-key";

/** Why a time of another type or location is refused. */
const otherTypeMessages = {
  reserve: "This time is for another appointment type or location. Select a time again.",
  move: "This time is for another appointment type or location. An appointment keeps both when it is moved. To change them, cancel it and book another.",
};

/**
 * Reads a slot from Hero now: everything that is booked comes from it.
 *
 * @returns null when it is no longer free
 * @throws InvalidInputError on `slotId` when it is for another type or location
 * @throws HeroError
 */
export async function findFreeSlot(
  ctx: TenantContext,
  practice: PracticeWithKey,
  wanted: { slotId: string; appointmentTypeId: string; locationId: string },
  purpose: keyof typeof otherTypeMessages,
): Promise<HeroSlot | null> {
  const outcome = await callHeroForPractice(ctx, practice, (hero) => getSlot(hero, wanted.slotId));
  await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
  if (!outcome.ok) {
    if (outcome.error.code === "not_found") return null;
    throw outcome.error;
  }
  const slot = outcome.result;
  if (
    slot.appointment_type_id !== wanted.appointmentTypeId ||
    slot.location_id !== wanted.locationId
  ) {
    throw new InvalidInputError("slotId", otherTypeMessages[purpose]);
  }
  return slot;
}
