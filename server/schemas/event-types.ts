import { type EventType, eventTypeNames, heroEventTypeNames } from "./event-catalogue";
import { z } from "./zod";

export const heroEventType = z.enum(heroEventTypeNames, {
  error: "Select event types from the list.",
});

const id = (description: string, example: string) => z.string().meta({ description, example });
const practiceId = id("The portal's ID of the practice.", "6f1c2f0e-7d0b-4a55-9c0f-0e5d8a3b1c24");
const appointmentId = id("Hero's ID of the appointment.", "4821");
const link = {
  practiceId,
  linkId: id("The link.", "0199b2c4-8e1a-7c3d-9f52-3b7a1c0d4e6f"),
  kind: z.enum(["booking", "form", "video"]).meta({ description: "What the link is for." }),
  reference: z
    .string()
    .nullable()
    .meta({ description: "Your own reference for the link.", example: "letters-0042" }),
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

const message = {
  practiceId,
  messageId: id("The portal's ID of the message.", "0199b2c4-8e1a-7c3d-9f52-3b7a1c0d4e71"),
  channel: z.enum(["nhs_app", "sms", "email", "note"]).meta({
    description:
      "The channel that was selected. A `note` is saved in Hero and reaches nobody, so it is never delivered.",
  }),
};

/** The fields of the `data` of each event: IDs and states, nothing about a patient. */
export const eventData = {
  "link.created": z.object(link),
  "link.opened": z.object(link),
  "link.booked": z.object({ ...link, appointmentId }),
  "link.cancelled": z.object({ ...link, appointmentId }),
  "link.expired": z.object(link),
  "link.resolved": z.object({
    ...link,
    outcome: z
      .enum(["active", "failed"])
      .meta({ description: "`active`: the link was created. `failed`: it was not." }),
  }),
  "bulk_upload.finished": z.object({
    bulkUploadId: id("The bulk upload.", "0199b2c4-8e1a-7c3d-9f52-3b7a1c0d4e70"),
  }),
  "message.sent": z.object(message),
  "message.delivered": z.object(message),
  "message.failed": z.object(message),
  "message.unknown": z.object(message),
  "practice.key_refused": z.object({ practiceId }),
  "hero.appointment.confirmed": z.object(heroObject),
  "hero.appointment.cancelled": z.object(heroObject),
  "hero.appointment.rescheduled": z.object(heroObject),
  "hero.form-submission.created": z.object(heroObject),
  "hero.prescription.issued": z.object(heroObject),
  "hero.patient.medical-record-updated": z.object(heroObject),
  "hero.patient.added-to-sequence": z.object(heroObject),
  "hero.write-to-record.succeeded": z.object(heroObject),
  "hero.write-to-record.failed": z.object(heroObject),
} as const satisfies Record<EventType, unknown>;
export type EventData<Type extends EventType> = z.infer<(typeof eventData)[Type]>;
/** The fields of the `data` of a test event. */
export const destinationTestData = z.object({
  destinationId: id("The destination.", "0199b2c4-8e1a-7c3d-9f52-3b7a1c0d4e71"),
});
export const eventType = z.enum(eventTypeNames, { error: "Select event types from the list." });
