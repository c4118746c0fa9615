import { textLine, rowId } from "./text";
import { z } from "./zod";

/** What a portal API key may be allowed to do; each is a permission of that name. */
export const apiKeyPermission = z.enum(
  ["links.read", "links.create", "links.edit", "element_sessions.create"],
  { error: "Choose what the key may do from the list." },
);
export type ApiKeyPermission = z.infer<typeof apiKeyPermission>;

export const createApiKeyInput = z.object({
  name: textLine("a name", 80),
  permissions: z
    .array(apiKeyPermission, { error: "Choose at least one thing the key may do." })
    .min(1, { error: "Choose at least one thing the key may do." })
    .transform((list) => [...new Set(list)]),
});
export type CreateApiKeyInput = z.infer<typeof createApiKeyInput>;

export const apiKeyIdInput = z.object({ apiKeyId: rowId });
export type ApiKeyIdInput = z.infer<typeof apiKeyIdInput>;

/** The safe face of a key: never the key itself. Moments are ISO strings in UTC. */
export const apiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  lastFour: z.string(),
  permissions: z.array(z.string()),
  createdBy: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
export type ApiKeyView = z.infer<typeof apiKeyView>;

/** A key just made: the only time it is shown whole. */
export const createdApiKey = z.object({ key: z.string(), view: apiKeyView });
export type CreatedApiKey = z.infer<typeof createdApiKey>;
