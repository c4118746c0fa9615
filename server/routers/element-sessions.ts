import "server-only";
import {
  createdElementSession,
  createPortalElementSessionInput,
} from "../schemas/element-sessions";
import { createPortalElementSession } from "../services/element-sessions/create";
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const elementSessionsRouter = createPortalRouter({
  create: portalProcedure
    .input(createPortalElementSessionInput)
    .output(createdElementSession)
    .mutation(({ ctx, input }) => createPortalElementSession(ctx.tenant, input)),
});
