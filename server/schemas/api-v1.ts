import { areDatesParsed, checkDates, linkKind, tags } from "./links/fields";
import { createBookingLinkInput, createFormLinkInput, updateLinkInput } from "./links/inputs";
import { linkFilters, linkSort, listLinksInput } from "./links/list";
import { linkState, linkView } from "./links/view";
import { z } from "./zod";

/**
 * What `/api/v1` takes and gives, made of the portal's own schemas; its OpenAPI file is generated from
 * this. Fields that are not named here are refused.
 */

const practiceGroupId = z
  .string({ error: "Enter Hero's practice group id." })
  .regex(/^[A-Za-z0-9_-]{1,64}$/, {
    error: "A practice group id has only letters, digits, dashes and underscores.",
  })
  .meta({ description: "Hero's id of a practice that is connected in the key's environment." });

const dateMeta = (description: string) => ({
  description: `${description} A day in the United Kingdom, YYYY-MM-DD.`,
  format: "date",
  example: "2026-12-17",
});

const {
  operationId: _booking,
  practiceId: _bookingAt,
  ...bookingFields
} = createBookingLinkInput.shape;
const { operationId: _form, practiceId: _formAt, ...formFields } = createFormLinkInput.shape;

const commonFields = {
  name: bookingFields.name.meta({
    description: "What your people call the link; never a patient.",
  }),
  reference: bookingFields.reference.meta({
    description: "Your own word for it, given back with the link; never an NHS number.",
  }),
  tags: bookingFields.tags.meta({ description: "Words to find links by.", example: ["flu"] }),
  patientId: bookingFields.patientId.meta({
    description: "Hero's patient id: with it the link is an invite for that patient alone.",
  }),
  expiresOn: bookingFields.expiresOn.meta(dateMeta("The last day on which the link works.")),
};

const heroIdDescription = (list: string) =>
  `Hero's id, as Hero's \`GET /v1/${list}\` and the pages of links here give it.`;

const maxUsesMeta = (about: string) => ({ description: about, example: 1 });

const bookingLinkBody = z
  .strictObject({
    kind: z.literal("booking").meta({ description: "What is made." }),
    practiceGroupId,
    ...bookingFields,
    ...commonFields,
    appointmentTypeId: bookingFields.appointmentTypeId.meta({
      description: heroIdDescription("appointment_types"),
    }),
    locationId: bookingFields.locationId.meta({ description: heroIdDescription("locations") }),
    practitionerId: bookingFields.practitionerId.meta({
      description: `${heroIdDescription("practitioners")} Anybody without it.`,
    }),
    slotsFrom: bookingFields.slotsFrom.meta(dateMeta("The first day that is offered.")),
    slotsTo: bookingFields.slotsTo.meta(dateMeta("The last day that is offered.")),
    maxUses: bookingFields.maxUses.meta(maxUsesMeta("How many bookings it may make.")),
  })
  .superRefine(checkDates, { when: areDatesParsed })
  .meta({ id: "BookingLinkRequest" });

const formLinkBody = z
  .strictObject({
    kind: z.literal("form").meta({ description: "What is made." }),
    practiceGroupId,
    ...formFields,
    ...commonFields,
    formId: formFields.formId.meta({ description: heroIdDescription("forms") }),
    maxUses: formFields.maxUses.meta(maxUsesMeta("How many answers it may take.")),
  })
  .superRefine(checkDates, { when: areDatesParsed })
  .meta({ id: "FormLinkRequest" });

/** The body of `POST /api/v1/links`. */
export const createLinkBody = z.discriminatedUnion("kind", [bookingLinkBody, formLinkBody], {
  error: ({ code }) =>
    code === "invalid_union" ? "The kind of a link is booking or form." : undefined,
});
export type CreateLinkBody = z.infer<typeof createLinkBody>;

/** One line of visible ASCII, as a header can carry it. */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, {
  error: "An Idempotency-Key is 1 to 255 visible ASCII characters without spaces.",
});

const { linkId: _link, ...limits } = updateLinkInput.shape;

/** The body of `PATCH /api/v1/links/{id}`: what is left out stays. */
export const updateLinkBody = z
  .strictObject({
    name: limits.name.meta({ description: "An empty text takes the name away." }),
    tags: tags.optional(),
    slotsFrom: limits.slotsFrom.meta(dateMeta("The first day that is offered.")),
    slotsTo: limits.slotsTo.meta(dateMeta("The last day that is offered.")),
    expiresOn: limits.expiresOn.optional().meta(dateMeta("The last day on which the link works.")),
    maxUses: limits.maxUses.optional().meta(maxUsesMeta("How many bookings it may make.")),
    isClosed: z.boolean({ error: "Say true or false." }).optional().meta({
      description:
        "true closes the link: nobody can use it any more. false opens a closed one again while it has days left.",
    }),
  })
  .refine((body) => Object.keys(body).length > 0, { error: "Say what shall change." })
  .meta({ id: "ChangeLinkRequest" });
