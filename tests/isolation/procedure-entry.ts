import type { Role } from "@/server/schemas/permissions";
import type { InvalidValue } from "./invalid-values";

/** A tenant's own records, used in inputs. */
export type TenantFixture = {
  practiceId: string;
  credentialId: string;
  practiceGroupId: string;
  apiKey: string;
  /** Another practice of the same Hero network, not connected. */
  networkPracticeGroupId: string;
  /** A practice outside that network with its own key, not connected. */
  spare: { practiceGroupId: string; apiKey: string };
  choice: { appointmentTypeId: string; locationId: string };
  formId: string;
  /** Hero's ID of a patient who may be contacted. */
  patientId: string;
  patientDateOfBirth: string;
  /** A patient with a file in the clinical record. */
  patientWithFileId: string;
  fileId: string;
  linkId: string;
  /** A link for tests to close. */
  closableLinkId: string;
  /** Unknown links: one to be resolved by a person, one by reading. */
  unknownLinkId: string;
  reconcilableLinkId: string;
  viewId: string;
  /** Bulk uploads that are incomplete, ready and running. */
  openBulkUploadId: string;
  completeBulkUploadId: string;
  runningBulkUploadId: string;
  /** A booked appointment, a held time, and a merge that waits for a second person. */
  appointmentId: string;
  heldAppointmentId: string;
  mergeId: string;
  /** A message that waits until a far time, a template, a file, and the review of a message. */
  messageId: string;
  messageOperationId: string;
  messageTemplateId: string;
  messageAttachmentId: string;
  messageFingerprint: string;
  /** Batches: one without recipients, one that can be checked, one that was checked, and one that was sent. */
  openBatchId: string;
  completeBatchId: string;
  batchId: string;
  batchOperationId: string;
  sentBatchId: string;
  /** Batches that the admin requested, one that the owner did, one to send, and one that is being sent. */
  approvableBatchId: string;
  refusableBatchId: string;
  requestedBatchId: string;
  sendableBatchId: string;
  runningBatchId: string;
  /** A form that was sent through the link, and Hero's task about it. */
  formResponseId: string;
  taskId: string;
  /** Hero's ID of a message that it sends by itself. */
  automatedMessageId: string;
  /** An endpoint at which a delivery arrived, and an event that was sent to a destination. */
  endpointId: string;
  registrationId: string;
  deliveryId: string;
  eventId: string;
  destinationId: string;
  secretId: string;
  /** Requests of the admin that the owner can approve and refuse, and a merge whose reply was lost. */
  approvableMerge: { mergeId: string; previewFingerprint: string };
  refusableMergeId: string;
  unknownMergeId: string;
  /** Two records that can be merged. */
  mergePair: { patientId: string; otherPatientId: string; previewFingerprint: string };
  operationId: string;
  auditId: string;
  apiKeyId: string;
  placementId: string;
  /** The version of an element's script, which belongs to no tenant. */
  script: { url: string; sha256: string };
};

type Input = Record<string, unknown>;

/**
 * What another tenant's ID in an input gives:
 * `refused` – "not found", as for an unknown id;
 * `empty` – the same response as for an unknown id;
 * `own space` – the caller chooses the id, which has meaning in its own tenant only.
 */
type ForeignIdOutcome = "refused" | "empty" | "own space";

type BaseEntry = {
  kind: "query" | "mutation" | "subscription";
  /** A valid input; absent when the procedure has none. */
  input?: (fixture: TenantFixture) => Input;
  /** Every field that names a row. */
  ids?: Record<string, ForeignIdOutcome>;
  /** Unusual values that a field accepts; all others are rejected at the field. */
  accepts?: Record<string, readonly InvalidValue[]>;
};

export type PortalEntry = BaseEntry & {
  /** Written out, so that widening a permission fails here. */
  roles: readonly Role[];
};

export type AccountEntry = BaseEntry & { access: "anybody" | "signed in" };
