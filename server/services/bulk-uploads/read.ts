import "server-only";
import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { bulkUploadRows, bulkUploads } from "@/db/schema/bulk-uploads";
import { links } from "@/db/schema/links";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { type FieldName, fieldNames } from "../../schemas/bulk-upload-fields";
import type {
  BulkUploadIdInput,
  BulkUploadRowPage,
  BulkUploadView,
  ListBulkUploadRowsInput,
} from "../../schemas/bulk-uploads";
import { csvByteOrderMark, toCsvLine } from "../../schemas/csv";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { isHeldLink } from "../patients/replaced";
import { getBulkUploadView, selectBulkUploadViews } from "./view";

const maxListed = 50;
const rowsPerPage = 100;
const rowsPerChunk = 1000;

/** The newest bulk uploads. */
export async function listBulkUploads(ctx: TenantContext): Promise<BulkUploadView[]> {
  requirePermission(ctx, "links.read");
  return db.read(ctx, (tx) => selectBulkUploadViews(tx, ctx, { limit: maxListed }));
}

/** @throws NotFoundError */
export async function getBulkUpload(
  ctx: TenantContext,
  input: BulkUploadIdInput,
): Promise<BulkUploadView> {
  requirePermission(ctx, "links.read");
  return db.read(ctx, (tx) => getBulkUploadView(tx, ctx, input.bulkUploadId));
}

/** The headings of earlier files and how each column was used, newest first, without duplicates. */
export async function listBulkUploadColumns(ctx: TenantContext): Promise<Record<string, string>[]> {
  requirePermission(ctx, "links.create");
  const rows = await db.tenant(ctx, (tx) =>
    tx
      .select({ columns: bulkUploads.columns })
      .from(bulkUploads)
      .where(inScope(bulkUploads, ctx))
      .orderBy(desc(bulkUploads.tenantId), desc(bulkUploads.environment), desc(bulkUploads.id))
      .limit(maxListed),
  );
  return [
    ...new Map(rows.map(({ columns }) => [JSON.stringify(columns), columns] as const)).values(),
  ];
}

async function selectRows(
  ctx: TenantContext,
  { bulkUploadId, state, cursor = 0 }: ListBulkUploadRowsInput,
  limit: number,
) {
  return db.tenant(ctx, (tx) =>
    tx
      .select({
        rowNumber: bulkUploadRows.rowNumber,
        reference: bulkUploadRows.reference,
        state: bulkUploadRows.state,
        reason: bulkUploadRows.reason,
        linkId: bulkUploadRows.linkId,
        url: sql<string | null>`case when ${isHeldLink} then null else ${links.url} end`,
        practiceName: practices.name,
        appointmentType: sql<
          string | null
        >`coalesce(${links.appointmentTypeName}, ${bulkUploadRows.appointmentTypeId})`,
        location: sql<string | null>`coalesce(${links.locationName}, ${bulkUploadRows.locationId})`,
        practitioner: sql<
          string | null
        >`coalesce(${links.practitionerName}, ${bulkUploadRows.practitionerId})`,
        form: sql<string | null>`coalesce(${links.formTitle}, ${bulkUploadRows.formId})`,
        name: bulkUploadRows.name,
        tags: bulkUploadRows.tags,
        slotsFrom: bulkUploadRows.slotsFrom,
        slotsTo: bulkUploadRows.slotsTo,
        expiresOn: bulkUploadRows.expiresOn,
        maxUses: bulkUploadRows.maxUses,
      })
      .from(bulkUploadRows)
      .innerJoin(
        practices,
        and(sameScope(practices, bulkUploadRows), eq(practices.id, bulkUploadRows.practiceId)),
      )
      .leftJoin(links, and(sameScope(links, bulkUploadRows), eq(links.id, bulkUploadRows.linkId)))
      .where(
        and(
          inScope(bulkUploadRows, ctx),
          eq(bulkUploadRows.bulkUploadId, bulkUploadId),
          state ? eq(bulkUploadRows.state, state) : undefined,
          gt(bulkUploadRows.rowNumber, cursor),
        ),
      )
      .orderBy(asc(bulkUploadRows.rowNumber))
      .limit(limit),
  );
}

