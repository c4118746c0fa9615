import { addDays, localDate, optionalLocalDate, ukDateOf } from "./dates";
import { containsNhsNumber } from "./nhs-number";
import {
  formId,
  heroId,
  textLine,
  optionalHeroId,
  optionalTextLine,
  pageSize,
  rowId,
} from "./text";
import { z } from "./zod";

export const linkKind = z.enum(["booking", "form"], {
  error: "Choose a booking link or a form link.",
});
export type LinkKind = z.infer<typeof linkKind>;

// Fields of a form give text. Only plain digits count: coercion would also take `true`, `[3]` and "0x10".
const maxUsesSchema = (noun: "booking" | "answer") =>
  z.preprocess(
    (value) =>
      typeof value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value,
    z
      .number({
        error:
          noun === "booking"
            ? "Enter how many bookings the link may make."
            : "Enter how many answers the link may take.",
      })
      .int({ error: `Enter a whole number of ${noun}s.` })
      .min(1, { error: `A link must allow at least 1 ${noun}.` })
      .max(10_000, { error: `A link can allow at most 10,000 ${noun}s.` }),
  );

const nhsNumberMessage = "This looks like an NHS number. Patients must not be named here.";

/** A text of the partner's own that stands in lists and addresses: never an NHS number. */
const textWithoutNhsNumber = (label: string, maxLength: number) =>
  optionalTextLine(label, maxLength).refine((text) => !text || !containsNhsNumber(text), {
    error: nhsNumberMessage,
  });

/** A tag is one to thirty characters without a comma; it is kept as typed and found in any case. */
const tag = textLine("a tag", 30)
  .refine((text) => !/[,#]/.test(text), { error: "A tag has no comma and no #." })
  .refine((text) => !containsNhsNumber(text), { error: nhsNumberMessage });

export const tags = z
  .array(tag, { error: "Tags are a list of words." })
  .max(10, { error: "A link can have at most 10 tags." })
  .transform((list) => [...new Map(list.map((text) => [text.toLowerCase(), text])).values()]);

/** The partner's own word for a link or a row of a file, given back in results. */
export const reference = textWithoutNhsNumber("a reference", 80);

/** What can be changed on a link after it was made. Bare dates are days in the United Kingdom. */
const limitFields = {
  name: textWithoutNhsNumber("a name", 80),
  slotsFrom: optionalLocalDate("Enter the first day as a real date."),
  slotsTo: optionalLocalDate("Enter the last day as a real date."),
  expiresOn: localDate("Enter the day the link stops working."),
  maxUses: maxUsesSchema("booking"),
};

type DateLimits = { slotsFrom?: string; slotsTo?: string; expiresOn: string };

/** Refuses windows that nobody could book in, beside the field that is wrong. */
export function checkDates(value: DateLimits, ctx: z.core.$RefinementCtx<DateLimits>): void {
  const today = ukDateOf(new Date());
  const reject = (field: keyof DateLimits, message: string) =>
    ctx.addIssue({ code: "custom", path: [field], message });
  if (value.expiresOn < today) reject("expiresOn", "The expiry must be today or later.");
  if (value.expiresOn > addDays(today, 731)) {
    reject("expiresOn", "The expiry can be at most two years ahead.");
  }
  if (value.slotsTo && value.slotsTo < today)
    reject("slotsTo", "The last day must be today or later.");
  if (value.slotsFrom && value.slotsTo && value.slotsTo < value.slotsFrom) {
    reject("slotsTo", "The last day must not be before the first day.");
  }
  if (value.slotsFrom && value.slotsFrom > value.expiresOn) {
    reject("slotsFrom", "The first day must not be after the link stops working.");
  }
}

// Days are compared although another field is still empty, so that a form can say so while it is filled
// in. A day that is none is not compared.
export const areDatesParsed = ({ value, issues }: z.core.ParsePayload) =>
  typeof value === "object" &&
  value !== null &&
  !issues.some(({ path }) => ["slotsFrom", "slotsTo", "expiresOn"].includes(String(path?.[0])));

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
    reference,
    tags: tags.optional(),
    ...limitFields,
  })
  .superRefine(checkDates, { when: areDatesParsed });
