import { linkKind } from "./links/fields";
import { linkState } from "./links/view";
import { heroId, rowId } from "./text";
import { z } from "./zod";

/** A patient of a practice, by Hero's ID. */
export const patientRecordInput = z.object({
  practiceId: rowId,
  patientId: heroId("Enter the Hero patient ID. It has only digits."),
});
export type PatientRecordInput = z.infer<typeof patientRecordInput>;

export const createFileLinkInput = patientRecordInput.extend({
  /** Hero documents no pattern. */
  fileId: z
    .string({ error: "Select a file." })
    .trim()
    .regex(/^[A-Za-z0-9._:-]{1,100}$/, { error: "Select a file from the list." }),
});
export type CreateFileLinkInput = z.infer<typeof createFileLinkInput>;

/** What a person must know before they act. Read from Hero each time. */
const patientStates = ["deceased", "archived", "restricted", "not_in_ehr"] as const;
export type PatientState = (typeof patientStates)[number];

/** Whether a person can start something for a patient now, and if not, why. */
const availability = z.object({
  isAvailable: z.boolean(),
  reason: z.string().nullable(),
});
export type Availability = z.infer<typeof availability>;

/** A link for the patient. `isHeld`: nothing may be sent with it until a person releases it. */
const patientLink = z.object({
  id: z.string(),
  title: z.string(),
  kind: linkKind,
  state: linkState,
  isHeld: z.boolean(),
  expiresOn: z.string(),
  createdAt: z.string(),
});
export type PatientLink = z.infer<typeof patientLink>;

/** Without a place and a practitioner for a restricted patient. */
const patientAppointment = z.object({
  id: z.string(),
  state: z.enum(["pending", "reserved", "booked", "cancelled", "lapsed", "failed", "unknown"]),
  appointmentTypeName: z.string(),
  locationName: z.string().nullable(),
  practitionerName: z.string().nullable(),
  startsAt: z.string(),
  durationMinutes: z.number(),
});
export type PatientAppointment = z.infer<typeof patientAppointment>;

const knownItems = {
  patientId: z.string(),
  practice: z.object({ id: z.string(), name: z.string() }),
  /** The newest, at most 50 of each. */
  links: z.array(patientLink),
  appointments: z.array(patientAppointment),
};

/**
 * A patient's page. Identifiers are masked; `showIdentifiers` returns them. `merged_elsewhere`: Hero answers this
 * ID with another record, `otherId`, or with nothing.
 */
export const patientRecord = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("found"),
    ...knownItems,
    /** Null where Hero reported nothing. The postcode of a restricted patient is null as well. */
    masked: z.object({
      name: z.string().nullable(),
      dateOfBirth: z.string().nullable(),
      nhsNumber: z.string().nullable(),
      postcode: z.string().nullable(),
    }),
    states: z.array(z.enum(patientStates)),
    actions: z.object({
      book: availability,
      invite: availability,
      message: availability,
      connect: availability,
      merge: availability,
      files: availability,
    }),
  }),
  z.object({
    outcome: z.literal("merged_elsewhere"),
    ...knownItems,
    otherId: z.string().nullable(),
    detectedAt: z.string(),
    /** Whether links and appointments are still held. */
    isHeld: z.boolean(),
  }),
]);
export type PatientRecord = z.infer<typeof patientRecord>;
export type FoundPatientRecord = Extract<PatientRecord, { outcome: "found" }>;

/** Shown on request. Null where Hero reported nothing, and what reveals where a restricted patient lives. */
export const patientIdentifiers = z.object({
  name: z.string().nullable(),
  dateOfBirth: z.string().nullable(),
  nhsNumber: z.string().nullable(),
  postcode: z.string().nullable(),
  address: z.string().nullable(),
  mobile: z.string().nullable(),
  email: z.string().nullable(),
});
export type PatientIdentifiers = z.infer<typeof patientIdentifiers>;

/** Files in the clinical record. `isComplete` is false when Hero counts more than it sent. */
export const patientFiles = z.object({
  files: z.array(
    z.object({ id: z.string(), name: z.string().nullable(), createdAt: z.string().nullable() }),
  ),
  isComplete: z.boolean(),
});
export type PatientFiles = z.infer<typeof patientFiles>;

/** `unknown`: Hero's reply was lost. A link may exist, but nobody has its address. */
export const fileLinkResult = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("created"),
    url: z.string(),
    /** The last day on which it works. */
    expiresOn: z.string(),
    maxUses: z.number(),
  }),
  z.object({ outcome: z.literal("unknown"), reason: z.string() }),
  z.object({ outcome: z.literal("failed"), reason: z.string() }),
]);
export type FileLinkResult = z.infer<typeof fileLinkResult>;
