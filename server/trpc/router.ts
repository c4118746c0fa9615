import "server-only";
import { accountRouter } from "../routers/account";
import { activityRouter } from "../routers/activity";
import { linksRouter } from "../routers/links";
import { practicesRouter } from "../routers/practices";
import { portalRouter } from "./procedures";

/** Everything under `/{tenant}/{environment}`. */
export const appRouter = portalRouter({
  practices: practicesRouter,
  links: linksRouter,
  activity: activityRouter,
});

export { accountRouter };

export type PortalRouter = typeof appRouter;
export type AccountRouter = typeof accountRouter;