export type UpdateLinkBody = z.infer<typeof updateLinkBody>;

/** The query of `GET /api/v1/links`. A query holds text only, so the number of rows is read from it. */
export const listLinksQuery = z.strictObject({
  practiceGroupId: practiceGroupId.optional().meta({
    description: "Hero's id of a practice; a disconnected one too.",
  }),
  kind: linkKind.optional().meta({ description: "Booking links or form links alone." }),
  audience: linkFilters.shape.audience.meta({ description: "For one patient, or for anybody." }),
  state: linkState.optional().meta({ description: "Of today in the United Kingdom." }),
  tag: linkFilters.shape.tag.meta({ description: "One tag, in any case." }),
  q: linkFilters.shape.q.meta({
    description: "Words, or their beginnings, of name, reference, tags, appointment type, form.",
  }),
  sort: linkSort.optional().meta({ description: "newest unless said." }),
  cursor: listLinksInput.shape.cursor.meta({ description: "`nextCursor` of the page before." }),
  limit: z
    .string()
    .regex(/^(?:[1-9][0-9]?|100)$/, { error: "A page has 1 to 100 rows." })
    .transform(Number)
    .optional()
    .meta({
      description: "Rows to a page; 25 unless said.",
      override: { type: "integer", pattern: undefined, minimum: 1, maximum: 100 },
    }),
});
export type ListLinksQuery = z.infer<typeof listLinksQuery>;

/** A link as partners' servers see it. */
export const linkResource = linkView
  .omit({ practice: true, operationId: true, bulkUploadId: true, failureCode: true })
  .extend({
    practice: z.object({ practiceGroupId: z.string(), name: z.string() }),
    heroCode: z.string().nullable().meta({
      description: "What the asking ended in, for a failed or unknown link.",
    }),
    state: linkState.meta({
      description:
        "`pending` and `unknown`: whether Hero made it is not known. `failed`: it did not. Patients can use it while it is `live` or `ends_soon`.",
    }),
    reason: z.string().nullable().meta({
      description: "Why it failed, is unknown or could not be refreshed, in a sentence.",
    }),
    url: z.string().nullable().meta({
      description: "The address for the patient; null until Hero has made it.",
    }),
    patientId: z.string().nullable().meta({ description: "Hero's id; of an invite." }),
    expiresOn: z.string().meta(dateMeta("The last day on which it works.")),
    uses: z
      .number()
      .int()
      .meta({ description: "Bookings or answers so far, as of `refreshedAt`." }),
    maxUses: z.number().int(),
    opens: z.number().int().meta({ description: "How often it was opened, as of `refreshedAt`." }),
    createdBy: z.string().meta({ description: "A person, or `API key:` and its name." }),
    refreshedAt: z.string().nullable().meta({ description: "When Hero was last asked." }),
    closedAt: z.string().nullable().meta({ description: "When it was closed here." }),
  })
  .meta({ id: "Link" });
export type LinkResource = z.infer<typeof linkResource>;

export const linkResourcePage = z
  .object({
    items: z.array(linkResource),
    nextCursor: z.string().nullable().meta({ description: "null on the last page." }),
    isTruncated: z.boolean().meta({
      description:
        "true where more words begin like one of `q` than were looked at: some links are missing, so give longer words.",
    }),
  })
  .meta({ id: "LinkPage" });

/** RFC 9457 problem details, with what we add to them. */
export const problem = z
  .object({
    type: z.string().meta({ description: "An address that says what the problem is." }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().optional().meta({
      description: "The request id, where there is something to look up on our side.",
    }),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().meta({ description: "JSON pointer into the body." }),
          parameter: z.string().optional().meta({ description: "Query field or header." }),
          detail: z.string(),
        }),
      )
      .optional(),
    heroCode: z.string().optional().meta({ description: "What Hero's refusal was." }),
    linkId: z.string().optional().meta({ description: "The link that stands as failed." }),
    isRetryable: z.boolean().optional().meta({
      description:
        "True where the reason may pass: ask again, and for a link with another Idempotency-Key.",
    }),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof problem>;