export type CreateBookingLinkInput = z.infer<typeof createBookingLinkInput>;

/**
 * A form link to make, for a patient or, where Hero allows it, without one. Hero documents that the
 * operation exists and no more (guide §14, 17): no window of days.
 */
export const createFormLinkInput = z
  .object({
    operationId: rowId,
    practiceId: rowId,
    formId: formId("Choose a form."),
    patientId: optionalHeroId("A Hero patient id has only digits."),
    reference,
    tags: tags.optional(),
    name: limitFields.name,
    expiresOn: limitFields.expiresOn,
    maxUses: maxUsesSchema("answer"),
  })
  .superRefine(checkDates, { when: areDatesParsed });
export type CreateFormLinkInput = z.infer<typeof createFormLinkInput>;

export const updateLinkInput = z
  .object({ linkId: rowId, ...limitFields })
  .superRefine(checkDates, { when: areDatesParsed });
export type UpdateLinkInput = z.infer<typeof updateLinkInput>;

/**
 * Several links changed at once, each to values of its own, so that an undo is the same call with the
 * values of before. A field left out stays. `isClosed: false` opens a closed link again, with the
 * expiry it had or the one given.
 */
export const updateLinksInput = z.object({
  changes: z
    .array(
      z.object(
        {
          linkId: rowId,
          expiresOn: localDate("Enter the day the link stops working.").optional(),
          isClosed: z.boolean().optional(),
          tags: tags.optional(),
        },
        { error: "Say which link and what to change." },
      ),
      { error: "Choose the links to change." },
    )
    .min(1, { error: "Choose at least one link." })
    .max(25, { error: "Change at most 25 links at once." }),
});
export type UpdateLinksInput = z.infer<typeof updateLinksInput>;

/** What came of each change, and what the link said before: an undo asks for that. */
export const updatedLinks = z.array(
  z.object({
    linkId: z.string(),
    outcome: z.enum(["done", "same", "refused", "unknown"]),
    reason: z.string().nullable(),
    previous: z.object({ expiresOn: z.string(), isClosed: z.boolean(), tags: z.array(z.string()) }),
  }),
);
export type UpdatedLinks = z.infer<typeof updatedLinks>;

/**
 * Settles a link whose making Hero never answered: a person looked at the practice's own list.
 * With `url` it was made and this is its address; without, it was not made.
 */
export const resolveLinkInput = z.object({
  linkId: rowId,
  url: z.preprocess(
    (value) => (value === "" || value === null ? undefined : value),
    z
      .string({ error: "Enter the whole address of the link." })
      .trim()
      .max(2000, { error: "This address is too long." })
      .regex(/^https?:\/\/[^\s@]+$/, { error: "Enter the whole address of the link." })
      .optional(),
  ),
});
export type ResolveLinkInput = z.infer<typeof resolveLinkInput>;

export const linkIdInput = z.object({ linkId: rowId });
export type LinkIdInput = z.infer<typeof linkIdInput>;

export const findLinkByOperationInput = z.object({ operationId: rowId });
export type FindLinkByOperationInput = z.infer<typeof findLinkByOperationInput>;

/** Derived from the stored outcome, the limits and the day it is; see `db/schema/links.ts`. */
export const linkState = z.enum(
  ["pending", "live", "ends_soon", "used_up", "expired", "stopped", "closed", "failed", "unknown"],
  { error: "A link has no such state." },
);
export type LinkState = z.infer<typeof linkState>;

export const linkSort = z.enum(["newest", "oldest", "expires_first", "expires_last", "most_used"], {
  error: "The list has no such order.",
});
export type LinkSort = z.infer<typeof linkSort>;

