import "server-only";
import { sql } from "drizzle-orm";
import { check, index, pgEnum, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { timestamptz, tenantPolicy } from "../columns";
import { approvals } from "./approvals";
import { practices } from "./practices";
import { scopeColumns, scopedForeignKey, scopedPrimaryKey } from "./scope-columns";

export const mergeOutcome = pgEnum("merge_outcome", [
  "requested",
  "pending",
  "accepted",
  "merged",
  "failed",
  "unknown",
]);

/**
 * A merge of two records of one practice. `requested` (waits for a second person) → `pending` (sent to
 * Hero) → `merged` (seen by reading both records) | `accepted` (Hero said yes, reading does not show it
 * yet) | `failed` (certainly not merged) | `unknown` (the reply was lost). A refused or expired request
 * stays `requested`; its approval says so.
 *
 * Patient IDs are Hero's. `previewFingerprint` is a keyed hash of the preview that was compared; no details
 * of a patient are stored.
 */
export const patientMerges = pgTable(
  "patient_merges",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    practiceId: uuid("practice_id").notNull(),
    approvalId: uuid("approval_id").notNull(),
    patientId: text("patient_id").notNull(),
    otherPatientId: text("other_patient_id").notNull(),
    /** The record that the preview says remains. */
    survivorPatientId: text("survivor_patient_id").notNull(),
    previewFingerprint: text("preview_fingerprint").notNull(),
    outcome: mergeOutcome("outcome").notNull().default("requested"),
    failure: text("failure"),
    failureCode: text("failure_code"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    sentAt: timestamptz("sent_at"),
    finishedAt: timestamptz("finished_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("patient_merges_practice", t, t.practiceId, practices),
    scopedForeignKey("patient_merges_approval", t, t.approvalId, approvals),
    check("patient_merges_two_records", sql`${t.patientId} <> ${t.otherPatientId}`),
    uniqueIndex("patient_merges_operation").on(t.tenantId, t.operationId),
    // Of two merges of the same two records, in either direction, one at a time is sent.
    uniqueIndex("patient_merges_in_progress")
      .on(
        t.tenantId,
        t.environment,
        t.practiceId,
        sql`least(${t.patientId}, ${t.otherPatientId})`,
        sql`greatest(${t.patientId}, ${t.otherPatientId})`,
      )
      .where(sql`${t.outcome} in ('pending', 'accepted', 'unknown')`),
    index("patient_merges_approval_id").on(t.tenantId, t.environment, t.approvalId),
    index("patient_merges_patient").on(t.tenantId, t.environment, t.practiceId, t.patientId),
    index("patient_merges_other").on(t.tenantId, t.environment, t.practiceId, t.otherPatientId),
    tenantPolicy(),
  ],
);

export const connectionOutcome = pgEnum("connection_outcome", [
  "pending",
  "accepted",
  "connected",
  "failed",
  "unknown",
]);

/**
 * A connection of a patient to a record of the clinical system. `pending` (sent to Hero) → `connected`
 * (seen by reading the patient) | `accepted` (Hero said yes, reading does not show it yet) | `failed`
 * (certainly not connected) | `unknown` (the reply was lost). One that is pending for minutes is unknown:
 * its process has died. Sent to the same record again by a person, a row is `pending` once more.
 *
 * `candidateFingerprint` is a keyed hash of the record's ID in the clinical system.
 */
export const patientConnections = pgTable(
  "patient_connections",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    practiceId: uuid("practice_id").notNull(),
    patientId: text("patient_id").notNull(),
    candidateFingerprint: text("candidate_fingerprint").notNull(),
    outcome: connectionOutcome("outcome").notNull().default("pending"),
    failureCode: text("failure_code"),
    createdBy: uuid("created_by").notNull(),
    sentAt: timestamptz("sent_at").notNull().defaultNow(),
    finishedAt: timestamptz("finished_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("patient_connections_practice", t, t.practiceId, practices),
    uniqueIndex("patient_connections_operation").on(t.tenantId, t.operationId),
    // A patient is connected to one record at a time.
    uniqueIndex("patient_connections_in_progress")
      .on(t.tenantId, t.environment, t.practiceId, t.patientId)
      .where(sql`${t.outcome} in ('pending', 'accepted', 'unknown')`),
    tenantPolicy(),
  ],
);

export const registrationOutcome = pgEnum("registration_outcome", [
  "pending",
  "accepted",
  "registered",
  "failed",
  "unknown",
]);

/**
 * A registration of a patient from their own details, sent once for an operation ID. `pending` (sent to
 * Hero) → `registered` (Hero's record has the details) | `accepted` (Hero gave an ID, its record does not
 * show the details) | `failed` (certainly not registered) | `unknown` (the reply was lost; only it had the
 * ID). One that is pending for minutes is unknown: its process has died.
 *
 * `requestHash` is a keyed hash of the details; they are not stored.
 */
export const patientRegistrations = pgTable(
  "patient_registrations",
  {
    ...scopeColumns(),
    id: uuid("id").notNull(),
    operationId: uuid("operation_id").notNull(),
    requestHash: text("request_hash").notNull(),
    practiceId: uuid("practice_id").notNull(),
    outcome: registrationOutcome("outcome").notNull().default("pending"),
    patientId: text("patient_id"),
    failure: text("failure"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
    finishedAt: timestamptz("finished_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.id]),
    scopedForeignKey("patient_registrations_practice", t, t.practiceId, practices),
    uniqueIndex("patient_registrations_operation").on(t.tenantId, t.operationId),
    tenantPolicy(),
  ],
);

/**
 * A clinical record that a person said is not this patient's. Both are keyed hashes: of the record's ID,
 * and of what both records said at the time, so that the decision no longer counts once either changes.
 */
export const patientNonMatches = pgTable(
  "patient_non_matches",
  {
    ...scopeColumns(),
    practiceId: uuid("practice_id").notNull(),
    patientId: text("patient_id").notNull(),
    candidateFingerprint: text("candidate_fingerprint").notNull(),
    recordsFingerprint: text("records_fingerprint").notNull(),
    reason: text("reason").notNull(),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (t) => [
    scopedPrimaryKey(
      t,
      [t.practiceId, t.patientId, t.candidateFingerprint],
      "patient_non_matches_pk",
    ),
    scopedForeignKey("patient_non_matches_practice", t, t.practiceId, practices),
    tenantPolicy(),
  ],
);

/**
 * A patient ID that Hero answers with another one, or with nothing: the record was merged. Links and
 * appointments of this ID are held until a person has looked at them and releases them. `replacedBy` is
 * null while no reply of Hero has named the record that remains.
 */
export const replacedPatients = pgTable(
  "replaced_patients",
  {
    ...scopeColumns(),
    practiceId: uuid("practice_id").notNull(),
    patientId: text("patient_id").notNull(),
    replacedBy: text("replaced_by"),
    detectedAt: timestamptz("detected_at").notNull().defaultNow(),
    releasedBy: uuid("released_by"),
    releasedAt: timestamptz("released_at"),
  },
  (t) => [
    scopedPrimaryKey(t, [t.practiceId, t.patientId], "replaced_patients_pk"),
    scopedForeignKey("replaced_patients_practice", t, t.practiceId, practices),
    tenantPolicy(),
  ],
);
