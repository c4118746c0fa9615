import "server-only";
import { z } from "zod";
import {
  endpointIdInput,
  endpointTest,
  endpointView,
  subscribeInput,
  webhookOverview,
  webhookPracticesInput,
} from "../schemas/webhooks";
import { listWebhooks } from "../services/webhooks/read";
import { rotateKey } from "../services/webhooks/rotate";
import { repairWebhooks, requestComparison, subscribe } from "../services/webhooks/subscribe";
import { testEndpoint } from "../services/webhooks/test-event";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const webhooksRouter = createPortalRouter({
  list: procedureFor("webhooks.read")
    .output(webhookOverview)
    .query(({ ctx }) => listWebhooks(ctx.tenant)),
  subscribe: procedureFor("webhooks.manage")
    .input(subscribeInput)
    .output(webhookOverview)
    .mutation(({ ctx, input }) => subscribe(ctx.tenant, input)),
  compare: procedureFor("webhooks.manage")
    .input(webhookPracticesInput)
    .output(z.null())
    .mutation(({ ctx, input }) => requestComparison(ctx.tenant, input)),
  repair: procedureFor("webhooks.manage")
    .input(webhookPracticesInput)
    .output(z.null())
    .mutation(({ ctx, input }) => repairWebhooks(ctx.tenant, input)),
  rotateKey: procedureFor("webhooks.manage")
    .input(endpointIdInput)
    .output(endpointView)
    .mutation(({ ctx, input }) => rotateKey(ctx.tenant, input)),
  test: procedureFor("webhooks.manage")
    .input(endpointIdInput)
    .output(endpointTest)
    .mutation(({ ctx, input }) => testEndpoint(ctx.tenant, input)),
});
