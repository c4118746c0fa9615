import "server-only";
import { activityPage, listActivityInput } from "../schemas/activity";
import { listActivity } from "../services/activity";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const activityRouter = createPortalRouter({
  list: procedureFor("activity.read")
    .input(listActivityInput)
    .output(activityPage)
    .query(({ ctx, input }) => listActivity(ctx.tenant, input)),
});
