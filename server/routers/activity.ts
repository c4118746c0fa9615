import "server-only";
import { activityPage, listActivityInput } from "../schemas/activity";
import { listActivity } from "../services/activity";
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const activityRouter = createPortalRouter({
  list: portalProcedure
    .input(listActivityInput)
    .output(activityPage)
    .query(({ ctx, input }) => listActivity(ctx.tenant, input)),
});
