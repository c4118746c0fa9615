import "server-only";
import {
  addBulkRowsInput,
  bulkCheck,
  bulkColumns,
  bulkIdInput,
  bulkList,
  bulkRowPage,
  bulkView,
  createBulkInput,
  listBulkRowsInput,
  startBulkInput,
} from "../schemas/bulk";
import { checkBulk } from "../services/bulk/check";
import { cancelBulk, pauseBulk, resumeBulk, startBulk } from "../services/bulk/control";
import { addBulkRows, createBulk } from "../services/bulk/create";
import { getBulk, listBulkColumns, listBulkRows, listBulks } from "../services/bulk/read";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const bulkRouter = portalRouter({
  list: portalProcedure.output(bulkList).query(({ ctx }) => listBulks(ctx.ctx)),
  get: portalProcedure
    .input(bulkIdInput)
    .output(bulkView)
    .query(({ ctx, input }) => getBulk(ctx.ctx, input)),
  rows: portalProcedure
    .input(listBulkRowsInput)
    .output(bulkRowPage)
    .query(({ ctx, input }) => listBulkRows(ctx.ctx, input)),
  columns: portalProcedure.output(bulkColumns).query(({ ctx }) => listBulkColumns(ctx.ctx)),
  check: portalProcedure
    .input(bulkIdInput)
    .output(bulkCheck)
    .query(({ ctx, input }) => checkBulk(ctx.ctx, input)),
  create: portalProcedure
    .input(createBulkInput)
    .output(bulkView)
    .mutation(({ ctx, input }) => createBulk(ctx.ctx, input)),
  addRows: portalProcedure
    .input(addBulkRowsInput)
    .output(bulkView)
    .mutation(({ ctx, input }) => addBulkRows(ctx.ctx, input)),
  start: portalProcedure
    .input(startBulkInput)
    .output(bulkView)
    .mutation(({ ctx, input }) => startBulk(ctx.ctx, input)),
  pause: portalProcedure
    .input(bulkIdInput)
    .output(bulkView)
    .mutation(({ ctx, input }) => pauseBulk(ctx.ctx, input)),
  resume: portalProcedure
    .input(bulkIdInput)
    .output(bulkView)
    .mutation(({ ctx, input }) => resumeBulk(ctx.ctx, input)),
  cancel: portalProcedure
    .input(bulkIdInput)
    .output(bulkView)
    .mutation(({ ctx, input }) => cancelBulk(ctx.ctx, input)),
});
