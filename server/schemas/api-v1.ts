import {
  type AppointmentView,
  appointmentView,
  bookAppointmentInput,
  reserveAppointmentInput,
} from "./appointments";
import { destinationTestType, type EventType } from "./event-catalogue";
import { destinationTestData, eventData, eventType } from "./event-types";
import { areDatesParsed, checkDates, linkKind, tags } from "./links/fields";
import {
  createBookingLinkInput,
  createFormLinkInput,
  createVideoLinkInput,
  updateLinkInput,
} from "./links/inputs";
import { linkFilters, linkSort, listLinksInput } from "./links/list";
import { type LinkView, linkState, linkView } from "./links/view";
import { patientLookup } from "./patients";
import { listSlotsInput, slotView } from "./slots";
import { z } from "./zod";

/**
 * The requests and responses of `/api/v1`, built from the portal's own schemas. The OpenAPI document is
 * generated from these. Unknown request fields are rejected.
 */

export const practiceGroupId = z
  .string({ error: "Enter Hero's practice group ID." })
  .regex(/^[A-Za-z0-9_-]{1,64}$/, {
    error: "Use only letters, numbers, hyphens and underscores.",
  })
  .meta({
    description:
      "Hero's practice group ID. The practice must be connected in the API key's environment.",
  });

const dateMeta = (description: string) => ({
  description: `${description} A UK date, YYYY-MM-DD.`,
  format: "date",
  example: "2026-12-17",
});

// A new field of these is private until a body below lists it.
const bookingFields = createBookingLinkInput.shape;
const formFields = createFormLinkInput.shape;

const commonFields = {
  name: bookingFields.name.meta({
    description: "A name for your team. Do not enter patient details.",
  }),
  reference: bookingFields.reference.meta({
    description: "Your own reference, returned with the link. Do not enter an NHS number.",
  }),
  tags: bookingFields.tags.meta({ description: "Tags to find links by.", example: ["flu"] }),
  patientId: bookingFields.patientId.meta({
    description: "Hero's patient ID. If set, only this patient can use the link.",
  }),
  expiresOn: bookingFields.expiresOn.meta(dateMeta("The last day the link works.")),
};

const heroIdDescription = (list: string) =>
  `Hero's ID, from Hero's \`GET /v1/${list}\` or from a link in this API.`;

const maxUsesMeta = (about: string) => ({ description: about, example: 1 });

const bookingLinkBody = z
  .strictObject({
    kind: z.literal("booking").meta({ description: "The kind of link." }),
    practiceGroupId,
    appointmentTypeId: bookingFields.appointmentTypeId.meta({
      description: heroIdDescription("appointment_types"),
    }),
    locationId: bookingFields.locationId.meta({ description: heroIdDescription("locations") }),
    practitionerId: bookingFields.practitionerId.meta({
      description: `${heroIdDescription("practitioners")} If omitted, any practitioner.`,
    }),
    ...commonFields,
    slotsFrom: bookingFields.slotsFrom.meta(dateMeta("The first appointment date offered.")),
    slotsTo: bookingFields.slotsTo.meta(dateMeta("The last appointment date offered.")),
    maxUses: bookingFields.maxUses.meta(maxUsesMeta("The maximum number of bookings.")),
  })
  .superRefine(checkDates, { when: areDatesParsed })
  .meta({ id: "BookingLinkRequest" });

const formLinkBody = z
  .strictObject({
    kind: z.literal("form").meta({ description: "The kind of link." }),
    practiceGroupId,
    formId: formFields.formId.meta({ description: heroIdDescription("forms") }),
    ...commonFields,
    maxUses: formFields.maxUses.meta(maxUsesMeta("The maximum number of submissions.")),
  })
  .superRefine(checkDates, { when: areDatesParsed })
  .meta({ id: "FormLinkRequest" });

const videoLinkBody = z
  .strictObject({
    kind: z.literal("video").meta({ description: "The kind of link." }),
    practiceGroupId,
    ...commonFields,
    patientId: createVideoLinkInput.shape.patientId.meta({
      description: "Hero's patient ID. Only this patient can use the link.",
    }),
  })
  .superRefine(checkDates, { when: areDatesParsed })
  .meta({ id: "VideoLinkRequest" });

