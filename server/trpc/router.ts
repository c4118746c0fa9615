import "server-only";
import { accountRouter } from "../routers/account";
import { activityRouter } from "../routers/activity";
import { apiKeysRouter } from "../routers/api-keys";
import { elementSessionsRouter } from "../routers/element-sessions";
import { elementsRouter } from "../routers/elements";
import { formsRouter } from "../routers/forms";
import { bulkUploadsRouter } from "../routers/bulk-uploads";
import { linksRouter } from "../routers/links";
import { patientsRouter } from "../routers/patients";
import { placementsRouter } from "../routers/placements";
import { practicesRouter } from "../routers/practices";
import { slotsRouter } from "../routers/slots";
import { createPortalRouter } from "./procedures";

/** Everything under `/{tenant}/{environment}`. */
export const appRouter = createPortalRouter({
  practices: practicesRouter,
  links: linksRouter,
  bulkUploads: bulkUploadsRouter,
  forms: formsRouter,
  slots: slotsRouter,
  patients: patientsRouter,
  activity: activityRouter,
  apiKeys: apiKeysRouter,
  elements: elementsRouter,
  placements: placementsRouter,
  elementSessions: elementSessionsRouter,
});

export { accountRouter };

export type PortalRouter = typeof appRouter;
export type AccountRouter = typeof accountRouter;
