import { heroId, rowId } from "./text";
import { theme } from "./theme";
import { z } from "./zod";

const patientId = heroId("Enter Hero's patient ID, digits only.");
const adminId = heroId("Enter Hero's staff ID, digits only.");

/** A session for the portal's own pages, without a placement. */
export const createPortalElementSessionInput = z.object({
  practiceId: rowId,
  patientId: z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    patientId.optional(),
  ),
});
export type CreatePortalElementSessionInput = z.infer<typeof createPortalElementSessionInput>;

export const createElementSessionBody = z
  .strictObject({
    placementId: rowId.meta({ description: "The placement's ID, as the portal shows it." }),
    practiceGroupId: z
      .string({ error: "Enter Hero's practice group ID." })
      .regex(/^[A-Za-z0-9_-]{1,64}$/, {
        error: "A practice group ID can only have letters, digits, hyphens and underscores.",
      })
      .meta({ description: "Hero's ID of one of the placement's practices." }),
    patientId: patientId
      .optional()
      .meta({ description: "Hero's ID of the patient to open with. The page cannot change it." }),
    adminId: adminId.optional().meta({
      description: "Hero's ID of the staff member who uses it. The page cannot change it.",
    }),
  })
  .meta({ id: "ElementSessionRequest" });
export type CreateElementSessionBody = z.infer<typeof createElementSessionBody>;

/** The only response with the session's first secret. Timestamps are ISO 8601 in UTC. */
export const createdElementSession = z
  .object({
    id: z.string().meta({ description: "For your records. It gives no access." }),
    secret: z.string().meta({
      description: "The page's loader exchanges it for a token. It works once, from one origin.",
    }),
    expiresAt: z
      .string()
      .meta({ description: "When the secret expires, if it was not exchanged before." }),
    endsAt: z.string().meta({ description: "When the session ends. Renewals do not extend it." }),
  })
  .meta({ id: "ElementSession" });
export type CreatedElementSession = z.infer<typeof createdElementSession>;

export const exchangeSecretBody = z
  .strictObject({
    secret: z
      .string({ error: "Enter the session's secret." })
      .max(200, { error: "This is not a session secret." })
      .meta({ description: "The session's secret, or `next` from the previous exchange." }),
  })
  .meta({ id: "ElementTokenRequest" });

/** `token` and `next` are secrets. */
export const elementGrant = z
  .object({
    token: z.string().meta({ description: "Hero's access token, for `jwt-token`." }),
    practiceGroupId: z.string().meta({ description: "For `tenant-id`." }),
    env: z.enum(["staging", "production"]).meta({ description: "For `env`. Always set it." }),
    attributes: z
      .record(z.string(), z.string())
      .meta({ description: "Other attributes, set by your server and the placement." }),
    theme: theme.nullable().meta({ description: "For the element's `theme` property." }),
    element: z
      .object({
        tag: z.string(),
        script: z.string().meta({ description: "Hero's script, which defines the tag." }),
        events: z.array(z.object({ name: z.string(), endsDraft: z.boolean() })).meta({
          description: "Dispatched by the element on `window`. Hints, never proof.",
        }),
      })
      .meta({ description: "The element to mount." }),
    expiresAt: z.string().meta({ description: "When the token expires, ISO 8601 in UTC." }),
    expiresIn: z.number().meta({ description: "Seconds until the token expires." }),
    next: z.string().nullable().meta({
      description: "The secret for the next exchange. Null if the session cannot be renewed.",
    }),
  })
  .meta({ id: "ElementToken" });
export type ElementGrant = z.infer<typeof elementGrant>;
