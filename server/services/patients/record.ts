import "server-only";
import { and, desc, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { appointments } from "@/db/schema/appointments";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { HeroPatient } from "../../hero/patients";
import { maskBirthDate, maskName, maskNhsNumber, maskPostcode } from "../../schemas/patient-mask";
import type {
  Availability,
  FoundPatientRecord,
  PatientAppointment,
  PatientIdentifiers,
  PatientLink,
  PatientRecord,
  PatientRecordInput,
  PatientState,
} from "../../schemas/patient-record";
import { videoLinkSubject } from "../../schemas/links/rules";
import type { TenantContext } from "../../tenancy/context";
import { hasPermission, requirePermission } from "../../tenancy/permissions";
import { type Permission, whoCan } from "../../schemas/permissions";
import { recordAudit } from "../audit";
import { selectLinkViews } from "../links/view";
import {
  actionPermissions,
  decideAction,
  type PatientAction,
  toDateOfBirth,
  toNhsNumber,
} from "./check";
import { readPatientForPerson } from "./read-patient";
import { loadReplacedPatient } from "./replaced";

const maxListed = 50;

/**
 * A patient's page: their record, read from Hero now and not stored, and the links and appointments that
 * the portal knows of. The audit row has Hero's ID only.
 *
 * @throws NotFoundError unless this practice has the patient
 * @throws HeroError, RateLimitedError
 */
export async function openPatientRecord(
  ctx: TenantContext,
  input: PatientRecordInput,
): Promise<PatientRecord> {
  requirePermission(ctx, "patients.read");
  const { practiceId, patientId } = input;
  return readPatientForPerson(ctx, input, async (tx, practice, reading) => {
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    const isRestricted = reading.outcome === "merged_elsewhere" || reading.patient.restricted;
    // Sent together, so that they take one round trip.
    const [links, appointments] = await Promise.all([
      selectPatientLinks(tx, ctx, input),
      selectPatientAppointments(tx, ctx, input, isRestricted),
      recordAudit(tx, ctx, "patient.opened", subject, { patientId }),
    ]);
    const known = {
      patientId,
      practice: { id: practiceId, name: practice.name },
      links,
      appointments,
    };
    if (reading.outcome === "merged_elsewhere") {
      const { otherId, detectedAt, isHeld } = await loadReplacedPatient(tx, ctx, input);
      return {
        outcome: "merged_elsewhere",
        ...known,
        otherId,
        detectedAt: detectedAt.toISOString(),
        isHeld,
      };
    }
    const { patient } = reading;
    return {
      outcome: "found",
      ...known,
      masked: maskIdentifiers(patient),
      states: statesOf(patient),
      actions: availableActions(ctx, patient),
    };
  });
}

/**
 * A patient's identifiers, for a person who asks to see them.
 * @throws NotFoundError unless this practice has the patient under this ID
 * @throws HeroError, RateLimitedError
 */
export async function showPatientIdentifiers(
  ctx: TenantContext,
  input: PatientRecordInput,
): Promise<PatientIdentifiers> {
  requirePermission(ctx, "patients.read");
  return readPatientForPerson(ctx, input, async (tx, practice, reading) => {
    if (reading.outcome === "merged_elsewhere") throw new NotFoundError();
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    const { patientId } = input;
    await recordAudit(tx, ctx, "patient.identifiers_shown", subject, { patientId });
    return toIdentifiers(reading.patient);
  });
}

const trimmed = (text: string | null | undefined) => text?.trim() || null;

const joined = (parts: (string | null | undefined)[], separator: string) =>
  parts.map(trimmed).filter(Boolean).join(separator) || null;

const nameOf = ({ title, first_name, last_name }: HeroPatient) =>
  joined([title, first_name, last_name], " ");

const postcodeOf = ({ restricted, postcode }: HeroPatient) =>
  restricted ? null : trimmed(postcode);

function toIdentifiers(patient: HeroPatient): PatientIdentifiers {
  const { address_line_1, address_line_2, address_line_3, town, county } = patient;
  return {
    name: nameOf(patient),
    dateOfBirth: toDateOfBirth(patient),
    nhsNumber: toNhsNumber(patient),
    postcode: postcodeOf(patient),
    address: patient.restricted
      ? null
      : joined([address_line_1, address_line_2, address_line_3, town, county], ", "),
    mobile: trimmed(patient.mobile),
    email: trimmed(patient.email),
  };
}

function maskIdentifiers(patient: HeroPatient): FoundPatientRecord["masked"] {
  const { name, dateOfBirth, nhsNumber, postcode } = toIdentifiers(patient);
  return {
    name: name && maskName(name),
    dateOfBirth: dateOfBirth && maskBirthDate(dateOfBirth),
    nhsNumber: nhsNumber && maskNhsNumber(nhsNumber),
    postcode: postcode && maskPostcode(postcode),
  };
}

function statesOf(patient: HeroPatient): PatientState[] {
  const states: [PatientState, boolean][] = [
    ["deceased", patient.deceased_at !== null],
    ["archived", patient.status === "archived"],
    ["restricted", patient.restricted],
    // Only `true` says that they are registered (assumption 54).
    ["not_in_ehr", patient.ehr_registered !== true],
  ];
  return states.flatMap(([state, isTrue]) => (isTrue ? [state] : []));
}

const unavailable = (reason: string): Availability => ({ isAvailable: false, reason });
const available: Availability = { isAvailable: true, reason: null };

function availableActions(ctx: TenantContext, patient: HeroPatient): FoundPatientRecord["actions"] {
  const requires = (permission: Permission): Availability =>
    hasPermission(ctx, permission) ? available : unavailable(whoCan(permission));
  const decide = (action: PatientAction): Availability => {
    const decision = decideAction(patient, action);
    if (decision.outcome === "refused") return unavailable(decision.reason);
    const permitted = requires(actionPermissions[action]);
    if (!permitted.isAvailable || decision.outcome === "allowed") return permitted;
    return requires("appointments.book_restricted");
  };
  const isRegistered = patient.ehr_registered === true;
  const connect = decide("connect");
  const files = decide("share_file");
  return {
    book: decide("book"),
    invite: decide("invite"),
    message: decide("message"),
    connect:
      connect.isAvailable && isRegistered
        ? unavailable("This patient is already registered in the practice's clinical system.")
        : connect,
    merge: decide("merge"),
    files:
      files.isAvailable && !isRegistered
        ? unavailable("There are no files until the patient is in the clinical system.")
        : files,
  };
}

async function selectPatientLinks(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, patientId }: PatientRecordInput,
): Promise<PatientLink[]> {
  const where = and(eq(links.practiceId, practiceId), eq(links.patientId, patientId));
  const views = await selectLinkViews(tx, ctx, { where, limit: maxListed });
  return views.map(
    ({ id, name, appointmentType, form, kind, state, isHeld, expiresOn, createdAt }) => ({
      id,
      title: name ?? appointmentType?.name ?? form?.name ?? videoLinkSubject,
      kind,
      state,
      isHeld,
      expiresOn,
      createdAt,
    }),
  );
}

async function selectPatientAppointments(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, patientId }: PatientRecordInput,
  isRestricted: boolean,
): Promise<PatientAppointment[]> {
  const rows = await tx
    .select({
      id: appointments.id,
      state: appointments.state,
      appointmentTypeName: appointments.appointmentTypeName,
      locationName: appointments.locationName,
      practitionerName: appointments.practitionerName,
      startsAt: appointments.startsAt,
      durationMinutes: appointments.durationMinutes,
    })
    .from(appointments)
    .where(
      and(
        inScope(appointments, ctx),
        eq(appointments.practiceId, practiceId),
        eq(appointments.patientId, patientId),
      ),
    )
    .orderBy(desc(appointments.startsAt))
    .limit(maxListed);
  return rows.map((row) => ({
    ...row,
    locationName: isRestricted ? null : row.locationName,
    practitionerName: isRestricted ? null : row.practitionerName,
    startsAt: row.startsAt.toISOString(),
  }));
}
