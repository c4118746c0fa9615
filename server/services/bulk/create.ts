import "server-only";
import { and, eq, inArray, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { bulkRows, bulks } from "@/db/schema/bulk";
import { dataKeys } from "@/db/schema/organisations";
import { practices } from "@/db/schema/practices";
import { openDataKey } from "../../crypto/keys";
import type { SealingKey } from "../../crypto/secret-box";
import { ConflictError, InvalidInputError, NotFoundError } from "../../errors";
import type { AddBulkRowsInput, BulkRow, BulkView, CreateBulkInput } from "../../schemas/bulk";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { loadDataKey } from "../practices/held-key";
import { sealIdentity } from "./identity";
import { getBulkView, lockBulk } from "./view";

/** A bulk whose rows never came, or that nobody started, is cleared away after this long. */
const uploadHours = 24;

/**
 * Opens a bulk for rows to be added. The same operation id gives the same bulk again.
 *
 * @throws ConflictError when the operation id was used for another file
 */
export async function createBulk(ctx: TenantContext, input: CreateBulkInput): Promise<BulkView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const dataKey = await loadDataKey(tx, ctx);
    const { tenantId, environment } = ctx;
    const [made] = await tx
      .insert(bulks)
      .values({
        ...input,
        tenantId,
        environment,
        id: uuidv7(),
        state: "uploading",
        dataKeyId: dataKey.id,
        createdBy: actorId(ctx),
        rowsUntil: new Date(Date.now() + uploadHours * 3_600_000),
      })
      .onConflictDoNothing({ target: [bulks.tenantId, bulks.operationId] })
      .returning({ id: bulks.id });
    if (made) return getBulkView(tx, ctx, made.id);
    const [held] = await tx
      .select({ id: bulks.id, rowCount: bulks.rowCount, environment: bulks.environment })
      .from(bulks)
      .where(and(eq(bulks.tenantId, tenantId), eq(bulks.operationId, input.operationId)));
    if (held?.environment !== environment || held.rowCount !== input.rowCount) {
      throw new ConflictError("This file was sent before with other rows. Start again.");
    }
    return getBulkView(tx, ctx, held.id);
  });
}

/** The data key that a bulk's rows are sealed with. */
export async function loadBulkKey(
  tx: Transaction,
  ctx: TenantContext,
  dataKeyId: string,
): Promise<SealingKey> {
  const [stored] = await tx
    .select({ id: dataKeys.id, sealedKey: dataKeys.sealedKey })
    .from(dataKeys)
    .where(and(eq(dataKeys.tenantId, ctx.tenantId), eq(dataKeys.id, dataKeyId)));
  if (!stored) throw new Error("The bulk's data key is gone.");
  return openDataKey(ctx.tenantId, stored);
}

/** Refuses rows of practices that this tenant may not act for. @throws NotFoundError */
async function checkPractices(tx: Transaction, ctx: TenantContext, rows: readonly BulkRow[]) {
  const wanted = [...new Set(rows.map(({ practiceId }) => practiceId))];
  const found = await tx
    .select({ id: practices.id })
    .from(practices)
    .where(
      and(
        eq(practices.tenantId, ctx.tenantId),
        eq(practices.environment, ctx.environment),
        inArray(practices.id, wanted),
        isNull(practices.disconnectedAt),
      ),
    );
  if (found.length !== wanted.length) throw new NotFoundError();
}

function checkRow(row: BulkRow, bulk: { kind: "booking" | "form" }): void {
  const say = (what: string) => new InvalidInputError("rows", `Row ${row.rowNumber}: ${what}`);
  if (bulk.kind === "form" ? !row.formId : !row.appointmentTypeId || !row.locationId) {
    throw say(
      bulk.kind === "form" ? "choose a form." : "choose an appointment type and a location.",
    );
  }
  if (row.identity && row.patientId) throw say("name the patient in one way only.");
}

/**
 * Adds rows, each patient's identity sealed. A row number that is there already stays as it was, so a
 * part may be sent again.
 *
 * @throws NotFoundError, ConflictError once it was started, InvalidInputError
 */
export async function addBulkRows(ctx: TenantContext, input: AddBulkRowsInput): Promise<BulkView> {
  requirePermission(ctx, "links.create");
  return db.tenant(ctx, async (tx) => {
    const bulk = await lockBulk(tx, ctx, input.bulkId);
    if (bulk.state !== "uploading") {
      throw new ConflictError("This file was started; rows cannot be added any more.");
    }
    for (const row of input.rows) checkRow(row, bulk);
    await checkPractices(tx, ctx, input.rows);
    const key = await loadBulkKey(tx, ctx, bulk.dataKeyId);
    const { tenantId, environment } = ctx;
    await tx
      .insert(bulkRows)
      .values(
        input.rows.map(({ identity, ...row }) => ({
          ...row,
          ...(bulk.kind === "form"
            ? { appointmentTypeId: null, locationId: null, practitionerId: null }
            : { formId: null }),
          tenantId,
          environment,
          bulkId: bulk.id,
          operationId: uuidv7(),
          sealed: identity
            ? sealIdentity(ctx, key, { bulkId: bulk.id, rowNumber: row.rowNumber }, identity)
            : null,
        })),
      )
      .onConflictDoNothing();
    const view = await getBulkView(tx, ctx, bulk.id);
    // Rows keep the numbers that they have in the file, of which some may be left out.
    if (view.receivedCount > view.rowCount) {
      throw new InvalidInputError("rows", "These are more rows than were spoken of.");
    }
    return view;
  });
}