const linkBodies = [bookingLinkBody, formLinkBody, videoLinkBody] as const;

/** The body of `POST /api/v1/links`. */
export const createLinkBody = z.discriminatedUnion("kind", linkBodies, {
  error: ({ code }) => (code === "invalid_union" ? "Enter booking, form or video." : undefined),
});
export type CreateLinkBody = z.infer<typeof createLinkBody>;

/** One line of visible ASCII, as a header can carry it. */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, {
  error: "Use 1 to 255 visible ASCII characters without spaces.",
});

const { linkId: _link, ...limits } = updateLinkInput.shape;

/** The body of `PATCH /api/v1/links/{id}`. Omitted fields stay the same. */
export const updateLinkBody = z
  .strictObject({
    name: limits.name.meta({ description: "An empty string removes the name." }),
    tags: tags.optional(),
    slotsFrom: limits.slotsFrom.meta(dateMeta("The first appointment date offered.")),
    slotsTo: limits.slotsTo.meta(dateMeta("The last appointment date offered.")),
    expiresOn: limits.expiresOn.optional().meta(dateMeta("The last day the link works.")),
    maxUses: limits.maxUses.optional().meta(maxUsesMeta("The maximum number of bookings.")),
    isClosed: z.boolean({ error: "Enter true or false." }).optional().meta({
      description:
        "true closes the link, so that it cannot be used. false reopens a closed link that has not expired.",
    }),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: "Include at least one field to change.",
  })
  .meta({ id: "UpdateLinkRequest" });
export type UpdateLinkBody = z.infer<typeof updateLinkBody>;

/** Query parameters are text, so the number is parsed. */
export const queryLimit = (description: string) =>
  z
    .string()
    .regex(/^(?:[1-9][0-9]?|100)$/, { error: "Enter a whole number from 1 to 100." })
    .transform(Number)
    .optional()
    .meta({
      description,
      override: { type: "integer", pattern: undefined, minimum: 1, maximum: 100 },
    });

/** The query of `GET /api/v1/links`. */
export const listLinksQuery = z.strictObject({
  practiceGroupId: practiceGroupId.optional().meta({
    description: "Hero's practice group ID. Includes disconnected practices.",
  }),
  kind: linkKind.optional().meta({ description: "Only links of this kind." }),
  audience: linkFilters.shape.audience.meta({
    description: "Only links for one patient, or only generic links.",
  }),
  state: linkState.optional().meta({ description: "The state today, in UK time." }),
  tag: linkFilters.shape.tag.meta({ description: "One tag. Not case-sensitive." }),
  q: linkFilters.shape.q.meta({
    description:
      "Searches name, reference, tags, appointment type and form. Matches words and the start of words.",
  }),
  sort: linkSort.optional().meta({ description: "Default: newest." }),
  cursor: listLinksInput.shape.cursor.meta({ description: "`nextCursor` of the previous page." }),
  limit: queryLimit("Links per page. Default: 25."),
});
export type ListLinksQuery = z.infer<typeof listLinksQuery>;

/** The fields of a link that partners' servers receive unchanged. A new field is private until it is here. */
const publicLinkFields = {
  id: true,
  kind: true,
  audience: true,
  state: true,
  reason: true,
  name: true,
  reference: true,
  tags: true,
  appointmentType: true,
  location: true,
  practitioner: true,
  form: true,
  patientId: true,
  slotsFrom: true,
  slotsTo: true,
  expiresOn: true,
  maxUses: true,
  uses: true,
  opens: true,
  url: true,
  createdBy: true,
  createdAt: true,
  refreshedAt: true,
  closedAt: true,
} as const;

