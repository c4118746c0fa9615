import { elementTags } from "./element-catalogue";
import { allowedOrigin } from "./origins";
import { heroId, textLine, rowId } from "./text";
import { theme } from "./theme";
import { z } from "./zod";

/** Set by a placement for all of its sessions. */
export const fixedAttributes = z.object(
  {
    adminId: z.preprocess(
      (value) => (value === "" || value === null ? undefined : value),
      heroId("Enter Hero's staff ID, digits only.").optional(),
    ),
  },
  { error: "Enter the fixed attributes." },
);

const placementFields = {
  name: textLine("a name", 80),
  practiceIds: z
    .array(rowId, { error: "Select at least one practice." })
    .min(1, { error: "Select at least one practice." })
    .max(500, { error: "A placement can have up to 500 practices." })
    .transform((ids) => [...new Set(ids)]),
  origins: z
    .array(allowedOrigin, { error: "Enter a list of origins." })
    .max(20, { error: "A placement can have up to 20 origins." })
    .transform((origins) => [...new Set(origins)]),
  attributes: fixedAttributes,
};

/** The element cannot be changed later. */
export const createPlacementInput = z.object({
  element: z.enum(elementTags, { error: "Select an element from the list." }),
  ...placementFields,
  theme: theme.nullable(),
});
export type CreatePlacementInput = z.infer<typeof createPlacementInput>;

export const updatePlacementInput = z.object({ placementId: rowId, ...placementFields });
export type UpdatePlacementInput = z.infer<typeof updatePlacementInput>;

/** Null for Hero's default theme. */
export const setPlacementThemeInput = z.object({ placementId: rowId, theme: theme.nullable() });
export type SetPlacementThemeInput = z.infer<typeof setPlacementThemeInput>;

export const placementIdInput = z.object({ placementId: rowId });
export type PlacementIdInput = z.infer<typeof placementIdInput>;

export const switchPlacementInput = z.object({
  placementId: rowId,
  isOn: z.boolean({ error: "Enter true or false." }),
});
export type SwitchPlacementInput = z.infer<typeof switchPlacementInput>;

/** Timestamps are ISO 8601 in UTC. */
export const placementView = z.object({
  id: z.string(),
  name: z.string(),
  element: z.string(),
  origins: z.array(z.string()),
  theme: theme.nullable(),
  attributes: fixedAttributes,
  isOn: z.boolean(),
  /** A disconnected practice gets no tokens, and stays until it is removed. */
  practices: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      practiceGroupId: z.string(),
      isConnected: z.boolean(),
    }),
  ),
  createdBy: z.string(),
  createdAt: z.string(),
  switchedAt: z.string().nullable(),
  /** When the last token issued for it expires; null if all have. */
  tokensExpireAt: z.string().nullable(),
});
export type PlacementView = z.infer<typeof placementView>;
