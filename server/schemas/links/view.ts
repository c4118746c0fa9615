import { z } from "../zod";
import { linkKind } from "./fields";

/**
 * Derived from the stored outcome, the limits and today's date; see `db/schema/links.ts`. `booked`: a
 * patient invite whose bookings have all been made, also after its expiry date. Other links are `used_up`.
 */
export const linkState = z.enum(
  [
    "pending",
    "live",
    "ends_soon",
    "booked",
    "used_up",
    "expired",
    "stopped",
    "closed",
    "failed",
    "unknown",
  ],
  { error: "Unknown link state." },
);
export type LinkState = z.infer<typeof linkState>;

export const namedReference = z.object({ id: z.string(), name: z.string() });

export const linkView = z.object({
  id: z.string(),
  kind: linkKind,
  audience: z.enum(["patient_invite", "generic"]),
  state: linkState,
  /** A sentence: why the link failed, is unknown or held, or could not be refreshed. */
  reason: z.string().nullable(),
  /** The error code (`server/hero/errors.ts`) of a failed or unknown link. */
  failureCode: z.string().nullable(),
  name: z.string().nullable(),
  reference: z.string().nullable(),
  tags: z.array(z.string()),
  bulkUploadId: z.string().nullable(),
  practice: z.object({
    id: z.string(),
    /** The nickname, if it has one: for the organisation's own members only. */
    name: z.string(),
    /** Its name in Hero, for patients, partners' servers and anything printed or sent. */
    publicName: z.string(),
    practiceGroupId: z.string(),
  }),
  /** Of a booking link; null on the others. */
  appointmentType: namedReference.nullable(),
  location: namedReference.nullable(),
  practitioner: namedReference.nullable(),
  /** Of a form link; null on the others. */
  form: namedReference.nullable(),
  patientId: z.string().nullable(),
  slotsFrom: z.string().nullable(),
  slotsTo: z.string().nullable(),
  expiresOn: z.string(),
  /** Null on a video link, which has no limit. */
  maxUses: z.number().nullable(),
  uses: z.number(),
  opens: z.number(),
  /** The address to share; null while pending, failed, unknown or held. */
  url: z.string().nullable(),
  /** Its patient's record was merged elsewhere, and nobody has released what was held. */
  isHeld: z.boolean(),
  operationId: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  /** When uses and opens were last read from Hero. */
  refreshedAt: z.string().nullable(),
  closedAt: z.string().nullable(),
});
export type LinkView = z.infer<typeof linkView>;

/** The outcome of each change, and the values before it, which an undo sends back. */
export const updatedLinks = z.array(
  z.object({
    linkId: z.string(),
    outcome: z.enum(["done", "same", "refused", "unknown"]),
    reason: z.string().nullable(),
    previous: z.object({ expiresOn: z.string(), isClosed: z.boolean(), tags: z.array(z.string()) }),
  }),
);
export type UpdatedLinks = z.infer<typeof updatedLinks>;

/** The portal lists so many appointments of a link, the latest. */
export const maxLinkAppointments = 100;

/** An appointment that a patient made with a link. It names no patient. */
export const linkAppointment = z.object({
  /** Hero's ID. */
  id: z.string(),
  state: z.enum(["booked", "cancelled"]),
  startsAt: z.string().nullable(),
  /** When the portal learned of each. */
  bookedAt: z.string(),
  cancelledAt: z.string().nullable(),
  rescheduledAt: z.string().nullable(),
});
export type LinkAppointment = z.infer<typeof linkAppointment>;

/** One line of a link's history, from the audit. */
export const linkEvent = z.object({
  id: z.string(),
  occurredAt: z.string(),
  actor: z.string(),
  action: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});
export type LinkEvent = z.infer<typeof linkEvent>;
