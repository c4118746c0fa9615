import "server-only";
import { createdElementSession, openElementSessionInput } from "../schemas/element-sessions";
import { openElementSession } from "../services/element-sessions/create";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const elementSessionsRouter = portalRouter({
  open: portalProcedure
    .input(openElementSessionInput)
    .output(createdElementSession)
    .mutation(({ ctx, input }) => openElementSession(ctx.ctx, input)),
});