/** The link object of `/api/v1`. */
export const linkResource = linkView
  .pick(publicLinkFields)
  .extend({
    practice: z.object({ practiceGroupId: z.string(), name: z.string() }),
    heroCode: z.string().nullable().meta({
      description: "The error code of a failed or unknown link.",
    }),
    state: linkState.meta({
      description:
        "`live` and `ends_soon`: patients can use the link. `booked`: the patient has booked. `used_up`: every other link without uses left. `pending` and `unknown`: Hero may or may not have created it. `failed`: Hero did not create it.",
    }),
    reason: z.string().nullable().meta({
      description:
        "Why the link failed, is unknown or could not be refreshed, or is held because Hero merged the patient's record into another one.",
    }),
    url: z.string().nullable().meta({
      description:
        "The address to share. null until Hero has created the link, and while it is held.",
    }),
    patientId: z
      .string()
      .nullable()
      .meta({ description: "Hero's patient ID, if the link is for one patient." }),
    expiresOn: z.string().meta(dateMeta("The last day the link works.")),
    uses: z.number().int().meta({
      description:
        "Bookings or submissions, as of `refreshedAt`. Of a video link: 1 once the patient has joined.",
    }),
    maxUses: z
      .number()
      .int()
      .nullable()
      .meta({ description: "The maximum of `uses`. null on a video link, which has no limit." }),
    opens: z.number().int().meta({ description: "Times opened, as of `refreshedAt`." }),
    createdBy: z.string().meta({ description: "A person's name, or `API key:` and its name." }),
    refreshedAt: z
      .string()
      .nullable()
      .meta({ description: "When `uses` and `opens` were last read from Hero." }),
    closedAt: z
      .string()
      .nullable()
      .meta({ description: "When the link was closed in the portal." }),
  })
  .meta({ id: "Link" });
export type LinkResource = z.infer<typeof linkResource>;

const publicLinkFieldNames = Object.keys(publicLinkFields) as (keyof typeof publicLinkFields)[];

/** Copies the public fields only; nothing else of the view is sent. */
export function toLinkResource(view: LinkView): LinkResource {
  const fields = Object.fromEntries(publicLinkFieldNames.map((name) => [name, view[name]]));
  return {
    ...(fields as Pick<LinkView, keyof typeof publicLinkFields>),
    practice: { practiceGroupId: view.practice.practiceGroupId, name: view.practice.publicName },
    heroCode: view.failureCode,
  };
}

export const linkResourcePage = z
  .object({
    items: z.array(linkResource),
    nextCursor: z.string().nullable().meta({ description: "null on the last page." }),
  })
  .meta({ id: "LinkPage" });

const slotSearch = listSlotsInput.shape;

/** The body of `POST /api/v1/slots`. */
export const listSlotsBody = z
  .strictObject({
    practiceGroupId,
    appointmentTypeId: slotSearch.appointmentTypeId.meta({
      description: heroIdDescription("appointment_types"),
    }),
    locationId: slotSearch.locationId.meta({ description: heroIdDescription("locations") }),
    practitionerId: slotSearch.practitionerId.meta({
      description: `${heroIdDescription("practitioners")} If omitted, any practitioner.`,
    }),
    firstDay: slotSearch.firstDay.meta(dateMeta("The first of seven days.")),
  })
  .meta({ id: "ListSlotsRequest" });
export type ListSlotsBody = z.infer<typeof listSlotsBody>;

const slotResource = slotView.meta({ id: "Slot" });

/** Free slots of a practice, as Hero has them now. */
export const slotResources = z
  .object({
    slots: z.array(slotResource),
    isComplete: z.boolean().meta({
      description: "false if Hero's list could not be read to its end: other slots may be free.",
    }),
  })
  .meta({ id: "SlotList" });

export const toSlotResources = ({ slots, isComplete }: z.infer<typeof slotResources>) => ({
  slots,
  isComplete,
});

const holdFields = reserveAppointmentInput.shape;

/** The body of `POST /api/v1/appointments`. */
export const createAppointmentBody = z
  .strictObject({
    practiceGroupId,
    patientId: holdFields.patientId.meta({ description: "Hero's patient ID." }),
    slotId: holdFields.slotId.meta({ description: "The ID of a slot of `POST /api/v1/slots`." }),
    appointmentTypeId: holdFields.appointmentTypeId.meta({
      description: "The type that you searched for. It must be the slot's.",
    }),
    locationId: holdFields.locationId.meta({ description: "The location. It must be the slot's." }),
    startsAt: holdFields.startsAt.meta({
      description: "The start that you showed. If the slot has another one now, nothing is booked.",
    }),
    reason: bookAppointmentInput.shape.reason.meta({
      description: "Why the patient needs the appointment. Sent to Hero and not stored.",
    }),
    tellPatient: bookAppointmentInput.shape.tellPatient.meta({
      description: "Whether Hero tells the patient of the booking.",
    }),
  })
  .meta({ id: "AppointmentRequest" });
