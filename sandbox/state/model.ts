import type {
  Address,
  ElementAssignment,
  Form,
  FormSummary,
  MessageChannel,
  TaskUpdate,
} from "@/server/hero/generated";

export type ClinicalSystem = "emis" | "systmone" | "private";
export type Partner = "a" | "b" | "c";
export type Scope = "booking" | "booking_links" | "messaging";

/** Belongs to one practice and one partner. */
export interface ApiKey {
  key: string;
  partner: Partner;
  practiceGroupId: string;
  scopes: Scope[];
  /** Whether `auto_write_to_record` is considered; without it a message waits for approval. */
  mayWriteToRecord: boolean;
}

export interface LocationRecord {
  id: string;
  name: string;
  address: Required<Pick<Address, "line_1" | "town" | "postcode">>;
}

/**
 * When a clinician sees patients at a location, in minutes past midnight on the clock: a session in which
 * the clocks change is an hour shorter or longer. The weekday is 0 for Sunday.
 */
interface ClinicSession {
  weekdays: number[];
  locationId: string;
  fromMinutes: number;
  toMinutes: number;
}

export interface PractitionerRecord {
  id: string;
  title: string | null;
  firstName: string;
  lastName: string;
  practitionerType: string;
  appointmentTypeIds: string[];
  sessions: ClinicSession[];
}

export interface AppointmentTypeRecord {
  id: string;
  name: string;
  durationMinutes: number;
  sector: "nhs" | "paid";
  /** Pounds. */
  price: number;
  inPerson: boolean;
  telephone: boolean;
  video: boolean;
  practitionerType: string;
  formId: string | null;
}

export type FormRecord = Form & FormSummary;

export interface Practice {
  practiceGroupId: string;
  /** 1 to 9; part of the ids of the practice's records. */
  ordinal: number;
  slug: string;
  name: string;
  system: ClinicalSystem;
  network: string | null;
  odsCode: string | null;
  telephone: string;
  address: LocationRecord["address"] & Omit<Address, "country">;
  /** Shown to patients before they book. */
  preBookingNotice: string[];
  capabilities: string[];
  elements: ElementAssignment[];
  locations: LocationRecord[];
  practitioners: PractitionerRecord[];
  appointmentTypes: AppointmentTypeRecord[];
  forms: FormRecord[];
}

/** A person in the stand-in for the NHS Spine, or as a practice or its clinical system recorded them. */
export interface Person {
  /** Empty when a practice recorded none. */
  nhsNumber: string;
  /** `YYYY-MM-DD`. */
  dateOfBirth: string;
  title: string;
  firstName: string;
  lastName: string;
  sex: "Male" | "Female" | "Not known";
  email: string;
  mobile: string;
  addressLine: string;
  town: string;
  postcode: string;
  /** Tracing is not enough to identify them: registration returns a login address. */
  needsLogin: boolean;
  isRestricted: boolean;
  deceasedOn: string | null;
  /** `YYYY-MM-DD`. */
  sexChangedOn?: string;
  notes?: string;
  /** Of `patient-cases.ts`, or from a practice's own details: not in the list of test patients. */
  isCase?: true;
  /** Numbers that the Spine replaced with `nhsNumber`. */
  supersededNhsNumbers?: string[];
  /** Whether they open messages in the NHS App, which they do a minute later. */
  opensNhsApp?: boolean;
  /** Why tracing does not say who they are, though they exist. */
  traceFailure?: "several" | "queued";
}

/** A person's record at one practice group. */
export interface PatientRecord {
  id: string;
  practiceGroupId: string;
  person: Person;
  dataSource: "hero" | "emis" | "pds" | "systm_one";
  isArchived: boolean;
  /** The record in the practice's clinical system that it is connected to. */
  ehrPartnerId: string | null;
  mergedInto: MergedInto | null;
  /** False while connections and merges are accepted but cannot be read yet. */
  showsChanges: boolean;
  hiddenChange: RecordChange;
}

interface MergedInto {
  patientId: string;
  /** How Hero answers for the old id, which it does not document. */
  reply: "other_id" | "empty_list";
}

/** What connecting and merging change in a record. */
export type RecordChange = Partial<Pick<PatientRecord, "ehrPartnerId" | "mergedInto">>;

/** A record in a practice's clinical system. */
export interface EhrRecord {
  ehrPartnerId: string;
  practiceGroupId: string;
  person: Person;
  /** Hero patients that it is offered to, besides those with the same NHS number. */
  candidateFor: string[];
}

/** What a preview allowed to be merged, once. */
export interface MergePermit {
  practiceGroupId: string;
  mainId: string;
  incomingId: string;
  expiresAtMs: number;
}

export interface AttachmentRecord {
  id: string;
  patientId: string;
  name: string;
  createdAt: string;
}

/** A link to one file. */
export interface AttachmentLinkRecord {
  /** As a message names it. */
  uuid: string;
  practiceGroupId: string;
  patientId: string | null;
  fileName: string;
  /** The size of what was uploaded; null for a file of the record. */
  bytes: number | null;
  /** The last day, in London; null without one. */
  expiresOn: string | null;
  maxUses: number | null;
  uses: number;
}

