import { textLine, rowId } from "./text";
import { z } from "./zod";

/** The permissions a portal API key can have. */
export const apiKeyPermission = z.enum(
  [
    "links.read",
    "links.create",
    "links.edit",
    "element_sessions.create",
    "patients.read",
    "appointments.read",
    "appointments.book",
    "messages.read",
    "messages.send",
    "messages.write_to_record_automatically",
    "events.read",
  ],
  { error: "Select permissions from the list." },
);
/** What the form for a new key selects. Access to patients is selected by hand. */
export const defaultApiKeyPermissions = apiKeyPermission.options.filter(
  (permission) => !/^(?:patients|appointments|messages)\./.test(permission),
);
export type ApiKeyPermission = z.infer<typeof apiKeyPermission>;

export const createApiKeyInput = z.object({
  name: textLine("a name", 80),
  permissions: z
    .array(apiKeyPermission, { error: "Select at least one permission." })
    .min(1, { error: "Select at least one permission." })
    .transform((list) => [...new Set(list)]),
});
export type CreateApiKeyInput = z.infer<typeof createApiKeyInput>;

export const apiKeyIdInput = z.object({ apiKeyId: rowId });
export type ApiKeyIdInput = z.infer<typeof apiKeyIdInput>;

/** An API key without its secret. Timestamps are ISO strings in UTC. */
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

/** A new API key: the only time it is shown in full. */
export const createdApiKey = z.object({ key: z.string(), view: apiKeyView });
export type CreatedApiKey = z.infer<typeof createdApiKey>;