export type CreateAppointmentBody = z.infer<typeof createAppointmentBody>;

/**
 * An appointment, without anything that tells where it is or who sees the patient: the record of the patient
 * may be restricted.
 */
export const appointmentResource = z
  .object({
    id: z.string(),
    heroAppointmentId: z.string().nullable().meta({
      description: "Hero's ID. null while Hero's reply is not known.",
    }),
    state: appointmentView.shape.state.meta({
      description:
        "`reserved`: held, not booked. `unknown` and `pending`: Hero may or may not have it. `lapsed`: the hold ended. `failed`: Hero did not hold it.",
    }),
    reason: z.string().nullable().meta({ description: "Why it failed or is unknown." }),
    heroCode: z.string().nullable(),
    patientId: z.string(),
    appointmentTypeId: z.string(),
    startsAt: z.string(),
    endsAt: z.string(),
    reservedUntil: z.string().nullable(),
    createdAt: z.string(),
    refreshedAt: z.string().nullable().meta({ description: "When it was last read from Hero." }),
  })
  .meta({ id: "Appointment" });

/** A booking that Hero has not confirmed is not `reserved` for its caller but what is known of it. */
export const toAppointmentResource = (
  view: AppointmentView,
): z.infer<typeof appointmentResource> => ({
  id: view.id,
  heroAppointmentId: view.heroAppointmentId,
  state: view.openChange?.outcome ?? view.state,
  reason: view.openChange?.reason ?? view.reason,
  heroCode: view.failureCode,
  patientId: view.patientId,
  appointmentTypeId: view.appointmentType.id,
  startsAt: view.startsAt,
  endsAt: view.endsAt,
  reservedUntil: view.reservedUntil,
  createdAt: view.createdAt,
  refreshedAt: view.refreshedAt,
});

/** Problem details (RFC 9457) with extension members. */
export const problem = z
  .object({
    type: z.string().meta({ description: "A URL that describes the problem type." }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().optional().meta({
      description: "The request ID, for errors on our side.",
    }),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().meta({ description: "JSON pointer to the body field." }),
          parameter: z
            .string()
            .optional()
            .meta({ description: "Name of the query parameter or header." }),
          detail: z.string(),
        }),
      )
      .optional(),
    heroCode: z.string().optional().meta({ description: "The code of Hero's error." }),
    linkId: z.string().optional().meta({ description: "The ID of the failed link." }),
    slots: z.array(slotResource).optional().meta({
      description: "The free slots nearest to a time that was not booked.",
    }),
    requiredPermission: z.string().optional().meta({
      description: "The permission that the API key does not have.",
    }),
    isRetryable: z.boolean().optional().meta({
      description: "true if a retry may succeed. To retry a new link, use a new Idempotency-Key.",
    }),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof problem>;

const [byNhsNumber, byDetails, byHeroId] = patientLookup.options;
const birthDateMeta = dateMeta("The patient's date of birth.");

/** The body of `POST /api/v1/patients/lookup`: always two identifiers or more. */
export const lookUpPatientBody = z.discriminatedUnion(
  "by",
  [
    z
      .strictObject({
        ...byNhsNumber.shape,
        practiceGroupId,
        nhsNumber: byNhsNumber.shape.nhsNumber.meta({
          description: "Ten digits. Spaces and hyphens are ignored.",
          example: "9990000018",
        }),
        dateOfBirth: byNhsNumber.shape.dateOfBirth.meta(birthDateMeta),
      })
      .meta({ id: "LookUpByNhsNumberRequest" }),
    z
      .strictObject({
        ...byDetails.shape,
        practiceGroupId,
        dateOfBirth: byDetails.shape.dateOfBirth.meta(birthDateMeta),
        postcode: byDetails.shape.postcode.meta({ description: "The full home postcode." }),
      })
      .meta({ id: "LookUpByDetailsRequest" }),
    z
      .strictObject({
        ...byHeroId.shape,
        practiceGroupId,
        patientId: byHeroId.shape.patientId.meta({ description: "Hero's patient ID." }),
        dateOfBirth: byHeroId.shape.dateOfBirth.meta(birthDateMeta),
      })
      .meta({ id: "LookUpByHeroIdRequest" }),
  ],
  {
    error: ({ code }) =>
      code === "invalid_union" ? "Enter nhs_number, details or hero_id." : undefined,
  },
);
export type LookUpPatientBody = z.infer<typeof lookUpPatientBody>;