export interface LinkRecord {
  id: string;
  kind: "booking" | "form" | "video";
  code: string;
  practiceGroupId: string;
  appointmentTypeId: string | null;
  locationId: string | null;
  practitionerId: string | null;
  formId: string | null;
  /** Set for a patient invite, null for a generic link. */
  patientId: string | null;
  /** First and last date offered, inclusive, `YYYY-MM-DD`. */
  slotsFrom: string | null;
  slotsTo: string | null;
  /** The link works until the end of this date in London. */
  expiresOn: string | null;
  maxUses: number | null;
  uses: number;
  opens: number;
  failedAttempts: number;
  isLocked: boolean;
  createdAtMs: number;
  /** Of the key that created it (`keySuffix`): which registrations hear of it. */
  keySuffix: string;
}

/** A reservation or booking; `appointmentState` derives its state. Cancelling is final. */
export interface AppointmentRecord {
  id: string;
  practiceGroupId: string;
  patientId: string | null;
  practitionerId: string;
  locationId: string;
  appointmentTypeId: string;
  durationMinutes: number;
  startAtMs: number;
  linkId: string | null;
  reservedUntilMs: number | null;
  confirmedAtMs: number | null;
  cancelledAtMs: number | null;
  suppressMail: boolean;
  /** Of the key that created it or its link: which registrations hear of it. */
  keySuffix: string;
}

export interface FormResponseRecord {
  id: string;
  practiceGroupId: string;
  formId: string | null;
  patientId: string | null;
  linkId: string;
  createdAtMs: number;
}

/** A task in the practice's inbox. */
export interface TaskRecord {
  id: string;
  practiceGroupId: string;
  patientId: string;
  label: string;
  category: string;
  status: NonNullable<TaskUpdate["status"]>;
  priority: NonNullable<TaskUpdate["priority"]>;
  assignee: { type: NonNullable<TaskUpdate["assignee_type"]>; id: string } | null;
  /** What the patient wrote. */
  details: string | null;
  formResponseId: string | null;
  linkId: string | null;
  messageId: string | null;
  createdAtMs: number;
}

/** A registration: one address for one event type of a practice. */
export interface WebhookRecord {
  id: string;
  practiceGroupId: string;
  keySuffix: string;
  eventType: string;
  url: string;
  /** Without one, deliveries are not signed. */
  signingKey: string | null;
  headers: Record<string, string> | null;
  /** Whether its deliveries are of the second dialect. */
  hasSecondDialect: boolean;
  createdAtMs: number;
}

/** A message to a patient; `messageStatus` derives its status from the clock. */
export interface MessageRecord {
  id: string;
  practiceGroupId: string;
  patientId: string;
  channel: MessageChannel;
  text: string;
  via: "api" | "element";
  submittedBy: string;
  adminId: string | null;
  createdAtMs: number;
  sendAtMs: number | null;
  /** The number or address; null in the NHS App and for a note. */
  contact: string | null;
  /** Where it goes an hour later when it was not opened in the NHS App. */
  fallback: { channel: "sms" | "email"; contact: string } | null;
  opensNhsApp: boolean;
  linkId: string | null;
  attachmentUuid: string | null;
  /** The batch that it belongs to. */
  batchId: string | null;
  recordWrite: RecordWriteRecord | null;
}

/** One text for many patients; `batchStatus` derives its status from the clock. */
export interface BatchRecord {
  id: string;
  practiceGroupId: string;
  name: string;
  channel: "sms" | "email" | "nhs_app";
  subject: string | null;
  content: string;
  submittedBy: string;
  /** Of the key that created it (`keySuffix`): only keys with the same one list it. */
  keySuffix: string;
  createdAtMs: number;
  /** Null until it is sent. */
  sentAtMs: number | null;
  /** Whether Hero failed halfway through it. */
  isStuck: boolean;
  recipients: BatchRecipientRecord[];
  messageIds: string[];
}

export interface BatchRecipientRecord {
  id: string;
  /** As they were sent; empty for a recipient that was named by ID. */
  nhsNumber: string;
  dateOfBirth: string;
  patientId: string | null;
  outcome: "ENRICHED" | "ENRICHMENT_ERROR" | "INVALID_PAYLOAD";
  /** Whether a message to them was created. */
  isQueued?: true;
}

/** What a message adds to the patient's record. */
export interface RecordWriteRecord {
  snomedCode: string;
  snomedTerm: string;
  /** Null until a person of the practice has approved it; at once when no approval is needed. */
  approvedAtMs: number | null;
}

/** A bookable slot of one clinician for one appointment type. */
export interface SlotRecord {
  id: string;
  practitionerId: string;
  appointmentTypeId: string;
  locationId: string;
  startAtMs: number;
  finishAtMs: number;
  /** In London. */
  date: string;
}

/** What patients are added to: the part of the sandbox's state that `sandbox-state.ts` fills at a reset. */
export interface PatientStore {
  people: Person[];
  patients: Map<string, PatientRecord>;
  ehrRecords: Map<string, EhrRecord>;
  attachments: Map<string, AttachmentRecord>;
  nextId(kind: "casePatient" | "attachment"): string;
}
