import { addDays, bareDate, optionalBareDate, ukDateOf } from "./dates";
import { heroId, optionalHeroId, optionalLine, pageSize, rowId } from "./text";
import { z } from "./zod";

// Fields of a form give text. Only plain digits count: coercion would also take `true`, `[3]` and "0x10".
const maximumUses = z.preprocess(
  (value) =>
    typeof value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value,
  z
    .number({ error: "Enter how many bookings the link may make." })
    .int({ error: "Enter a whole number of bookings." })
    .min(1, { error: "A link must allow at least 1 booking." })
    .max(10_000, { error: "A link can allow at most 10,000 bookings." }),
);

/** What can be changed on a link after it was made. Bare dates are days in the United Kingdom. */
const limits = {
  name: optionalLine("a name", 80),
  slotsFrom: optionalBareDate("Enter the first day as a real date."),
  slotsTo: optionalBareDate("Enter the last day as a real date."),
  expiresOn: bareDate("Enter the day the link stops working."),
  maximumUses,
};

type Limits = { slotsFrom?: string; slotsTo?: string; expiresOn: string };

/** Refuses windows that nobody could book in, beside the field that is wrong. */
function checkWindow(value: Limits, ctx: z.core.$RefinementCtx<Limits>): void {
  const today = ukDateOf(new Date());
  const refuse = (field: keyof Limits, message: string) =>
    ctx.addIssue({ code: "custom", path: [field], message });
  if (value.expiresOn < today) refuse("expiresOn", "The expiry must be today or later.");
  if (value.expiresOn > addDays(today, 731)) {
    refuse("expiresOn", "The expiry can be at most two years ahead.");
  }
  if (value.slotsTo && value.slotsTo < today)
    refuse("slotsTo", "The last day must be today or later.");
  if (value.slotsFrom && value.slotsTo && value.slotsTo < value.slotsFrom) {
    refuse("slotsTo", "The last day must not be before the first day.");
  }
}

/**
 * A booking link to make. With `patientId` it is a patient invite, without it a generic link
 * (guide §12). `operationId` is made by the browser when the form opens: the same id never makes two.
 */
export const createBookingLinkInput = z
  .object({
    operationId: rowId,
    practiceId: rowId,
    appointmentTypeId: heroId("Choose an appointment type."),
    locationId: heroId("Choose a location."),
    practitionerId: optionalHeroId("Choose a practitioner from the list."),
    patientId: optionalHeroId("A Hero patient id has only digits."),
    ...limits,
  })
  .superRefine(checkWindow);
export type CreateBookingLinkInput = z.infer<typeof createBookingLinkInput>;

export const updateLinkInput = z.object({ linkId: rowId, ...limits }).superRefine(checkWindow);
export type UpdateLinkInput = z.infer<typeof updateLinkInput>;

export const linkIdInput = z.object({ linkId: rowId });
export type LinkIdInput = z.infer<typeof linkIdInput>;

export const findOperationInput = z.object({ operationId: rowId });
export type FindOperationInput = z.infer<typeof findOperationInput>;

/** `cursor` is the id of the last link of the page before; newest links come first. */
export const listLinksInput = z.object({
  practiceId: rowId.optional(),
  cursor: rowId.optional(),
  limit: pageSize(25),
});
export type ListLinksInput = z.input<typeof listLinksInput>;

/** Derived from the stored outcome, the limits and the day it is; see `db/schema/links.ts`. */
export const linkState = z.enum([
  "pending",
  "live",
  "ends_soon",
  "used_up",
  "expired",
  "closed",
  "failed",
  "unknown",
]);
export type LinkState = z.infer<typeof linkState>;

const named = z.object({ id: z.string(), name: z.string() });

export const linkView = z.object({
  id: z.string(),
  kind: z.literal("booking"),
  audience: z.enum(["patient_invite", "generic"]),
  state: linkState,
  /** Why a link failed, is unknown, or could not be refreshed: a sentence, or null. */
  reason: z.string().nullable(),
  name: z.string().nullable(),
  practice: z.object({ id: z.string(), name: z.string(), practiceGroupId: z.string() }),
  appointmentType: named,
  location: named,
  practitioner: named.nullable(),
  patientId: z.string().nullable(),
  slotsFrom: z.string().nullable(),
  slotsTo: z.string().nullable(),
  expiresOn: z.string(),
  maximumUses: z.number(),
  uses: z.number(),
  opens: z.number(),
  /** The address to share; null while pending, after a failure, or when its fate is unknown. */
  url: z.string().nullable(),
  operationId: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  /** When uses and opens were last read from Hero. */
  refreshedAt: z.string().nullable(),
  closedAt: z.string().nullable(),
});
export type LinkView = z.infer<typeof linkView>;

export const linkPage = z.object({ items: z.array(linkView), nextCursor: z.string().nullable() });
export type LinkPage = z.infer<typeof linkPage>;
