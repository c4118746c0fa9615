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
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const bulkUploadsRouter = createPortalRouter({
  list: portalProcedure.output(bulkUploadList).query(({ ctx }) => listBulkUploads(ctx.tenant)),
  get: portalProcedure
    .input(bulkUploadIdInput)
    .output(bulkUploadView)
    .query(({ ctx, input }) => getBulkUpload(ctx.tenant, input)),
  rows: portalProcedure
    .input(listBulkUploadRowsInput)
    .output(bulkUploadRowPage)
    .query(({ ctx, input }) => listBulkUploadRows(ctx.tenant, input)),
  columns: portalProcedure
    .output(bulkUploadColumns)
    .query(({ ctx }) => listBulkUploadColumns(ctx.tenant)),
  check: portalProcedure
    .input(bulkUploadIdInput)
    .output(bulkUploadCheck)
    .query(({ ctx, input }) => checkBulkUpload(ctx.tenant, input)),
  create: portalProcedure
    .input(createBulkUploadInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => createBulkUpload(ctx.tenant, input)),
  addRows: portalProcedure
    .input(addBulkUploadRowsInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => addBulkUploadRows(ctx.tenant, input)),
  start: portalProcedure
    .input(startBulkUploadInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => startBulkUpload(ctx.tenant, input)),
  pause: portalProcedure
    .input(bulkUploadIdInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => pauseBulkUpload(ctx.tenant, input)),
  resume: portalProcedure
    .input(bulkUploadIdInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => resumeBulkUpload(ctx.tenant, input)),
  cancel: portalProcedure
    .input(bulkUploadIdInput)
    .output(bulkUploadView)
    .mutation(({ ctx, input }) => cancelBulkUpload(ctx.tenant, input)),
});
