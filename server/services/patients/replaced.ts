import "server-only";
import { and, eq, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { appointments } from "@/db/schema/appointments";
import { links } from "@/db/schema/links";
import { patientMerges, replacedPatients } from "@/db/schema/patients";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { enqueue } from "../../queue/enqueue";
import type { PatientRecordInput } from "../../schemas/patient-record";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { copySensitiveMark } from "../messages/sensitive";

/** True for a link of a patient whose record was merged elsewhere, until a person releases it. */
export const isHeldLink: SQL<boolean> = sql`exists (
  select from replaced_patients where replaced_patients.tenant_id = ${links.tenantId}
    and replaced_patients.environment = ${links.environment}
    and replaced_patients.practice_id = ${links.practiceId}
    and replaced_patients.patient_id = ${links.patientId}
    and replaced_patients.released_at is null)`;

const ofPatient = (ctx: TenantContext, { practiceId, patientId }: PatientRecordInput) =>
  and(
    inScope(replacedPatients, ctx),
    eq(replacedPatients.practiceId, practiceId),
    eq(replacedPatients.patientId, patientId),
  );

/** Has the links and appointments of the IDs read again now, before those that have waited longest. */
export async function readAgain(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
  patientIds: string[],
): Promise<void> {
  const { tenantId, environment } = ctx;
  for (const table of [links, appointments]) {
    await tx
      .update(table)
      .set({ refreshedAt: null })
      .where(
        and(
          inScope(table, ctx),
          eq(table.practiceId, practiceId),
          inArray(table.patientId, patientIds),
        ),
      );
  }
  await enqueue("refresh-links", { tenantId, environment, practiceId }, { within: tx });
}

/**
 * Notes that Hero answers a patient ID with another one, or with nothing, because the record was merged.
 * Links and appointments of the ID are held from then on, and read again. A second reading adds the ID that
 * remains, if the first did not name it.
 */
export async function recordReplacedPatient(
  tx: Transaction,
  ctx: TenantContext,
  practice: { readonly id: string; readonly name: string },
  { patientId, otherId }: { patientId: string; otherId: string | null },
): Promise<void> {
  const { tenantId, environment } = ctx;
  const ids = otherId ? [patientId, otherId] : [patientId];
  const inserted = await tx
    .insert(replacedPatients)
    .values({ tenantId, environment, practiceId: practice.id, patientId, replacedBy: otherId })
    .onConflictDoNothing()
    .returning({ patientId: replacedPatients.patientId });
  if (inserted.length > 0) {
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    await recordAudit(tx, ctx, "patient.merged_elsewhere", subject, {
      patientId,
      replacedBy: otherId,
    });
    if (otherId) await copySensitiveMark(tx, ctx, practice.id, { from: patientId, to: otherId });
    await readAgain(tx, ctx, practice.id, ids);
    return;
  }
  if (!otherId) return;
  const completed = await tx
    .update(replacedPatients)
    .set({ replacedBy: otherId })
    .where(
      and(
        ofPatient(ctx, { practiceId: practice.id, patientId }),
        isNull(replacedPatients.replacedBy),
      ),
    )
    .returning({ patientId: replacedPatients.patientId });
  if (completed.length === 0) return;
  await copySensitiveMark(tx, ctx, practice.id, { from: patientId, to: otherId });
  await readAgain(tx, ctx, practice.id, ids);
}

/** Whether a patient's record is known to have been merged into another: its appointments and messages go with it. */
export async function isSurvivor(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, patientId }: PatientRecordInput,
  survivorId: string,
): Promise<boolean> {
  const [merge] = await tx
    .select({ id: patientMerges.id })
    .from(patientMerges)
    .where(
      and(
        inScope(patientMerges, ctx),
        eq(patientMerges.practiceId, practiceId),
        eq(patientMerges.survivorPatientId, survivorId),
        inArray(patientMerges.outcome, ["accepted", "merged"]),
        or(eq(patientMerges.patientId, patientId), eq(patientMerges.otherPatientId, patientId)),
      ),
    )
    .limit(1);
  if (merge) return true;
  const [replaced] = await tx
    .select({ patientId: replacedPatients.patientId })
    .from(replacedPatients)
    .where(
      and(
        inScope(replacedPatients, ctx),
        eq(replacedPatients.practiceId, practiceId),
        eq(replacedPatients.patientId, patientId),
        eq(replacedPatients.replacedBy, survivorId),
      ),
    );
  return replaced !== undefined;
}

/** What is known of a merged record. @throws NotFoundError */
export async function loadReplacedPatient(
  tx: Transaction,
  ctx: TenantContext,
  input: PatientRecordInput,
): Promise<{ otherId: string | null; detectedAt: Date; isHeld: boolean }> {
  const [row] = await tx
    .select({
      otherId: replacedPatients.replacedBy,
      detectedAt: replacedPatients.detectedAt,
      releasedAt: replacedPatients.releasedAt,
    })
    .from(replacedPatients)
    .where(ofPatient(ctx, input));
  if (!row) throw new NotFoundError();
  return { otherId: row.otherId, detectedAt: row.detectedAt, isHeld: row.releasedAt === null };
}

/**
 * Ends the hold on a merged record's links and appointments, after a person has looked at them. A repeat
 * changes nothing.
 *
 * @throws NotFoundError unless the record is known to be merged
 */
export async function releaseHeldItems(
  ctx: TenantContext,
  input: PatientRecordInput,
): Promise<null> {
  requirePermission(ctx, "links.edit");
  return db.tenant(ctx, async (tx) => {
    const [row] = await tx
      .select({ name: practices.name, nickname: practices.nickname })
      .from(replacedPatients)
      .innerJoin(
        practices,
        and(sameScope(practices, replacedPatients), eq(practices.id, replacedPatients.practiceId)),
      )
      .where(ofPatient(ctx, input));
    if (!row) throw new NotFoundError();
    const released = await tx
      .update(replacedPatients)
      .set({ releasedAt: new Date(), releasedBy: actorId(ctx) })
      .where(and(ofPatient(ctx, input), isNull(replacedPatients.releasedAt)))
      .returning({ patientId: replacedPatients.patientId });
    if (released.length === 0) return null;
    const label = row.nickname ?? row.name;
    const subject = { type: "practice", id: input.practiceId, label } as const;
    await recordAudit(tx, ctx, "patient.held_items_released", subject, {
      patientId: input.patientId,
    });
    return null;
  });
}
