import { elementTags } from "./element-catalogue";
import { allowedOrigin } from "./origins";
import { heroId, textLine, rowId } from "./text";
import { theme } from "./theme";
import { z } from "./zod";

/** What a placement fixes for all of its sessions; an empty field fixes nothing. */
export const fixedAttributes = z.object(
  {
    adminId: z.preprocess(
      (value) => (value === "" || value === null ? undefined : value),
      heroId("Enter Hero's id of the member of staff, digits only.").optional(),
    ),
  },
  { error: "Say which attributes are fixed." },
);

/** What the form of a placement holds; its theme is the studio's and is saved by itself. */
const placementFields = {
  name: textLine("a name", 80),
  practiceIds: z
    .array(rowId, { error: "Choose at least one practice." })
    .min(1, { error: "Choose at least one practice." })
    .max(500, { error: "A placement acts for at most 500 practices." })
    .transform((ids) => [...new Set(ids)]),
  origins: z
    .array(allowedOrigin, { error: "Origins are a list." })
    .max(20, { error: "A placement has at most 20 origins." })
    .transform((origins) => [...new Set(origins)]),
  attributes: fixedAttributes,
};

/** An element that the portal knows is placed; it stays what it is afterwards. */
export const createPlacementInput = z.object({
  element: z.enum(elementTags, { error: "Choose an element from the list." }),
  ...placementFields,
  theme: theme.nullable(),
});
export type CreatePlacementInput = z.infer<typeof createPlacementInput>;

export const updatePlacementInput = z.object({ placementId: rowId, ...placementFields });
export type UpdatePlacementInput = z.infer<typeof updatePlacementInput>;

/** Null leaves the look to Hero. */
export const setPlacementThemeInput = z.object({ placementId: rowId, theme: theme.nullable() });
export type SetPlacementThemeInput = z.infer<typeof setPlacementThemeInput>;

export const placementIdInput = z.object({ placementId: rowId });
export type PlacementIdInput = z.infer<typeof placementIdInput>;

export const switchPlacementInput = z.object({
  placementId: rowId,
  isOn: z.boolean({ error: "Say whether it is to be on or off." }),
});
export type SwitchPlacementInput = z.infer<typeof switchPlacementInput>;

/** Moments are ISO strings in UTC. */
export const placementView = z.object({
  id: z.string(),
  name: z.string(),
  element: z.string(),
  origins: z.array(z.string()),
  theme: theme.nullable(),
  attributes: fixedAttributes,
  isOn: z.boolean(),
  /** A practice that was disconnected since gets no token, and stays until it is taken out. */
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
  /** Until when a token given out for it may still be good at Hero; null where none can be. */
  tokensExpireAt: z.string().nullable(),
});
export type PlacementView = z.infer<typeof placementView>;
