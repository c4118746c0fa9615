import { heroId, pageSize, rowId, textLine } from "./text";
import { z } from "./zod";

const fingerprint = z
  .string({ error: "Compare the records again." })
  .regex(/^[0-9a-f]{64}$/, { error: "Compare the records again." });

const twoRecords = {
  practiceId: rowId,
  patientId: heroId("A Hero patient ID contains only digits."),
  otherPatientId: heroId("Enter the Hero patient ID of the other record. It has only digits."),
};

const isOtherRecord = (input: { patientId: string; otherPatientId: string }) =>
  input.patientId !== input.otherPatientId;
const otherRecordError = {
  path: ["otherPatientId"],
  error: "Enter the ID of another record. This is the same one.",
};

export const previewMergeInput = z.object(twoRecords).refine(isOtherRecord, otherRecordError);
export type PreviewMergeInput = z.infer<typeof previewMergeInput>;

/** `previewFingerprint` is that of the preview that the person saw. One ID never requests twice. */
export const requestMergeInput = z
  .object({ operationId: rowId, ...twoRecords, previewFingerprint: fingerprint })
  .refine(isOtherRecord, otherRecordError);
export type RequestMergeInput = z.infer<typeof requestMergeInput>;

export const mergeIdInput = z.object({ mergeId: rowId });
export type MergeIdInput = z.infer<typeof mergeIdInput>;

export const approveMergeInput = z.object({ mergeId: rowId, previewFingerprint: fingerprint });
export type ApproveMergeInput = z.infer<typeof approveMergeInput>;

export const refuseMergeInput = z.object({
  mergeId: rowId,
  reason: textLine("a reason", 300),
});
export type RefuseMergeInput = z.infer<typeof refuseMergeInput>;

export const listMergesInput = z.object({ cursor: rowId.optional(), limit: pageSize(50) });
export type ListMergesInput = z.input<typeof listMergesInput>;

/** Why two records cannot be merged here. */
const mergeRefusalCode = z.enum([
  "no_second_person",
  "patient_refused",
  "different_nhs_numbers",
  "possible_confusion",
  "ask_the_practice",
  "hero_refused",
  "records_changed",
]);
export type MergeRefusalCode = z.infer<typeof mergeRefusalCode>;

/** A field of the records as a row; null where a record has no value. */
const mergeRow = z.object({
  label: z.string(),
  patient: z.string().nullable(),
  other: z.string().nullable(),
  result: z.string().nullable(),
  isChanged: z.boolean(),
});
export type MergeRow = z.infer<typeof mergeRow>;

/** A value of one record that the result does not have. */
const lostValue = z.object({
  label: z.string(),
  value: z.string(),
  from: z.enum(["patient", "other"]),
});

/** Both records and the result, for the screen only: nothing of it is stored. */
const mergeComparison = z.object({
  rows: z.array(mergeRow),
  lost: z.array(lostValue),
  survivorPatientId: z.string(),
  /** False when one record has no NHS number, so that only name and date of birth agree. */
  hasSameNhsNumber: z.boolean(),
  previewFingerprint: z.string(),
});
export type MergeComparison = z.infer<typeof mergeComparison>;

export const mergePreview = z.discriminatedUnion("outcome", [
  mergeComparison.extend({ outcome: z.literal("can_be_merged") }),
  z.object({
    outcome: z.literal("refused"),
    code: mergeRefusalCode,
    reason: z.string(),
  }),
  z.object({ outcome: z.literal("could_not_be_checked"), reason: z.string() }),
]);
export type MergePreview = z.infer<typeof mergePreview>;

/**
 * `waiting` for a second person, who may refuse it; `pending` while Hero works; `accepted` once Hero said
 * yes and reading does not show it; `unknown` after a lost reply.
 */
const mergeState = z.enum([
  "waiting",
  "refused",
  "withdrawn",
  "expired",
  "pending",
  "accepted",
  "merged",
  "failed",
  "unknown",
]);
export type MergeState = z.infer<typeof mergeState>;

export const mergeView = z.object({
  id: z.string(),
  practice: z.object({ id: z.string(), name: z.string() }),
  /** Hero's IDs of the two records, and of the one that remains. */
  patientId: z.string(),
  otherPatientId: z.string(),
  survivorPatientId: z.string(),
  state: mergeState,
  requestedBy: z.string(),
  isOwnRequest: z.boolean(),
  requestedAt: z.string(),
  expiresAt: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  /** Why it was refused, in the words of the person who refused. */
  refusalReason: z.string().nullable(),
  /** Why it failed, or why its state is not known. */
  failure: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type MergeView = z.infer<typeof mergeView>;

export const mergePage = z.object({
  items: z.array(mergeView),
  nextCursor: z.string().nullable(),
});
export type MergePage = z.infer<typeof mergePage>;

/** `hasSecondPerson`: whether a colleague could approve a request of this person. */
export const mergeSummary = z.object({ waitingForYou: z.number(), hasSecondPerson: z.boolean() });
export type MergeSummary = z.infer<typeof mergeSummary>;
