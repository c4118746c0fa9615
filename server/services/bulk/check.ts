import "server-only";
import { eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { bulkRows } from "@/db/schema/bulk";
import { practices } from "@/db/schema/practices";
import { and } from "drizzle-orm";
import { HeroError } from "../../hero/errors";
import { countSlots } from "../../hero/slots";
import { NotFoundError } from "../../errors";
import type { BulkCheck, BulkIdInput } from "../../schemas/bulk";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { readHero } from "../hero/access";
import { getBulkView, isRowOf } from "./view";

/** More distinct choices than this are not counted at Hero: their free slots read as unknown. */
const mostCounted = 20;

async function listChoices(ctx: TenantContext, bulkId: string) {
  return db.tenant(ctx, async (tx) => {
    await getBulkView(tx, ctx, bulkId);
    return tx
      .select({
        practiceId: bulkRows.practiceId,
        practiceName: sql<string>`coalesce(${practices.alias}, ${practices.name})`,
        bookingOptions: practices.bookingOptions,
        appointmentTypeId: bulkRows.appointmentTypeId,
        locationId: bulkRows.locationId,
        practitionerId: bulkRows.practitionerId,
        slotsFrom: bulkRows.slotsFrom,
        slotsTo: bulkRows.slotsTo,
        recipients: sql<number>`count(*)::integer`,
      })
      .from(bulkRows)
      .innerJoin(
        practices,
        and(
          eq(practices.tenantId, bulkRows.tenantId),
          eq(practices.environment, bulkRows.environment),
          eq(practices.id, bulkRows.practiceId),
        ),
      )
      .where(isRowOf(ctx, bulkId))
      .groupBy(
        bulkRows.practiceId,
        practices.alias,
        practices.name,
        practices.bookingOptions,
        bulkRows.appointmentTypeId,
        bulkRows.locationId,
        bulkRows.practitionerId,
        bulkRows.slotsFrom,
        bulkRows.slotsTo,
      )
      .orderBy(sql`count(*) desc`);
  });
}

type Choice = Awaited<ReturnType<typeof listChoices>>[number];

async function countFor(ctx: TenantContext, choice: Choice): Promise<number | null> {
  if (!choice.appointmentTypeId) return null;
  try {
    return await readHero(ctx, choice.practiceId, (hero) =>
      countSlots(hero, {
        appointment_type_id: choice.appointmentTypeId ?? "",
        ...(choice.locationId && { location_id: choice.locationId }),
        ...(choice.practitionerId && { practitioner_id: choice.practitionerId }),
        ...(choice.slotsFrom && { start_date: choice.slotsFrom }),
        ...(choice.slotsTo && { end_date: choice.slotsTo }),
      }),
    );
  } catch (error) {
    // What cannot be counted is said to be unknown; it does not hold up the rest.
    if (error instanceof HeroError || error instanceof NotFoundError) return null;
    throw error;
  }
}

/**
 * How many links each distinct choice of a bulk would make, beside its free slots at Hero.
 * @throws NotFoundError
 */
export async function checkBulk(ctx: TenantContext, input: BulkIdInput): Promise<BulkCheck> {
  requirePermission(ctx, "links.create");
  const choices = await listChoices(ctx, input.bulkId);
  const counted: BulkCheck["choices"] = [];
  for (const [at, choice] of choices.entries()) {
    const type = choice.bookingOptions?.appointmentTypes.find(
      ({ id }) => id === choice.appointmentTypeId,
    );
    counted.push({
      practiceName: choice.practiceName,
      what: type?.name ?? (choice.appointmentTypeId ? choice.appointmentTypeId : "Form"),
      recipients: choice.recipients,
      freeSlots: at < mostCounted ? await countFor(ctx, choice) : null,
    });
  }
  return {
    recipients: counted.reduce((sum, { recipients }) => sum + recipients, 0),
    isShort: counted.some(({ recipients, freeSlots }) => (freeSlots ?? recipients) < recipients),
    choices: counted,
  };
}
