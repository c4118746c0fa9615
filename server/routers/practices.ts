import "server-only";
import { z } from "zod";
import {
  bookingOptions,
  connectionReport,
  connectNetworkPracticeInput,
  connectPracticeInput,
  practiceIdInput,
  practiceOption,
  practiceView,
  renamePracticeInput,
  replaceKeyInput,
  verifyNetworkPracticeInput,
  verifyPracticeInput,
} from "../schemas/practices";
import {
  disconnectPractice,
  previewDisconnect,
  renamePractice,
  replaceKey,
} from "../services/practices/change";
import {
  connectNetworkPractice,
  connectPractice,
  verifyNetworkPractice,
  verifyPractice,
} from "../services/practices/connect";
import { testPracticeNow } from "../services/practices/probe";
import {
  getBookingOptions,
  getPractice,
  listPracticeOptions,
  listPractices,
} from "../services/practices/read";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const practicesRouter = portalRouter({
  list: portalProcedure.output(z.array(practiceView)).query(({ ctx }) => listPractices(ctx.ctx)),
  options: portalProcedure
    .output(z.array(practiceOption))
    .query(({ ctx }) => listPracticeOptions(ctx.ctx)),
  get: portalProcedure
    .input(practiceIdInput)
    .output(practiceView)
    .query(({ ctx, input }) => getPractice(ctx.ctx, input)),
  bookingOptions: portalProcedure
    .input(practiceIdInput)
    .output(bookingOptions)
    .query(({ ctx, input }) => getBookingOptions(ctx.ctx, input)),
  verify: portalProcedure
    .input(verifyPracticeInput)
    .output(connectionReport)
    .mutation(({ ctx, input }) => verifyPractice(ctx.ctx, input)),
  connect: portalProcedure
    .input(connectPracticeInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => connectPractice(ctx.ctx, input)),
  verifyNetwork: portalProcedure
    .input(verifyNetworkPracticeInput)
    .output(connectionReport)
    .mutation(({ ctx, input }) => verifyNetworkPractice(ctx.ctx, input)),
  connectNetwork: portalProcedure
    .input(connectNetworkPracticeInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => connectNetworkPractice(ctx.ctx, input)),
  rename: portalProcedure
    .input(renamePracticeInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => renamePractice(ctx.ctx, input)),
  replaceKey: portalProcedure
    .input(replaceKeyInput)
    .output(z.array(practiceView))
    .mutation(({ ctx, input }) => replaceKey(ctx.ctx, input)),
  testNow: portalProcedure
    .input(practiceIdInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => testPracticeNow(ctx.ctx, input)),
  disconnectPreview: portalProcedure
    .input(practiceIdInput)
    .output(z.object({ liveLinks: z.number(), practicesOnThisKey: z.number() }))
    .query(({ ctx, input }) => previewDisconnect(ctx.ctx, input)),
  disconnect: portalProcedure
    .input(practiceIdInput)
    .output(z.null())
    .mutation(({ ctx, input }) => disconnectPractice(ctx.ctx, input)),
});
