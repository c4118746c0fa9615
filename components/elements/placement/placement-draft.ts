import { allowedOrigin } from "@/server/schemas/origins";
import {
  type CreatePlacementInput,
  createPlacementInput,
  type PlacementView,
} from "@/server/schemas/placements";
import { z } from "@/server/schemas/zod";

/** One origin as the form has it; a row without an address counts for nothing. */
export type OriginRow = { address: string; includesSubdomains: boolean };

export const emptyOriginRow: OriginRow = { address: "", includesSubdomains: false };

/** What the form holds while it is filled in. */
export type PlacementDraft = {
  name: string;
  element: string;
  practiceIds: string[];
  origins: OriginRow[];
  adminId: string;
};

/** What the form sends; the theme is the studio's, and stays as it is. */
export type PlacementFields = Pick<
  CreatePlacementInput,
  "name" | "element" | "practiceIds" | "origins" | "attributes"
>;

const wildcardMessage = "Leave out the * and tick “All subdomains” instead.";

/**
 * The origin that a row stands for, as it is saved, or why it is none; null for an empty row.
 * Subdomains are saved as `https://*.host`, which does not take in the host itself.
 */
export function parseOriginRow({ address, includesSubdomains }: OriginRow) {
  const text = address.trim();
  if (text === "") return null;
  if (text.includes("*")) return { error: wildcardMessage };
  const originText = includesSubdomains ? text.replace("://", "://*.") : text;
  const parsed = allowedOrigin.safeParse(originText);
  return parsed.success
    ? { origin: parsed.data }
    : { error: parsed.error.issues[0]?.message ?? "This is not an origin." };
}

/** A saved origin as a row of the form. */
export function toOriginRow(origin: string): OriginRow {
  const includesSubdomains = origin.includes("://*.");
  return { address: includesSubdomains ? origin.replace("*.", "") : origin, includesSubdomains };
}

const originRowSchema = z
  .object({ address: z.string(), includesSubdomains: z.boolean() })
  .transform((row, ctx) => {
    const parsed = parseOriginRow(row);
    if (!parsed?.error) return parsed?.origin ?? null;
    ctx.addIssue({ code: "custom", path: ["address"], message: parsed.error });
    return z.NEVER;
  });

const { name, element, practiceIds, attributes } = createPlacementInput.shape;

const draftSchema = z
  .object({
    name,
    element,
    practiceIds,
    origins: z.array(originRowSchema),
    adminId: attributes.shape.adminId,
  })
  .transform(({ adminId, origins, ...rest }) => ({
    ...rest,
    origins: [...new Set(origins.filter((origin) => origin !== null))],
    attributes: { ...(adminId && { adminId }) },
  }));

// What the boxes hold is wider than what the schema takes, so that it can say what is wrong.
export const placementFormSchema = draftSchema as unknown as z.ZodType<
  PlacementFields,
  PlacementDraft
>;

export const toPlacementDraft = (placement: PlacementView): PlacementDraft => ({
  name: placement.name,
  element: placement.element,
  practiceIds: placement.practices.map(({ id }) => id),
  origins: placement.origins.length > 0 ? placement.origins.map(toOriginRow) : [emptyOriginRow],
  adminId: placement.attributes.adminId ?? "",
});