/** Where a page ends: the sorted-by value, where that is not the time, and the id of the last link. */
const linkCursor = z
  .string({ error: "This is not a page of the list." })
  .regex(/^(?:[0-9-]{1,12}_)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, {
    error: "This is not a page of the list.",
  });

/**
 * What narrows the ledger; all of it stands in the address of the page. `q` looks for words, or their
 * beginnings, in name, tags, appointment type or form, location, practitioner, reference and address.
 */
export const linkFilters = z.object({
  practiceId: rowId.optional(),
  kind: linkKind.optional(),
  audience: z
    .enum(["patient_invite", "generic"], { error: "Choose patient invites or generic links." })
    .optional(),
  state: linkState.optional(),
  tag: tag.optional(),
  ownerId: rowId.optional(),
  bulkUploadId: rowId.optional(),
  q: textWithoutNhsNumber("words to look for", 80),
});
export type LinkFilters = z.infer<typeof linkFilters>;

export const listLinksInput = linkFilters.extend({
  sort: linkSort.optional(),
  cursor: linkCursor.optional(),
  limit: pageSize(25),
});
export type ListLinksInput = LinkFilters & { sort?: LinkSort; cursor?: string; limit?: number };

const namedReference = z.object({ id: z.string(), name: z.string() });

export const linkView = z.object({
  id: z.string(),
  kind: linkKind,
  audience: z.enum(["patient_invite", "generic"]),
  state: linkState,
  /** Why a link failed, is unknown, or could not be refreshed: a sentence, or null. */
  reason: z.string().nullable(),
  /** The name of what the asking ended in (`server/hero/errors.ts`), for a failed or unknown link. */
  failureCode: z.string().nullable(),
  name: z.string().nullable(),
  reference: z.string().nullable(),
  tags: z.array(z.string()),
  bulkUploadId: z.string().nullable(),
  practice: z.object({ id: z.string(), name: z.string(), practiceGroupId: z.string() }),
  /** Of a booking link; null on a form link. */
  appointmentType: namedReference.nullable(),
  location: namedReference.nullable(),
  practitioner: namedReference.nullable(),
  /** Of a form link; null on a booking link. */
  form: namedReference.nullable(),
  patientId: z.string().nullable(),
  slotsFrom: z.string().nullable(),
  slotsTo: z.string().nullable(),
  expiresOn: z.string(),
  maxUses: z.number(),
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

/** `isTruncated` tells that more words begin like those searched for than were looked at. */
export const linkPage = z.object({
  items: z.array(linkView),
  nextCursor: z.string().nullable(),
  isTruncated: z.boolean(),
});
export type LinkPage = z.infer<typeof linkPage>;

/** A person's saved way of looking at the ledger; `query` is the part of the address after `?`. */
export const savedLinkView = z.object({ id: z.string(), name: z.string(), query: z.string() });
export type SavedLinkView = z.infer<typeof savedLinkView>;

export const saveLinkViewInput = z.object({
  name: textLine("a name", 40),
  query: z
    .string({ error: "A view is a part of an address." })
    .max(500, { error: "A view has at most 500 characters." })
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), { error: "A view is a part of an address." })
    .refine((text) => !containsNhsNumber(decodeURIComponentSafely(text)), {
      error: nhsNumberMessage,
    }),
});
export type SaveLinkViewInput = z.infer<typeof saveLinkViewInput>;

export const savedLinkViewIdInput = z.object({ viewId: rowId });
export type SavedLinkViewIdInput = z.infer<typeof savedLinkViewIdInput>;

/** What can stand in the filters: people who made links, and tags in use. */
export const linkFilterOptions = z.object({
  owners: z.array(namedReference),
  tags: z.array(z.string()),
});
export type LinkFilterOptions = z.infer<typeof linkFilterOptions>;

/** One line of a link's history, from the audit. */
export const linkEvent = z.object({
  id: z.string(),
  occurredAt: z.string(),
  actor: z.string(),
  action: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});
export type LinkEvent = z.infer<typeof linkEvent>;

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
