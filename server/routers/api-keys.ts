import "server-only";
import { z } from "zod";
import { apiKeyIdInput, apiKeyView, createApiKeyInput, createdApiKey } from "../schemas/api-keys";
import { createApiKey } from "../services/api-keys/create";
import { listApiKeys } from "../services/api-keys/read";
import { revokeApiKey } from "../services/api-keys/revoke";
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const apiKeysRouter = createPortalRouter({
  list: portalProcedure.output(z.array(apiKeyView)).query(({ ctx }) => listApiKeys(ctx.tenant)),
  create: portalProcedure
    .input(createApiKeyInput)
    .output(createdApiKey)
    .mutation(({ ctx, input }) => createApiKey(ctx.tenant, input)),
  revoke: portalProcedure
    .input(apiKeyIdInput)
    .output(apiKeyView)
    .mutation(({ ctx, input }) => revokeApiKey(ctx.tenant, input)),
});
