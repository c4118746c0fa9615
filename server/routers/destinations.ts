import "server-only";
import { z } from "zod";
import {
  createDestinationInput,
  destinationIdInput,
  destinationSecretInput,
  destinationTestResult,
  destinationView,
  recoveredEvents,
  recoverEventsInput,
  resendEventInput,
  shownSecret,
  switchDestinationInput,
  updateDestinationInput,
} from "../schemas/destinations";
import { getDestination, listDestinations } from "../services/destinations/read";
import {
  createDestination,
  deleteDestination,
  switchDestination,
  updateDestination,
} from "../services/destinations/save";
import { rotateDestinationSecret, showDestinationSecret } from "../services/destinations/secrets";
import { recoverEvents, resendEvent } from "../services/destinations/sendings";
import { sendTestEvent } from "../services/destinations/test-event";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const destinationsRouter = createPortalRouter({
  list: procedureFor("webhooks.read")
    .output(z.array(destinationView))
    .query(({ ctx }) => listDestinations(ctx.tenant)),
  get: procedureFor("webhooks.read")
    .input(destinationIdInput)
    .output(destinationView)
    .query(({ ctx, input }) => getDestination(ctx.tenant, input)),
  create: procedureFor("webhooks.manage")
    .input(createDestinationInput)
    .output(shownSecret)
    .mutation(({ ctx, input }) => createDestination(ctx.tenant, input)),
  update: procedureFor("webhooks.manage")
    .input(updateDestinationInput)
    .output(destinationView)
    .mutation(({ ctx, input }) => updateDestination(ctx.tenant, input)),
  switch: procedureFor("webhooks.manage")
    .input(switchDestinationInput)
    .output(destinationView)
    .mutation(({ ctx, input }) => switchDestination(ctx.tenant, input)),
  delete: procedureFor("webhooks.manage")
    .input(destinationIdInput)
    .output(z.null())
    .mutation(({ ctx, input }) => deleteDestination(ctx.tenant, input)),
  rotateSecret: procedureFor("webhooks.manage")
    .input(destinationIdInput)
    .output(shownSecret)
    .mutation(({ ctx, input }) => rotateDestinationSecret(ctx.tenant, input)),
  showSecret: procedureFor("webhooks.manage")
    .input(destinationSecretInput)
    .output(shownSecret)
    .mutation(({ ctx, input }) => showDestinationSecret(ctx.tenant, input)),
  resend: procedureFor("webhooks.manage")
    .input(resendEventInput)
    .output(z.null())
    .mutation(({ ctx, input }) => resendEvent(ctx.tenant, input)),
  recover: procedureFor("webhooks.manage")
    .input(recoverEventsInput)
    .output(recoveredEvents)
    .mutation(({ ctx, input }) => recoverEvents(ctx.tenant, input)),
  test: procedureFor("webhooks.manage")
    .input(destinationIdInput)
    .output(destinationTestResult)
    .mutation(({ ctx, input }) => sendTestEvent(ctx.tenant, input)),
});
