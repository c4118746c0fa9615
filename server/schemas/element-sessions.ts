import { heroId, rowId } from "./text";
import { theme } from "./theme";
import { z } from "./zod";

const patientId = heroId("Enter Hero's id of the patient, digits only.");
const adminId = heroId("Enter Hero's id of the member of staff, digits only.");

/** A session for the portal's own page; it has no placement. */
export const createPortalElementSessionInput = z.object({
  practiceId: rowId,
  patientId: z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    patientId.optional(),
  ),
});
export type CreatePortalElementSessionInput = z.infer<typeof createPortalElementSessionInput>;

/** A session as partners' servers ask for one. */
export const createElementSessionBody = z
  .strictObject({
    placementId: rowId.meta({ description: "The placement's id, as the portal shows it." }),
    practiceGroupId: z
      .string({ error: "Enter Hero's practice group id." })
      .regex(/^[A-Za-z0-9_-]{1,64}$/, {
        error: "A practice group id has only letters, digits, dashes and underscores.",
      })
      .meta({ description: "Hero's id of a practice that the placement acts for." }),
    patientId: patientId
      .optional()
      .meta({ description: "Hero's id of the patient to open with. The page cannot change it." }),
    adminId: adminId.optional().meta({
      description: "Hero's id of the member of staff who uses it. The page cannot change it.",
    }),
  })
  .meta({ id: "ElementSessionRequest" });
export type CreateElementSessionBody = z.infer<typeof createElementSessionBody>;

/** A session just made: the only time its first secret is told. Moments are ISO 8601 in UTC. */
export const createdElementSession = z
  .object({
    id: z.string().meta({ description: "For your records; it opens nothing." }),
    secret: z.string().meta({
      description: "What the page's loader exchanges for a token. Good once, from one origin.",
    }),
    expiresAt: z.string().meta({ description: "Until when the first exchange must come." }),
    endsAt: z.string().meta({ description: "When the session ends, however often it is renewed." }),
  })
  .meta({ id: "ElementSession" });
export type CreatedElementSession = z.infer<typeof createdElementSession>;

export const exchangeSecretBody = z
  .strictObject({
    secret: z
      .string({ error: "Enter the session's secret." })
      .max(200, { error: "This is not a session's secret." })
      .meta({ description: "The session's secret, or `next` of the exchange before." }),
  })
  .meta({ id: "ElementTokenRequest" });

/** What a page mounts an element with. `token` and `next` are secrets. */
export const elementGrant = z
  .object({
    token: z.string().meta({ description: "Hero's access token, for `jwt-token`." }),
    practiceGroupId: z.string().meta({ description: "For `tenant-id`." }),
    env: z.enum(["staging", "production"]).meta({ description: "For `env`; always state it." }),
    attributes: z
      .record(z.string(), z.string())
      .meta({ description: "Further attributes, fixed by your server and the placement." }),
    theme: theme.nullable().meta({ description: "For the element's `theme` property." }),
    element: z
      .object({
        tag: z.string(),
        script: z.string().meta({ description: "Hero's script, which defines the tag." }),
        events: z.array(z.object({ name: z.string(), endsDraft: z.boolean() })).meta({
          description: "What the element dispatches on `window`: hints, never proof.",
        }),
      })
      .meta({ description: "What to mount." }),
    expiresAt: z.string().meta({ description: "When the token ends, ISO 8601 in UTC." }),
    expiresIn: z
      .number()
      .meta({ description: "The same in seconds from now, whatever the page's clock says." }),
    next: z
      .string()
      .nullable()
      .meta({ description: "The only secret for the next exchange; null where none is left." }),
  })
  .meta({ id: "ElementToken" });
export type ElementGrant = z.infer<typeof elementGrant>;
