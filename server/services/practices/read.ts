import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { listAppointmentTypes, listLocations, listPractitioners } from "../../hero/practice";
import type {
  BookingOptions,
  PracticeIdInput,
  PracticeOption,
  PracticeView,
} from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { fetchFromHero } from "../hero-calls/fetch";
import { getPracticeView, selectPracticeViews } from "./view";

/** The connected practices of this environment, by name. */
export async function listPractices(ctx: TenantContext): Promise<PracticeView[]> {
  requirePermission(ctx, "practices.read");
  return db.tenant(ctx, (tx) => selectPracticeViews(tx, ctx));
}

/** The same, as the header and the filters name them. */
export async function listPracticeOptions(ctx: TenantContext): Promise<PracticeOption[]> {
  const views = await listPractices(ctx);
  return views.map((view) => ({
    id: view.id,
    name: view.nickname ?? view.name,
    practiceGroupId: view.practiceGroupId,
  }));
}

/** @throws NotFoundError */
export async function getPractice(
  ctx: TenantContext,
  input: PracticeIdInput,
): Promise<PracticeView> {
  requirePermission(ctx, "practices.read");
  return db.tenant(ctx, (tx) => getPracticeView(tx, ctx, input.practiceId));
}

/**
 * What a booking link can be made of, read from Hero now and kept with the practice, so that making
 * the link can name its parts without asking again.
 *
 * @throws NotFoundError, HeroError
 */
export async function getBookingOptions(
  ctx: TenantContext,
  input: PracticeIdInput,
): Promise<BookingOptions> {
  requirePermission(ctx, "links.create");
  const options = await fetchFromHero(
    ctx,
    input.practiceId,
    async (hero): Promise<BookingOptions> => {
      const [appointmentTypes, locations, practitioners] = await Promise.all([
        listAppointmentTypes(hero),
        listLocations(hero),
        listPractitioners(hero),
      ]);
      return {
        appointmentTypes: appointmentTypes.map((type) => ({
          id: type.id,
          name: type.name,
          durationMinutes: type.duration,
          slotCount: type.slot_count,
        })),
        locations: locations.map(({ id, name }) => ({ id, name })),
        practitioners: practitioners.map((practitioner) => ({
          id: practitioner.id,
          name:
            [practitioner.title, practitioner.first_name, practitioner.last_name]
              .filter(Boolean)
              .join(" ") || `Practitioner ${practitioner.id}`,
        })),
      };
    },
  );
  await db.tenant(ctx, (tx) =>
    tx
      .update(practices)
      .set({ bookingOptions: options })
      .where(and(inScope(practices, ctx), eq(practices.id, input.practiceId))),
  );
  return options;
}