/** What a look-up found, without any detail of the patient. */
export const patientLookupResource = z
  .object({
    outcome: z
      .enum([
        "found",
        "not_found",
        "identifiers_differ",
        "verification_required",
        "could_not_be_checked",
      ])
      .meta({
        description:
          "`identifiers_differ`: Hero gave a record that differs from what you sent, for example with another NHS number. Do not use it. `could_not_be_checked`: Hero did not say who it is; try again later.",
      }),
    patientId: z
      .string()
      .nullable()
      .meta({ description: "Hero's patient ID, if the patient was found." }),
    refusal: z.string().nullable().meta({
      description:
        "Why a patient who was found gets no link: the record says that they have died, or is restricted or archived.",
    }),
    reason: z.string().nullable().meta({
      description: "A sentence about `identifiers_differ` or `could_not_be_checked`.",
    }),
    loginUrl: z.string().nullable().meta({
      description: "Where the patient must sign in first, for `verification_required`.",
    }),
  })
  .meta({ id: "PatientLookup" });
export type PatientLookupResource = z.infer<typeof patientLookupResource>;

const timeError = "Enter a time in UTC such as 2026-12-17T09:00:00Z.";

/** Not for a day that its month does not have, which `Date` takes as one of the next month. */
const isTime = (text: string) => {
  const date = new Date(text);
  if (!/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/.test(text)) return false;
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.slice(0, 19));
};

/** A time in UTC, with or without fractions of a second. */
export const utcTime = () => z.string({ error: timeError }).refine(isTime, { error: timeError });

/** The query of `GET /api/v1/events`. */
export const listEventsQuery = z.strictObject({
  type: eventType.optional().meta({ description: "Only events of this type." }),
  since: utcTime().optional().meta({
    description: "Only events that occurred at this time or later. ISO 8601 in UTC.",
    format: "date-time",
    example: "2026-12-17T09:00:00Z",
  }),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{40,200}$/, { error: "This is not a cursor of this API." })
    .optional()
    .meta({
      description:
        "`nextCursor` of the previous response. If omitted, the oldest events are returned.",
    }),
  limit: queryLimit("Events per page. Default: 50."),
});
export type ListEventsQuery = z.infer<typeof listEventsQuery>;

const eventFields = {
  id: z.string().meta({
    description: "ID of the event. It stays the same when the event is read or sent again.",
    example: "0199b2c4-9a40-7b11-8d3e-5c6f7a8b9c0d",
  }),
  timestamp: z.string().meta({
    description: "When it happened. ISO 8601 in UTC.",
    example: "2026-12-17T09:30:00.000Z",
  }),
};

/** An event, as `GET /api/v1/events` returns it. */
const eventResource = z
  .object({
    id: eventFields.id,
    type: z.string().meta({ description: "One of the event types. New ones may be added." }),
    timestamp: eventFields.timestamp,
    data: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .meta({ description: "IDs and states; the fields depend on the type." }),
  })
  .meta({ id: "Event" });
export type EventResource = z.infer<typeof eventResource>;

const sentEvent = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), timestamp: eventFields.timestamp, data });

/** The body in which an event of one type is sent. Its ID is in a header. */
export const eventOfType = <Type extends EventType>(type: Type) => sentEvent(type, eventData[type]);
export const destinationTestEvent = sentEvent(destinationTestType, destinationTestData);

/** An item of a page of events. */
export const toEventResource = (row: {
  id: string;
  type: string;
  occurredAt: Date;
  data: EventResource["data"];
}): EventResource => ({
  id: row.id,
  type: row.type,
  timestamp: row.occurredAt.toISOString(),
  data: row.data,
});

export const eventResourcePage = z
  .object({
    items: z.array(eventResource),
    nextCursor: z.string().meta({
      description: "Always present. Keep it, and send it as `cursor` to read later events.",
    }),
    hasMore: z.boolean().meta({
      description: "true if there are more events to read now. Otherwise, request again later.",
    }),
  })
  .meta({ id: "EventPage" });
export type EventResourcePage = z.infer<typeof eventResourcePage>;
