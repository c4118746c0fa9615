import "server-only";
import { accountRouter } from "./account";
import { activityRouter } from "./activity";
import { apiKeysRouter } from "./api-keys";
import { automatedMessagesRouter } from "./automated-messages";
import { appointmentsRouter } from "./appointments";
import { deliveriesRouter } from "./deliveries";
import { destinationsRouter } from "./destinations";
import { elementSessionsRouter } from "./element-sessions";
import { elementsRouter } from "./elements";
import { eventsRouter } from "./events";
import { formsRouter } from "./forms";
import { bulkUploadsRouter } from "./bulk-uploads";
import { linksRouter } from "./links";
import { liveRouter } from "./live";
import { mergesRouter } from "./merges";
import { messageBatchesRouter } from "./message-batches";
import { messageSettingsRouter, messagesRouter, messageTemplatesRouter } from "./messages";
import { organisationsRouter } from "./organisations";
import { patientEhrRouter } from "./patient-ehr";
import { patientsRouter } from "./patients";
import { placementsRouter } from "./placements";
import { practicesRouter } from "./practices";
import { resultsRouter } from "./results";
import { slotsRouter } from "./slots";
import { tasksRouter } from "./tasks";
import { webhooksRouter } from "./webhooks";
import { createPortalRouter } from "../trpc/procedures";

/** Everything under `/{tenant}/{environment}`. */
export const appRouter = createPortalRouter({
  organisations: organisationsRouter,
  practices: practicesRouter,
  links: linksRouter,
  bulkUploads: bulkUploadsRouter,
  destinations: destinationsRouter,
  forms: formsRouter,
  slots: slotsRouter,
  patients: patientsRouter,
  patientEhr: patientEhrRouter,
  appointments: appointmentsRouter,
  merges: mergesRouter,
  messages: messagesRouter,
  messageBatches: messageBatchesRouter,
  messageTemplates: messageTemplatesRouter,
  messageSettings: messageSettingsRouter,
  automatedMessages: automatedMessagesRouter,
  tasks: tasksRouter,
  deliveries: deliveriesRouter,
  activity: activityRouter,
  live: liveRouter,
  apiKeys: apiKeysRouter,
  events: eventsRouter,
  elements: elementsRouter,
  placements: placementsRouter,
  elementSessions: elementSessionsRouter,
  results: resultsRouter,
  webhooks: webhooksRouter,
});

export { accountRouter };

export type PortalRouter = typeof appRouter;
export type AccountRouter = typeof accountRouter;
