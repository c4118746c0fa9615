import "server-only";
import {
  addBulkUploadRowsInput,
  bulkUploadCheck,
  bulkUploadColumns,
  bulkUploadIdInput,
  bulkUploadList,
  bulkUploadRowPage,
  bulkUploadView,
  createBulkUploadInput,
  listBulkUploadRowsInput,
  startBulkUploadInput,
} from "../schemas/bulk-uploads";
import { checkBulkUpload } from "../services/bulk-uploads/check";
import {
  cancelBulkUpload,
  pauseBulkUpload,
  resumeBulkUpload,
  startBulkUpload,
} from "../services/bulk-uploads/control";
import { addBulkUploadRows, createBulkUpload } from "../services/bulk-uploads/create";
import {
  getBulkUpload,
  listBulkUploadColumns,
  listBulkUploadRows,
  listBulkUploads,
} from "../services/bulk-uploads/read";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const bulkUploadsRouter = createPortalRouter({
  list: procedureFor("links.read")
    .output(bulkUploadList)
    .query(({ ctx }) => listBulkUploads(ctx.tenant)),
  get: procedureFor("links.read")
    .input(bulkUploadIdInput)
    .output(bulkUploadView)
    .query(({ ctx, input }) => getBulkUpload(ctx.tenant, input)),
  rows: procedureFor("links.read")
    .input(listBulkUploadRowsInput)
    .output(bulkUploadRowPage)
    .query(({ ctx, input }) => listBulkUploadRows(ctx.tenant, input)),
  columns: procedureFor("links.create")
    .output(bulkUploadColumns)
    .query(({ ctx }) => listBulkUploadColumns(ctx.tenant)),
  check: procedureFor("links.create")
    .input(bulkUploadIdInput)
    .output(bulkUploadCheck)
    .query(({ ctx, input }) => checkBulkUpload(ctx.tenant, input)),
  create: procedureFor("links.create")
    .input(createBulkUploadInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => createBulkUpload(ctx.tenant, input)),
  addRows: procedureFor("links.create")
    .input(addBulkUploadRowsInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => addBulkUploadRows(ctx.tenant, input)),
  start: procedureFor("links.create")
    .input(startBulkUploadInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => startBulkUpload(ctx.tenant, input)),
  pause: procedureFor("links.create")
    .input(bulkUploadIdInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => pauseBulkUpload(ctx.tenant, input)),
  resume: procedureFor("links.create")
    .input(bulkUploadIdInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => resumeBulkUpload(ctx.tenant, input)),
  cancel: procedureFor("links.create")
    .input(bulkUploadIdInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => cancelBulkUpload(ctx.tenant, input)),
});
