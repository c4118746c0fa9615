import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { bulkUploadRows } from "@/db/schema/bulk-uploads";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { HeroError } from "../../hero/errors";
import { fetchSlotCount } from "../../hero/slots";
import { NotFoundError } from "../../errors";
import type { BulkUploadCheck, BulkUploadIdInput } from "../../schemas/bulk-uploads";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { fetchFromHero } from "../hero-calls/fetch";
import { getBulkUploadView } from "./view";

/** Distinct choices counted at Hero. The free slots of any others are unknown. */
const maxCountedChoices = 20;

async function listChoices(ctx: TenantContext, bulkUploadId: string) {
  return db.tenant(ctx, async (tx) => {
    await getBulkUploadView(tx, ctx, bulkUploadId);
    return tx
      .select({
        practiceId: bulkUploadRows.practiceId,
        practiceName: sql<string>`coalesce(${practices.nickname}, ${practices.name})`,
        bookingOptions: practices.bookingOptions,
        appointmentTypeId: bulkUploadRows.appointmentTypeId,
        locationId: bulkUploadRows.locationId,
        practitionerId: bulkUploadRows.practitionerId,
        slotsFrom: bulkUploadRows.slotsFrom,
        slotsTo: bulkUploadRows.slotsTo,
        recipients: sql<number>`count(*)::integer`,
      })
      .from(bulkUploadRows)
      .innerJoin(
        practices,
        and(sameScope(practices, bulkUploadRows), eq(practices.id, bulkUploadRows.practiceId)),
      )
      .where(and(inScope(bulkUploadRows, ctx), eq(bulkUploadRows.bulkUploadId, bulkUploadId)))
      .groupBy(
        bulkUploadRows.practiceId,
        practices.nickname,
        practices.name,
        practices.bookingOptions,
        bulkUploadRows.appointmentTypeId,
        bulkUploadRows.locationId,
        bulkUploadRows.practitionerId,
        bulkUploadRows.slotsFrom,
        bulkUploadRows.slotsTo,
      )
      .orderBy(sql`count(*) desc`);
  });
}

type Choice = Awaited<ReturnType<typeof listChoices>>[number];

async function countFreeSlots(ctx: TenantContext, choice: Choice): Promise<number | null> {
  if (!choice.appointmentTypeId) return null;
  try {
    return await fetchFromHero(ctx, choice.practiceId, (hero) =>
      fetchSlotCount(hero, {
        appointment_type_id: choice.appointmentTypeId ?? "",
        ...(choice.locationId && { location_id: choice.locationId }),
        ...(choice.practitionerId && { practitioner_id: choice.practitionerId }),
        ...(choice.slotsFrom && { start_date: choice.slotsFrom }),
        ...(choice.slotsTo && { end_date: choice.slotsTo }),
      }),
    );
  } catch (error) {
    // A choice that cannot be counted is unknown and does not stop the others.
    if (error instanceof HeroError || error instanceof NotFoundError) return null;
    throw error;
  }
}

/**
 * How many links each distinct choice of a bulk upload would create, with its free slots at Hero.
 * @throws NotFoundError
 */
export async function checkBulkUpload(
  ctx: TenantContext,
  input: BulkUploadIdInput,
): Promise<BulkUploadCheck> {
  requirePermission(ctx, "links.create");
  const choices = await listChoices(ctx, input.bulkUploadId);
  const counted: BulkUploadCheck["choices"] = [];
  for (const [index, choice] of choices.entries()) {
    const appointmentType = choice.bookingOptions?.appointmentTypes.find(
      ({ id }) => id === choice.appointmentTypeId,
    );
    counted.push({
      practiceName: choice.practiceName,
      description:
        appointmentType?.name ?? (choice.appointmentTypeId ? choice.appointmentTypeId : "Form"),
      recipients: choice.recipients,
      freeSlots: index < maxCountedChoices ? await countFreeSlots(ctx, choice) : null,
    });
  }
  return {
    recipients: counted.reduce((sum, { recipients }) => sum + recipients, 0),
    hasTooFewSlots: counted.some(
      ({ recipients, freeSlots }) => (freeSlots ?? recipients) < recipients,
    ),
    choices: counted,
  };
}
