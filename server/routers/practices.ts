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
import { testPracticeNow } from "../services/practices/test-connection";
import {
  getBookingOptions,
  getPractice,
  listPracticeOptions,
  listPractices,
} from "../services/practices/read";
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const practicesRouter = createPortalRouter({
  list: portalProcedure.output(z.array(practiceView)).query(({ ctx }) => listPractices(ctx.tenant)),
  options: portalProcedure
    .output(z.array(practiceOption))
    .query(({ ctx }) => listPracticeOptions(ctx.tenant)),
  get: portalProcedure
    .input(practiceIdInput)
    .output(practiceView)
    .query(({ ctx, input }) => getPractice(ctx.tenant, input)),
  bookingOptions: portalProcedure
    .input(practiceIdInput)
    .output(bookingOptions)
    .query(({ ctx, input }) => getBookingOptions(ctx.tenant, input)),
  verify: portalProcedure
    .input(verifyPracticeInput)
    .output(connectionReport)
    .mutation(({ ctx, input }) => verifyPractice(ctx.tenant, input)),
  connect: portalProcedure
    .input(connectPracticeInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => connectPractice(ctx.tenant, input)),
  verifyNetwork: portalProcedure
    .input(verifyNetworkPracticeInput)
    .output(connectionReport)
    .mutation(({ ctx, input }) => verifyNetworkPractice(ctx.tenant, input)),
  connectNetwork: portalProcedure
    .input(connectNetworkPracticeInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => connectNetworkPractice(ctx.tenant, input)),
  rename: portalProcedure
    .input(renamePracticeInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => renamePractice(ctx.tenant, input)),
  replaceKey: portalProcedure
    .input(replaceKeyInput)
    .output(z.array(practiceView))
    .mutation(({ ctx, input }) => replaceKey(ctx.tenant, input)),
  testConnection: portalProcedure
    .input(practiceIdInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => testPracticeNow(ctx.tenant, input)),
  previewDisconnect: portalProcedure
    .input(practiceIdInput)
    .output(z.object({ liveLinks: z.number(), practicesOnThisKey: z.number() }))
    .query(({ ctx, input }) => previewDisconnect(ctx.tenant, input)),
  disconnect: portalProcedure
    .input(practiceIdInput)
    .output(z.null())
    .mutation(({ ctx, input }) => disconnectPractice(ctx.tenant, input)),
});
