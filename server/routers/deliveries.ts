import "server-only";
import {
  deliveryAttention,
  deliveryAttentionInput,
  deliveryIdInput,
  deliveryPage,
  deliveryView,
  endpointHealth,
  endpointHealthInput,
  listDeliveriesInput,
  shownBody,
} from "../schemas/webhook-deliveries";
import { replayDeliveriesInput, replayDeliveryInput } from "../schemas/replays";
import { z } from "../schemas/zod";
import { getEndpointHealth } from "../services/webhooks/deliveries/health";
import { countDeliveriesByCause, listDeliveries } from "../services/webhooks/deliveries/list";
import { getDelivery, showDeliveryBody } from "../services/webhooks/deliveries/read";
import {
  countReplayableDeliveries,
  replayDeliveries,
  replayDelivery,
} from "../services/webhooks/replay";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const deliveriesRouter = createPortalRouter({
  list: procedureFor("webhooks.read")
    .input(listDeliveriesInput)
    .output(deliveryPage)
    .query(({ ctx, input }) => listDeliveries(ctx.tenant, input)),
  attention: procedureFor("webhooks.read")
    .input(deliveryAttentionInput)
    .output(deliveryAttention)
    .query(({ ctx, input }) => countDeliveriesByCause(ctx.tenant, input)),
  get: procedureFor("webhooks.read")
    .input(deliveryIdInput)
    .output(deliveryView)
    .query(({ ctx, input }) => getDelivery(ctx.tenant, input)),
  showBody: procedureFor("webhooks.show_bodies")
    .input(deliveryIdInput)
    .output(shownBody)
    .mutation(({ ctx, input }) => showDeliveryBody(ctx.tenant, input)),
  replay: procedureFor("webhooks.manage")
    .input(replayDeliveryInput)
    .output(z.null())
    .mutation(({ ctx, input }) => replayDelivery(ctx.tenant, input)),
  countReplayable: procedureFor("webhooks.manage")
    .input(replayDeliveriesInput)
    .output(z.number())
    .query(({ ctx, input }) => countReplayableDeliveries(ctx.tenant, input)),
  replaySince: procedureFor("webhooks.manage")
    .input(replayDeliveriesInput)
    .output(z.number())
    .mutation(({ ctx, input }) => replayDeliveries(ctx.tenant, input)),
  endpointHealth: procedureFor("webhooks.read")
    .input(endpointHealthInput)
    .output(endpointHealth)
    .query(({ ctx, input }) => getEndpointHealth(ctx.tenant, input)),
});
