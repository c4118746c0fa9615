// Apart from the schemas, so that the browser can use it without zod.

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

/** The type of a delivery that the portal sends to itself. It has no effect, and proves nothing of Hero. */
export const testEventType = "portal.test";

export const isHeroEventType = (type: string): type is HeroEventType =>
  Object.hasOwn(heroEventTypes, type);

/**
 * The events that partners' systems receive, and what each means. Hero's own begin with `hero.` and are passed
 * on as they came.
 */
export const eventLabels = {
  "link.created": "A link was created",
  "link.opened": "A link was opened for the first time",
  "link.booked": "A patient booked with a link",
  "link.cancelled": "A booking made with a link was cancelled",
  "link.expired": "A link expired",
  "link.resolved": "An unknown link was resolved",
  "bulk_upload.finished": "A bulk upload finished",
  "message.sent": "A message was sent, or a note was saved",
  "message.delivered": "A message was delivered",
  "message.failed": "A message was not sent, or not delivered",
  "message.unknown": "It is not known whether a message was sent",
  "practice.key_refused": "Hero no longer accepts a practice's key",
  "hero.appointment.confirmed": "Hero: appointment booked",
  "hero.appointment.cancelled": "Hero: appointment cancelled",
  "hero.appointment.rescheduled": "Hero: appointment moved",
  "hero.form-submission.created": "Hero: form submitted",
  "hero.prescription.issued": "Hero: prescription issued",
  "hero.patient.medical-record-updated": "Hero: medical record updated",
  "hero.patient.added-to-sequence": "Hero: patient added to a sequence",
  "hero.write-to-record.succeeded": "Hero: written to the record",
  "hero.write-to-record.failed": "Hero: not written to the record",
} as const;
export type EventType = keyof typeof eventLabels;
export const eventTypeNames = Object.keys(eventLabels) as [EventType, ...EventType[]];

/** The type of a test event, which a person sends to one destination. It is not one of the events. */
export const destinationTestType = "destination.test";
