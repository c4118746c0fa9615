import { z } from "./zod";

/**
 * Hero's event types, as far as they are known (assumption 64). Unknown ones are accepted and kept.
 * `effect` says what the portal does when one arrives: it reads the object again, or keeps the delivery.
 */
export const heroEventTypes = {
  "appointment.confirmed": { label: "Appointment booked", object: "Appointment", effect: "reads" },
  "appointment.cancelled": {
    label: "Appointment cancelled",
    object: "Appointment",
    effect: "reads",
  },
  "appointment.rescheduled": { label: "Appointment moved", object: "Appointment", effect: "reads" },
  "form-submission.created": {
    label: "Form submitted",
    object: "FormSubmission",
    effect: "reads",
  },
  "prescription.issued": { label: "Prescription issued", object: "Prescription", effect: "keeps" },
  "patient.medical-record-updated": {
    label: "Medical record updated",
    object: "Patient",
    effect: "keeps",
  },
  "patient.added-to-sequence": {
    label: "Patient added to a sequence",
    object: "Patient",
    effect: "keeps",
  },
  "write-to-record.succeeded": { label: "Written to the record", object: null, effect: "keeps" },
  "write-to-record.failed": { label: "Not written to the record", object: null, effect: "keeps" },
} as const satisfies Record<
  string,
  { label: string; object: string | null; effect: "reads" | "keeps" }
>;
export type HeroEventType = keyof typeof heroEventTypes;
export const heroEventTypeNames = Object.keys(heroEventTypes) as [
  HeroEventType,
  ...HeroEventType[],
];
export const heroEventType = z.enum(heroEventTypeNames, {
  error: "Select event types from the list.",
});

/** The type of a delivery that the portal sends to itself. It has no effect, and proves nothing of Hero. */
export const testEventType = "portal.test";

export const isHeroEventType = (type: string): type is HeroEventType =>
  Object.hasOwn(heroEventTypes, type);

const id = (description: string, example: string) => z.string().meta({ description, example });
const practiceId = id("The portal's ID of the practice.", "6f1c2f0e-7d0b-4a55-9c0f-0e5d8a3b1c24");
const appointmentId = id("Hero's ID of the appointment.", "4821");
const link = {
  practiceId,
  linkId: id("The link.", "0199b2c4-8e1a-7c3d-9f52-3b7a1c0d4e6f"),
  kind: z.enum(["booking", "form"]).meta({ description: "What the link is for." }),
  reference: z
    .string()
    .nullable()
    .meta({ description: "Your own reference of the link.", example: "letters-0042" }),
};
const heroObject = {
  practiceId,
  objectType: z
    .string()
    .nullable()
    .meta({ description: "Hero's type of the object.", example: "Appointment" }),
  objectId: z
    .string()
    .nullable()
    .meta({ description: "Hero's ID of the object.", example: "4821" }),
};

/**
 * The events that partners' systems are told of, each with the fields of its `data`: IDs and states, nothing
 * about a patient. Hero's own types begin with `hero.` and are told as they came.
 */
export const eventTypes = {
  "link.created": { label: "A link was created", data: z.object(link) },
  "link.opened": { label: "A link was opened for the first time", data: z.object(link) },
  "link.booked": {
    label: "A patient booked with a link",
    data: z.object({ ...link, appointmentId }),
  },
  "link.cancelled": {
    label: "A booking made with a link was cancelled",
    data: z.object({ ...link, appointmentId }),
  },
  "link.expired": { label: "A link expired", data: z.object(link) },
  "link.resolved": {
    label: "An unknown link was resolved",
    data: z.object({
      ...link,
      outcome: z.enum(["active", "failed"]).meta({ description: "Created, or certainly not." }),
    }),
  },
  "bulk_upload.finished": {
    label: "A bulk upload finished",
    data: z.object({
      bulkUploadId: id("The bulk upload.", "0199b2c4-8e1a-7c3d-9f52-3b7a1c0d4e70"),
    }),
  },
  "practice.key_refused": {
    label: "Hero no longer accepts a practice's key",
    data: z.object({ practiceId }),
  },
  "hero.appointment.confirmed": {
    label: "Hero: appointment booked",
    data: z.object(heroObject),
  },
  "hero.appointment.cancelled": {
    label: "Hero: appointment cancelled",
    data: z.object(heroObject),
  },
  "hero.appointment.rescheduled": {
    label: "Hero: appointment moved",
    data: z.object(heroObject),
  },
  "hero.form-submission.created": { label: "Hero: form submitted", data: z.object(heroObject) },
  "hero.prescription.issued": { label: "Hero: prescription issued", data: z.object(heroObject) },
  "hero.patient.medical-record-updated": {
    label: "Hero: medical record updated",
    data: z.object(heroObject),
  },
  "hero.patient.added-to-sequence": {
    label: "Hero: patient added to a sequence",
    data: z.object(heroObject),
  },
  "hero.write-to-record.succeeded": {
    label: "Hero: written to the record",
    data: z.object(heroObject),
  },
  "hero.write-to-record.failed": {
    label: "Hero: not written to the record",
    data: z.object(heroObject),
  },
} as const;
export type EventType = keyof typeof eventTypes;
export type EventData<Type extends EventType> = z.infer<(typeof eventTypes)[Type]["data"]>;
export const eventTypeNames = Object.keys(eventTypes) as [EventType, ...EventType[]];
export const eventType = z.enum(eventTypeNames, { error: "Select event types from the list." });
