import { allowedOrigin } from "@/server/schemas/origins";
import {
  type CreatePlacementInput,
  createPlacementInput,
  type PlacementView,
} from "@/server/schemas/placements";
import { z } from "@/server/schemas/zod";

/** One origin in the form; a row without an address is ignored. */
export type OriginRow = { address: string; includesSubdomains: boolean };

export const emptyOriginRow: OriginRow = { address: "", includesSubdomains: false };

export type PlacementDraft = {
  name: string;
  element: string;
  practiceIds: string[];
  origins: OriginRow[];
  adminId: string;
};

/** What the form saves. The theme is saved by the placement designer. */
export type PlacementFields = Pick<
  CreatePlacementInput,
  "name" | "element" | "practiceIds" | "origins" | "attributes"
>;

const wildcardMessage = "Remove the * and select “All subdomains” instead.";

/**
 * The origin to save, or an error; null for an empty row. Subdomains are saved as `https://*.host`, which
 * does not include the host itself.
 */
export function parseOriginRow({ address, includesSubdomains }: OriginRow) {
  const text = address.trim();
  if (text === "") return null;
  if (text.includes("*")) return { error: wildcardMessage };
  const originText = includesSubdomains ? text.replace("://", "://*.") : text;
  const parsed = allowedOrigin.safeParse(originText);
  return parsed.success
    ? { origin: parsed.data }
    : { error: parsed.error.issues[0]?.message ?? "Enter a valid origin." };
}

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

// The form's values are wider than the schema's input, so that it can report errors.
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
