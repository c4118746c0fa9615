import "server-only";
import { z } from "zod";
import { apiKeyIdInput, apiKeyView, createApiKeyInput, createdApiKey } from "../schemas/api-keys";
import { createApiKey } from "../services/api-keys/create";
import { listApiKeys } from "../services/api-keys/read";
import { revokeApiKey } from "../services/api-keys/revoke";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const apiKeysRouter = createPortalRouter({
  list: procedureFor("api_keys.manage")
    .output(z.array(apiKeyView))
    .query(({ ctx }) => listApiKeys(ctx.tenant)),
  create: procedureFor("api_keys.manage")
    .input(createApiKeyInput)
    .output(createdApiKey)
    .mutation(({ ctx, input }) => createApiKey(ctx.tenant, input)),
  revoke: procedureFor("api_keys.manage")
    .input(apiKeyIdInput)
    .output(apiKeyView)
    .mutation(({ ctx, input }) => revokeApiKey(ctx.tenant, input)),
});
