import "server-only";
import { activityPage, listActivityInput } from "../schemas/activity";
import { listActivity } from "../services/activity";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const activityRouter = portalRouter({
  list: portalProcedure
    .input(listActivityInput)
    .output(activityPage)
    .query(({ ctx, input }) => listActivity(ctx.ctx, input)),
});
