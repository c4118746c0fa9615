import { allowedOrigin } from "@/server/schemas/origins";
import {
  type CreatePlacementInput,
  createPlacementInput,
  type PlacementView,
} from "@/server/schemas/placements";
import { z } from "@/server/schemas/zod";

/** One origin as the form has it; a row without an address counts for nothing. */
export type OriginRow = { address: string; isSubdomains: boolean };

export const emptyRow: OriginRow = { address: "", isSubdomains: false };

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

const typedStar = "Leave out the * and tick “All subdomains” instead.";

/**
 * The origin that a row stands for, as it is saved, or why it is none; null for an empty row.
 * Subdomains are saved as `https://*.host`, which does not take in the host itself.
 */
export function readOriginRow({ address, isSubdomains }: OriginRow) {
  const text = address.trim();
  if (text === "") return null;
  if (text.includes("*")) return { fault: typedStar };
  const wanted = isSubdomains ? text.replace("://", "://*.") : text;
  const read = allowedOrigin.safeParse(wanted);
  return read.success
    ? { origin: read.data }
    : { fault: read.error.issues[0]?.message ?? "This is not an origin." };
}

/** A saved origin as a row of the form. */
export function rowOf(origin: string): OriginRow {
  const isSubdomains = origin.includes("://*.");
  return { address: isSubdomains ? origin.replace("*.", "") : origin, isSubdomains };
}

const originRow = z
  .object({ address: z.string(), isSubdomains: z.boolean() })
  .transform((row, ctx) => {
    const read = readOriginRow(row);
    if (!read?.fault) return read?.origin ?? null;
    ctx.addIssue({ code: "custom", path: ["address"], message: read.fault });
    return z.NEVER;
  });

const { name, element, practiceIds, attributes } = createPlacementInput.shape;

const draftSchema = z
  .object({
    name,
    element,
    practiceIds,
    origins: z.array(originRow),
    adminId: attributes.shape.adminId,
  })
  .transform(({ adminId, origins, ...rest }) => ({
    ...rest,
    origins: [...new Set(origins.filter((origin) => origin !== null))],
    attributes: { ...(adminId && { adminId }) },
  }));

// What the boxes hold is wider than what the schema takes, so that it can say what is wrong.
export const placementFields = draftSchema as unknown as z.ZodType<PlacementFields, PlacementDraft>;

export const draftOf = (placement: PlacementView): PlacementDraft => ({
  name: placement.name,
  element: placement.element,
  practiceIds: placement.practices.map(({ id }) => id),
  origins: placement.origins.length > 0 ? placement.origins.map(rowOf) : [emptyRow],
  adminId: placement.attributes.adminId ?? "",
});
