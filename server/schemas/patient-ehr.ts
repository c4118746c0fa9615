import { dateOfBirth } from "./patients";
import { heroId, rowId } from "./text";
import { z } from "./zod";

/** What is compared between Hero's record of a patient and a record of the clinical system. */
export const comparedFields = [
  "lastName",
  "firstName",
  "dateOfBirth",
  "sex",
  "nhsNumber",
  "postcode",
] as const;
const comparedField = z.enum(comparedFields, { error: "This is not a compared field." });
export type ComparedField = z.infer<typeof comparedField>;

const agreement = z.enum(["same", "different", "only_in_hero", "only_in_record", "in_neither"]);
export type Agreement = z.infer<typeof agreement>;

/** Choices and not text, which could repeat a patient's details. */
export const nonMatchReasons = {
  relative: "A relative or twin with similar details",
  same_details: "Another person with the same name or date of birth",
  patient_says: "The patient says that it is not theirs",
  practice_says: "The practice says that it is another person",
} as const;
const nonMatchReason = z.enum(["relative", "same_details", "patient_says", "practice_says"], {
  error: "Select why this is not the same person.",
});
export type NonMatchReason = z.infer<typeof nonMatchReason>;

const patientInput = {
  practiceId: rowId,
  patientId: heroId("Enter the Hero patient ID. It has only digits."),
};

/** `dateOfBirth` comes from the person's own source and is compared before anything is shown. */
export const compareWithEhrInput = z.object({ ...patientInput, dateOfBirth });
export type CompareWithEhrInput = z.infer<typeof compareWithEhrInput>;

const fingerprint = z
  .string({ error: "Select a clinical record." })
  .regex(/^[0-9a-f]{64}$/, { error: "Select a clinical record." });

/** Which record the page showed, and what both records said then. */
const shownCandidate = { candidateKey: fingerprint, recordsKey: fingerprint };

export const connectToEhrInput = z.object({
  ...patientInput,
  dateOfBirth,
  ...shownCandidate,
  operationId: rowId,
  /** The differences that the person has seen and confirmed. */
  confirmedDifferences: z
    .array(comparedField, { error: "Confirm the differences again." })
    .max(comparedFields.length, { error: "Confirm the differences again." }),
});
export type ConnectToEhrInput = z.infer<typeof connectToEhrInput>;

export const rejectEhrCandidateInput = z.object({
  ...patientInput,
  dateOfBirth,
  ...shownCandidate,
  reason: nonMatchReason,
});
export type RejectEhrCandidateInput = z.infer<typeof rejectEhrCandidateInput>;

export const restoreEhrCandidateInput = z.object({ ...patientInput, candidateKey: fingerprint });
export type RestoreEhrCandidateInput = z.infer<typeof restoreEhrCandidateInput>;

/** Shown for comparison and never stored. Of the NHS number only the last four digits. */
const comparedRecord = z.object({
  name: z.string().nullable(),
  dateOfBirth: z.string().nullable(),
  sex: z.string().nullable(),
  nhsNumberEnding: z.string().nullable(),
  /** Null for a restricted record too, like everything that tells where somebody lives. */
  address: z.string().nullable(),
  isLocationHidden: z.boolean(),
});
export type ComparedRecord = z.infer<typeof comparedRecord>;

const nonMatchView = z.object({
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  /** False once either record has changed since: the decision no longer counts. */
  isCurrent: z.boolean(),
});

const ehrCandidateView = z.object({
  candidateKey: z.string(),
  recordsKey: z.string(),
  record: comparedRecord,
  comparison: z.array(z.object({ field: comparedField, agreement })),
  /** Must be confirmed before connecting. */
  differences: z.array(comparedField),
  status: z.enum(["can_be_connected", "other_patient", "deceased", "no_id"]),
  /** The other Hero patient who is connected to this record. */
  heroPatientId: z.string().nullable(),
  nonMatch: nonMatchView.nullable(),
});
export type EhrCandidateView = z.infer<typeof ehrCandidateView>;

/** A connection that was sent and that Hero's record does not show. */
const unfinishedConnection = z.object({
  state: z.enum(["pending", "accepted", "unknown"]),
  createdBy: z.string(),
  sentAt: z.string(),
});
export type UnfinishedConnection = z.infer<typeof unfinishedConnection>;

export const ehrComparison = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("listed"),
    patient: comparedRecord,
    /** In Hero's order. */
    candidates: z.array(ehrCandidateView),
    isComplete: z.boolean(),
    connection: unfinishedConnection.nullable(),
  }),
  z.object({ outcome: z.literal("connected") }),
  z.object({ outcome: z.literal("refused"), reason: z.string() }),
  z.object({ outcome: z.literal("could_not_be_checked"), reason: z.string() }),
  /** Hero refuses candidates to this practice's key. */
  z.object({ outcome: z.literal("not_allowed"), reason: z.string() }),
  z.object({ outcome: z.literal("could_not_be_listed"), reason: z.string() }),
]);
export type EhrComparison = z.infer<typeof ehrComparison>;

/**
 * `connected`: Hero's record shows it. `accepted`: Hero said yes and does not show it yet. `unknown`: the
 * reply was lost. `in_progress`: another request is being sent. `changed`: the records are not what was
 * shown; nothing was sent. `refused`: nothing was sent. `failed`: Hero did not connect them.
 */
export const ehrConnectionResult = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.enum(["connected", "accepted", "in_progress", "changed"]) }),
  z.object({ outcome: z.enum(["unknown", "failed", "refused"]), reason: z.string() }),
]);
export type EhrConnectionResult = z.infer<typeof ehrConnectionResult>;

export const ehrCandidateDecision = z.object({ outcome: z.enum(["saved", "changed"]) });
export type EhrCandidateDecision = z.infer<typeof ehrCandidateDecision>;
