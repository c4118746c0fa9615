import "server-only";
import { and, eq, gte, inArray, isNull, lt, ne, notInArray } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { bulkUploadRows } from "@/db/schema/bulk-uploads";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { ukDateOf } from "../../schemas/dates";
import type { TenantContext } from "../../tenancy/context";
import type { BulkUploadRowRecord } from "./rows";
import { lockBulkUpload } from "./view";

/**
 * Saves Hero's ID of a row's patient, which replaces what the row said of them, unless the patient has a
 * link for the same appointment type or form already. Rows of one upload do this one after the other, so
 * that two rows of one patient cannot both pass, however each names the patient.
 *
 * @returns why the row gets no link, or null
 */
export async function claimPatient(
  ctx: TenantContext,
  row: BulkUploadRowRecord,
  patientId: string,
): Promise<string | null> {
  return db.tenant(ctx, async (tx) => {
    const { allowsDuplicates } = await lockBulkUpload(tx, ctx, row.bulkUploadId);
    const repeat = allowsDuplicates ? null : await findRepeat(tx, ctx, row, patientId);
    if (repeat) return repeat;
    await tx
      .update(bulkUploadRows)
      .set({ patientId, sealed: null })
      .where(
        and(
          inScope(bulkUploadRows, ctx),
          eq(bulkUploadRows.bulkUploadId, row.bulkUploadId),
          eq(bulkUploadRows.rowNumber, row.rowNumber),
        ),
      );
    return null;
  });
}

async function findRepeat(
  tx: Transaction,
  ctx: TenantContext,
  row: BulkUploadRowRecord,
  patientId: string,
): Promise<string | null> {
  const { practiceId, appointmentTypeId, formId } = row;
  const subjectNoun = formId ? "form" : "appointment type";
  const [otherRow] = await tx
    .select({ rowNumber: bulkUploadRows.rowNumber })
    .from(bulkUploadRows)
    .where(
      and(
        inScope(bulkUploadRows, ctx),
        eq(bulkUploadRows.bulkUploadId, row.bulkUploadId),
        eq(bulkUploadRows.patientId, patientId),
        eq(bulkUploadRows.practiceId, practiceId),
        appointmentTypeId
          ? eq(bulkUploadRows.appointmentTypeId, appointmentTypeId)
          : eq(bulkUploadRows.formId, formId ?? ""),
        notInArray(bulkUploadRows.state, ["failed", "cancelled"]),
        ne(bulkUploadRows.rowNumber, row.rowNumber),
      ),
    )
    .limit(1);
  if (otherRow) {
    return `Row ${otherRow.rowNumber} is for the same patient and ${subjectNoun}.`;
  }
  const [link] = await tx
    .select({ id: links.id })
    .from(links)
    .where(
      and(
        inScope(links, ctx),
        eq(links.patientId, patientId),
        eq(links.practiceId, practiceId),
        appointmentTypeId
          ? eq(links.appointmentTypeId, appointmentTypeId)
          : eq(links.formId, formId ?? ""),
        inArray(links.outcome, ["active", "pending", "unknown"]),
        isNull(links.closedAt),
        gte(links.expiresOn, ukDateOf(new Date())),
        lt(links.uses, links.maxUses),
        ne(links.operationId, row.operationId),
      ),
    )
    .limit(1);
  return link
    ? `This patient already has a live link for this ${subjectNoun}. To create another, upload the row again with “Create duplicates anyway”.`
    : null;
}
