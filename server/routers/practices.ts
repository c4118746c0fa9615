import "server-only";
import { z } from "zod";
import {
  bookingOptions,
  changePracticeDetailsInput,
  connectionReport,
  connectNetworkPracticeInput,
  connectPracticeInput,
  practiceDetailsResult,
  practiceIdInput,
  practiceOption,
  practiceSettings,
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
import { changePracticeDetails, getPracticeSettings } from "../services/practices/settings";
import { testPracticeNow } from "../services/practices/test-connection";
import {
  getBookingOptions,
  getPractice,
  listPracticeOptions,
  listPractices,
} from "../services/practices/read";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const practicesRouter = createPortalRouter({
  list: procedureFor("practices.read")
    .output(z.array(practiceView))
    .query(({ ctx }) => listPractices(ctx.tenant)),
  options: procedureFor("practices.read")
    .output(z.array(practiceOption))
    .query(({ ctx }) => listPracticeOptions(ctx.tenant)),
  get: procedureFor("practices.read")
    .input(practiceIdInput)
    .output(practiceView)
    .query(({ ctx, input }) => getPractice(ctx.tenant, input)),
  bookingOptions: procedureFor("links.create")
    .input(practiceIdInput)
    .output(bookingOptions)
    .query(({ ctx, input }) => getBookingOptions(ctx.tenant, input)),
  settings: procedureFor("practices.read")
    .input(practiceIdInput)
    .output(practiceSettings)
    .query(({ ctx, input }) => getPracticeSettings(ctx.tenant, input)),
  changeDetails: procedureFor("practices.change")
    .input(changePracticeDetailsInput)
    .output(practiceDetailsResult)
    .mutation(({ ctx, input }) => changePracticeDetails(ctx.tenant, input)),
  verify: procedureFor("practices.manage")
    .input(verifyPracticeInput)
    .output(connectionReport)
    .mutation(({ ctx, input }) => verifyPractice(ctx.tenant, input)),
  connect: procedureFor("practices.manage")
    .input(connectPracticeInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => connectPractice(ctx.tenant, input)),
  verifyNetwork: procedureFor("practices.manage")
    .input(verifyNetworkPracticeInput)
    .output(connectionReport)
    .mutation(({ ctx, input }) => verifyNetworkPractice(ctx.tenant, input)),
  connectNetwork: procedureFor("practices.manage")
    .input(connectNetworkPracticeInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => connectNetworkPractice(ctx.tenant, input)),
  rename: procedureFor("practices.manage")
    .input(renamePracticeInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => renamePractice(ctx.tenant, input)),
  replaceKey: procedureFor("practices.manage")
    .input(replaceKeyInput)
    .output(z.array(practiceView))
    .mutation(({ ctx, input }) => replaceKey(ctx.tenant, input)),
  testConnection: procedureFor("practices.read")
    .input(practiceIdInput)
    .output(practiceView)
    .mutation(({ ctx, input }) => testPracticeNow(ctx.tenant, input)),
  previewDisconnect: procedureFor("practices.manage")
    .input(practiceIdInput)
    .output(
      z.object({ liveLinks: z.number(), practicesOnThisKey: z.number(), webhooks: z.number() }),
    )
    .query(({ ctx, input }) => previewDisconnect(ctx.tenant, input)),
  disconnect: procedureFor("practices.manage")
    .input(practiceIdInput)
    .output(z.object({ webhooksLeft: z.number() }))
    .mutation(({ ctx, input }) => disconnectPractice(ctx.tenant, input)),
});