type ResultRow = Awaited<ReturnType<typeof selectRows>>[number];

/** What a result shows of the file's own columns. Those of patients, and the reference, are not here. */
const ownColumns: Partial<Record<FieldName, (row: ResultRow) => string | null>> = {
  practice: ({ practiceName }) => practiceName,
  appointmentType: ({ appointmentType }) => appointmentType,
  location: ({ location }) => location,
  practitioner: ({ practitioner }) => practitioner,
  form: ({ form }) => form,
  name: ({ name }) => name,
  tags: ({ tags }) => tags.join(", "),
  slotsFrom: ({ slotsFrom }) => slotsFrom,
  slotsTo: ({ slotsTo }) => slotsTo,
  expiresOn: ({ expiresOn }) => expiresOn,
  maxUses: ({ maxUses }) => String(maxUses),
};

/** The columns that the file had, under the headings of the file. */
async function listOwnColumns(ctx: TenantContext, bulkUploadId: string) {
  const [bulkUpload] = await db.tenant(ctx, (tx) =>
    tx
      .select({ columns: bulkUploads.columns })
      .from(bulkUploads)
      .where(and(inScope(bulkUploads, ctx), eq(bulkUploads.id, bulkUploadId))),
  );
  return fieldNames.flatMap((field) => {
    const heading = bulkUpload?.columns[field];
    const read = ownColumns[field];
    return heading && read ? [{ heading, read }] : [];
  });
}

/** Rows in the order of the file. @throws NotFoundError */
export async function listBulkUploadRows(
  ctx: TenantContext,
  input: ListBulkUploadRowsInput,
): Promise<BulkUploadRowPage> {
  requirePermission(ctx, "links.read");
  await db.tenant(ctx, (tx) => getBulkUploadView(tx, ctx, input.bulkUploadId));
  const rows = await selectRows(ctx, input, rowsPerPage + 1);
  const items = rows
    .slice(0, rowsPerPage)
    .map(({ rowNumber, reference, state, reason, linkId, url }) => ({
      rowNumber,
      reference,
      state,
      reason,
      linkId,
      url,
    }));
  return {
    items,
    nextCursor: rows.length > rowsPerPage ? (items.at(-1)?.rowNumber ?? null) : null,
  };
}

/**
 * The result as CSV, in chunks: the partner's reference, the link, the state of the row, the reason and
 * the file's columns that are not of patients. It holds no identities, and no cell can run as a formula.
 *
 * @throws NotFoundError
 */
export async function exportBulkUploadResult(
  ctx: TenantContext,
  input: BulkUploadIdInput,
): Promise<{ fileName: string; chunks: AsyncGenerator<string> }> {
  requirePermission(ctx, "links.read");
  const bulkUpload = await db.tenant(ctx, (tx) => getBulkUploadView(tx, ctx, input.bulkUploadId));
  async function* chunks() {
    const columns = await listOwnColumns(ctx, bulkUpload.id);
    const headings = columns.map(({ heading }) => heading);
    yield csvByteOrderMark +
      toCsvLine(["row", "reference", "link", "state", "reason", ...headings]);
    for (let cursor = 0; ; ) {
      const rows = await selectRows(ctx, { bulkUploadId: bulkUpload.id, cursor }, rowsPerChunk);
      const lines = rows.map((row) => {
        const { rowNumber, reference, url, state, reason } = row;
        const cells = columns.map(({ read }) => read(row) ?? "");
        return toCsvLine([
          String(rowNumber),
          reference ?? "",
          url ?? "",
          state,
          reason ?? "",
          ...cells,
        ]);
      });
      if (lines.length > 0) yield lines.join("");
      const last = rows.at(-1);
      if (rows.length < rowsPerChunk || !last) return;
      cursor = last.rowNumber;
    }
  }
  return {
    fileName: `links-${bulkUpload.createdAt.slice(0, 10)}-${bulkUpload.id.slice(-6)}.csv`,
    chunks: chunks(),
  };
}
