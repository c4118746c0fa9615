import "server-only";
import {
  eventIdInput,
  eventPage,
  eventView,
  listEventsInput,
  listSendingsInput,
  sendingPage,
} from "../schemas/events";
import { getEvent, listEvents, listSendings } from "../services/events/read";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const eventsRouter = createPortalRouter({
  list: procedureFor("events.read")
    .input(listEventsInput)
    .output(eventPage)
    .query(({ ctx, input }) => listEvents(ctx.tenant, input)),
  get: procedureFor("events.read")
    .input(eventIdInput)
    .output(eventView)
    .query(({ ctx, input }) => getEvent(ctx.tenant, input)),
  listSendings: procedureFor("events.read")
    .input(listSendingsInput)
    .output(sendingPage)
    .query(({ ctx, input }) => listSendings(ctx.tenant, input)),
});
