import "server-only";
import { and, count, eq, inArray, isNull, ne } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { bulkUploadRows, bulkUploads } from "@/db/schema/bulk-uploads";
import { dataKeys } from "@/db/schema/organisations";
import { practices } from "@/db/schema/practices";
import { inScope, inTenant } from "@/db/scope";
import { openDataKey } from "../../crypto/keys";
import type { SealingKey } from "../../crypto/secret-box";
import { ConflictError, InvalidInputError, NotFoundError } from "../../errors";
import type {
  AddBulkUploadRowsInput,
  BulkUploadRow,
  BulkUploadView,
  CreateBulkUploadInput,
} from "../../schemas/bulk-uploads";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { requireBelowLimit } from "../limits";
import { recordChange } from "../live/record-change";
import { loadDataKey } from "../practices/stored-key";
import { sealPatient } from "./identity";
import { getBulkUploadView, lockBulkUpload } from "./view";

/** A bulk upload that is not complete or not started expires after this long. */
const uploadExpiryHours = 24;
/** Of one person in one environment: files being uploaded or not started. */
const maxUnstartedUploads = 50;

/**
 * Creates a bulk upload, to which rows are added. A repeated operation ID returns the same one.
 *
 * @throws ConflictError when the operation ID was used for another file
 */
export async function createBulkUpload(
  ctx: TenantContext,
  input: CreateBulkUploadInput,
): Promise<BulkUploadView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const dataKey = await loadDataKey(tx, ctx);
    const { tenantId, environment } = ctx;
    await requireBelowLimit(tx, ["unstarted-uploads", tenantId, environment, actorId(ctx)], {
      max: maxUnstartedUploads,
      async count() {
        const [unstarted] = await tx
          .select({ count: count() })
          .from(bulkUploads)
          .where(
            and(
              inScope(bulkUploads, ctx),
              eq(bulkUploads.createdBy, actorId(ctx)),
              eq(bulkUploads.state, "uploading"),
              // Sent again, it adds none.
              ne(bulkUploads.operationId, input.operationId),
            ),
          );
        return unstarted?.count ?? 0;
      },
      message: `You have ${maxUnstartedUploads} bulk uploads that are not started, which is the limit. Start or cancel one first.`,
    });
    const [created] = await tx
      .insert(bulkUploads)
      .values({
        ...input,
        tenantId,
        environment,
        id: uuidv7(),
        state: "uploading",
        dataKeyId: dataKey.id,
        createdBy: actorId(ctx),
        rowsExpireAt: new Date(Date.now() + uploadExpiryHours * 3_600_000),
      })
      .onConflictDoNothing({ target: [bulkUploads.tenantId, bulkUploads.operationId] })
      .returning({ id: bulkUploads.id });
    if (created) {
      await recordChange(tx, ctx, "bulk_uploads", created.id);
      return getBulkUploadView(tx, ctx, created.id);
    }
    const [existing] = await tx
      .select({
        id: bulkUploads.id,
        rowCount: bulkUploads.rowCount,
        environment: bulkUploads.environment,
      })
      .from(bulkUploads)
      .where(and(inTenant(bulkUploads, ctx), eq(bulkUploads.operationId, input.operationId)));
    if (existing?.environment !== environment || existing.rowCount !== input.rowCount) {
      throw new ConflictError("This file was already sent with different rows. Start again.");
    }
    return getBulkUploadView(tx, ctx, existing.id);
  });
}

/** The data key that seals the rows of a bulk upload. */
export async function loadBulkUploadKey(
  tx: Transaction,
  ctx: TenantContext,
  dataKeyId: string,
): Promise<SealingKey> {
  const [stored] = await tx
    .select({ id: dataKeys.id, sealedKey: dataKeys.sealedKey })
    .from(dataKeys)
    .where(and(inScope(dataKeys, ctx), eq(dataKeys.id, dataKeyId)));
  if (!stored) throw new Error("The data key of the bulk upload is missing.");
  return openDataKey(ctx.tenantId, stored);
}

/** @throws NotFoundError unless all rows are of connected practices */
async function requireConnectedPractices(
  tx: Transaction,
  ctx: TenantContext,
  rows: readonly BulkUploadRow[],
) {
  const practiceIds = [...new Set(rows.map(({ practiceId }) => practiceId))];
  const found = await tx
    .select({ id: practices.id })
    .from(practices)
    .where(
      and(
        inScope(practices, ctx),
        inArray(practices.id, practiceIds),
        isNull(practices.disconnectedAt),
      ),
    );
  if (found.length !== practiceIds.length) throw new NotFoundError();
}

function validateRow(row: BulkUploadRow, bulkUpload: { kind: "booking" | "form" }): void {
  const rowError = (problem: string) =>
    new InvalidInputError("rows", `Row ${row.rowNumber}: ${problem}`);
  if (bulkUpload.kind === "form" ? !row.formId : !row.appointmentTypeId || !row.locationId) {
    throw rowError(
      bulkUpload.kind === "form" ? "select a form." : "select an appointment type and a location.",
    );
  }
  if (row.otherDetails && !row.identity && !row.patientId) {
    throw rowError("add a date of birth to the NHS number, or a Hero patient ID.");
  }
}

/**
 * Adds rows and seals what they say of their patients. Existing row numbers are unchanged, so a part may be sent
 * again.
 *
 * @throws NotFoundError, ConflictError once started, InvalidInputError
 */
export async function addBulkUploadRows(
  ctx: TenantContext,
  input: AddBulkUploadRowsInput,
): Promise<BulkUploadView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const bulkUpload = await lockBulkUpload(tx, ctx, input.bulkUploadId);
    if (bulkUpload.state !== "uploading") {
      throw new ConflictError("This bulk upload has started. You cannot add rows.");
    }
    for (const row of input.rows) validateRow(row, bulkUpload);
    await requireConnectedPractices(tx, ctx, input.rows);
    const key = await loadBulkUploadKey(tx, ctx, bulkUpload.dataKeyId);
    const { tenantId, environment } = ctx;
    await tx
      .insert(bulkUploadRows)
      .values(
        input.rows.map(({ identity, patientId, otherDetails, ...row }) => ({
          ...row,
          ...(bulkUpload.kind === "form"
            ? { appointmentTypeId: null, locationId: null, practitionerId: null }
            : { formId: null }),
          tenantId,
          environment,
          bulkUploadId: bulkUpload.id,
          operationId: uuidv7(),
          sealed:
            identity || patientId
              ? sealPatient(
                  ctx,
                  key,
                  { bulkUploadId: bulkUpload.id, rowNumber: row.rowNumber },
                  { identity, patientId, otherDetails },
                )
              : null,
        })),
      )
      .onConflictDoNothing();
    const view = await getBulkUploadView(tx, ctx, bulkUpload.id);
    // Rows have the numbers of the file, which may have gaps.
    if (view.receivedCount > view.rowCount) {
      throw new InvalidInputError("rows", "There are more rows than announced.");
    }
    return view;
  });
}
