import "server-only";
import {
  approveMergeInput,
  listMergesInput,
  mergeIdInput,
  mergePage,
  mergePreview,
  mergeSummary,
  mergeView,
  previewMergeInput,
  refuseMergeInput,
  requestMergeInput,
} from "../schemas/merges";
import { approveMerge, refuseMerge, withdrawMerge } from "../services/merges/decide";
import { previewMergeForDecision, previewMergeForRequest } from "../services/merges/preview";
import { getMerge, listMerges, summariseMerges } from "../services/merges/read";
import { requestMerge } from "../services/merges/request";
import { resolveMerge } from "../services/merges/resolve";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const mergesRouter = createPortalRouter({
  list: procedureFor("patients.merge")
    .input(listMergesInput)
    .output(mergePage)
    .query(({ ctx, input }) => listMerges(ctx.tenant, input)),
  get: procedureFor("patients.merge")
    .input(mergeIdInput)
    .output(mergeView)
    .query(({ ctx, input }) => getMerge(ctx.tenant, input)),
  summary: procedureFor("patients.merge")
    .output(mergeSummary)
    .query(({ ctx }) => summariseMerges(ctx.tenant)),
  // Mutations, although they read: they carry patients' details and call Hero.
  preview: procedureFor("patients.merge")
    .input(previewMergeInput)
    .output(mergePreview)
    .mutation(({ ctx, input }) => previewMergeForRequest(ctx.tenant, input)),
  review: procedureFor("patients.merge")
    .input(mergeIdInput)
    .output(mergePreview)
    .mutation(({ ctx, input }) => previewMergeForDecision(ctx.tenant, input)),
  request: procedureFor("patients.merge")
    .input(requestMergeInput)
    .output(mergeView)
    .mutation(({ ctx, input }) => requestMerge(ctx.tenant, input)),
  approve: procedureFor("patients.merge")
    .input(approveMergeInput)
    .output(mergeView)
    .mutation(({ ctx, input }) => approveMerge(ctx.tenant, input)),
  refuse: procedureFor("patients.merge")
    .input(refuseMergeInput)
    .output(mergeView)
    .mutation(({ ctx, input }) => refuseMerge(ctx.tenant, input)),
  withdraw: procedureFor("patients.merge")
    .input(mergeIdInput)
    .output(mergeView)
    .mutation(({ ctx, input }) => withdrawMerge(ctx.tenant, input)),
  resolve: procedureFor("patients.merge")
    .input(mergeIdInput)
    .output(mergeView)
    .mutation(({ ctx, input }) => resolveMerge(ctx.tenant, input)),
});
