import "server-only";
import {
  createdElementSession,
  createPortalElementSessionInput,
} from "../schemas/element-sessions";
import { createPortalElementSession } from "../services/element-sessions/create";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const elementSessionsRouter = createPortalRouter({
  create: procedureFor("element_sessions.create")
    .input(createPortalElementSessionInput)
    .output(createdElementSession)
    .mutation(({ ctx, input }) => createPortalElementSession(ctx.tenant, input)),
});
