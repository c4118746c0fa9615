import type {
  Address,
  ElementAssignment,
  Form,
  FormSummary,
  MessageChannel,
} from "@/server/hero/generated";

export type ClinicalSystem = "emis" | "systmone" | "private";
export type Partner = "a" | "b" | "c";
export type Scope = "booking" | "booking_links" | "messaging";

/** One API key: it belongs to one practice and one partner. */
export interface ApiKey {
  key: string;
  partner: Partner;
  practiceGroupId: string;
  scopes: Scope[];
}

export interface LocationRecord {
  id: string;
  name: string;
  address: Required<Pick<Address, "line_1" | "town" | "postcode">>;
}

/** When a clinician sees patients: these weekdays, at this place, in minutes past midnight. */
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
  /** Used to number what belongs to the practice: 1 to 9. */
  ordinal: number;
  slug: string;
  name: string;
  system: ClinicalSystem;
  network: string | null;
  odsCode: string | null;
  telephone: string;
  address: LocationRecord["address"];
  /** Shown to patients before they book. */
  preBookingNotice: string[];
  capabilities: string[];
  elements: ElementAssignment[];
  locations: LocationRecord[];
  practitioners: PractitionerRecord[];
  appointmentTypes: AppointmentTypeRecord[];
  forms: FormRecord[];
}

/** Somebody the sandbox's stand-in for the NHS Spine knows. */
export interface Person {
  nhsNumber: string;
  /** `YYYY-MM-DD`. */
  dateOfBirth: string;
  title: string;
  firstName: string;
  lastName: string;
  sex: "Male" | "Female";
  email: string;
  mobile: string;
  addressLine: string;
  town: string;
  postcode: string;
  /** Tracing alone does not settle who this is: registration answers with a login address. */
  needsLogin: boolean;
  isRestricted: boolean;
  deceasedOn: string | null;
}

/** A person's record at one practice group. */
export interface PatientRecord {
  id: string;
  practiceGroupId: string;
  person: Person;
  dataSource: "hero" | "emis" | "pds" | "systm_one";
  isArchived: boolean;
}

export interface LinkRecord {
  id: string;
  kind: "booking" | "form";
  code: string;
  practiceGroupId: string;
  appointmentTypeId: string | null;
  locationId: string | null;
  practitionerId: string | null;
  formId: string | null;
  /** Present: an invite for this patient only. Absent: a generic link. */
  patientId: string | null;
  /** First and last day shown, both included, `YYYY-MM-DD`. */
  slotsFrom: string | null;
  slotsTo: string | null;
  /** The link works until the end of this day in London. */
  expiresOn: string | null;
  maxUses: number | null;
  uses: number;
  opens: number;
  failedAttempts: number;
  isLocked: boolean;
  createdAtMs: number;
}

/**
 * A reservation or booking. Not confirmed and `reservedUntilMs` past means it has lapsed; a
 * cancelled one never comes back.
 */
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
}

/** A message to a patient. Its status follows from the clock; see `messages.ts`. */
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
  linkId: string | null;
  isWrittenToRecord: boolean;
  snomedCode: string | null;
}

/** A bookable slot of one clinician for one appointment type. */
export interface SlotRecord {
  id: string;
  practitionerId: string;
  appointmentTypeId: string;
  locationId: string;
  startAtMs: number;
  finishAtMs: number;
  /** London's calendar day. */
  date: string;
}
