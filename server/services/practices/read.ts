import "server-only";
import { and, asc, eq, isNull } from "drizzle-orm";
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
  return db.read(ctx, (tx) => selectPracticeViews(tx, ctx));
}

/** The same practices as options of the header and the filters. */
export async function listPracticeOptions(ctx: TenantContext): Promise<PracticeOption[]> {
  requirePermission(ctx, "practices.read");
  const { id, name, nickname, practiceGroupId } = practices;
  const rows = await db.read(ctx, (tx) =>
    tx
      .select({ id, name, nickname, practiceGroupId })
      .from(practices)
      .where(and(inScope(practices, ctx), isNull(practices.disconnectedAt)))
      .orderBy(asc(practices.name), asc(practices.id)),
  );
  return rows.map(({ nickname, ...option }) => ({ ...option, name: nickname ?? option.name }));
}

/** @throws NotFoundError */
export async function getPractice(
  ctx: TenantContext,
  input: PracticeIdInput,
): Promise<PracticeView> {
  requirePermission(ctx, "practices.read");
  return db.read(ctx, (tx) => getPracticeView(tx, ctx, input.practiceId));
}

/**
 * The options for a booking link, read from Hero now. They are stored with the practice, so that
 * creating the link can name the selected ones without another call.
 *
 * @throws NotFoundError, HeroError
 */
export async function getBookingOptions(
  ctx: TenantContext,
  input: PracticeIdInput,
): Promise<BookingOptions> {
  requirePermission(ctx, "links.create");
  return readBookingOptions(ctx, input);
}

/** The same for a service that has checked a permission of its own. */
export async function readBookingOptions(
  ctx: TenantContext,
  input: PracticeIdInput,
): Promise<BookingOptions> {
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
