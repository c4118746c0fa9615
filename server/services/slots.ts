import "server-only";
import { fetchSlotCount } from "../hero/slots";
import type { CountSlotsInput, SlotCount } from "../schemas/slots";
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
