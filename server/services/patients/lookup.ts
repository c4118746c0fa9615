import "server-only";
import { db } from "@/db/client";
import { InvalidInputError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { getPatient, type HeroPatient } from "../../hero/patients";
import type { HeroConnection } from "../../hero/request";
import { ukDateOf } from "../../schemas/dates";
import type {
  LookUpPatientInput,
  PatientDemographics,
  PatientIdentity,
  PatientLookupResult,
} from "../../schemas/patients";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { consumeRateLimit } from "../rate-limits";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { registerPatient } from "./register";

/**
 * Looks up a patient at Hero: by two identifiers or more, which may register a temporary patient in the
 * practice's record, or by Hero's ID, which changes nothing. The patient's details go to the screen and
 * are not stored; the audit row has the practice and the outcome only.
 *
 * @throws RateLimitedError after 120 look-ups by one person in an hour
 * @throws InvalidInputError when Hero rejects an identifier
 * @throws NotFoundError, HeroError
 */
export async function lookUpPatient(
  ctx: TenantContext,
  input: LookUpPatientInput,
): Promise<PatientLookupResult> {
  requirePermission(ctx, "links.create");
  await consumeRateLimit("patient-look-up", `${ctx.tenantId}/${actorId(ctx)}`);
  const { identity, practiceId } = input;
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    identity.by === "hero_id"
      ? fetchByHeroId(hero, identity.patientId)
      : tracePatient(hero, identity),
  );
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    await recordAudit(tx, ctx, "patient.looked_up", subject, {
      by: identity.by,
      outcome: outcome.ok ? outcome.result.outcome : outcome.error.code,
    });
  });
  if (!outcome.ok) throw toInputError(outcome.error, identity.by);
  return outcome.result;
}

/** Identifies a patient, with a warning when no link should be created. @throws HeroError from the trace */
export async function tracePatient(
  hero: HeroConnection,
  identity: PatientIdentity,
): Promise<PatientLookupResult> {
  const registration = await registerPatient(hero, identity);
  if (registration.outcome !== "found") return registration;
  const { patientId } = registration;
  const found = { outcome: "found", patientId } as const;
  try {
    const patient = await fetchPatient(hero, patientId);
    return {
      ...found,
      demographics: toDemographics(patient),
      warning: contactWarning(patient) ?? mismatchWarning(patient, identity),
    };
  } catch (error) {
    // The trace succeeded: the patient is shown without details.
    if (!(error instanceof HeroError)) throw error;
    return { ...found, demographics: null, warning: null };
  }
}

async function fetchByHeroId(
  hero: HeroConnection,
  patientId: string,
): Promise<PatientLookupResult> {
  try {
    const patient = await fetchPatient(hero, patientId);
    return {
      outcome: "found",
      patientId,
      demographics: toDemographics(patient),
      warning: contactWarning(patient),
    };
  } catch (error) {
    if (error instanceof HeroError && error.code === "not_found") return { outcome: "not_found" };
    throw error;
  }
}

async function fetchPatient(hero: HeroConnection, patientId: string): Promise<HeroPatient> {
  const patient = await getPatient(hero, patientId);
  // Never show one patient's details for another's id.
  if (patient.id !== patientId) throw new HeroError("unreadable_reply", "getPatientById");
  return patient;
}

function toDemographics(patient: HeroPatient): PatientDemographics {
  const name = [patient.title, patient.first_name, patient.last_name]
    .map((part) => part?.trim())
    .filter(Boolean)
    .join(" ");
  return {
    name: name || null,
    dateOfBirth: toDateOfBirth(patient),
    nhsNumber: patient.nhs_number?.replace(/\D/g, "") || null,
    postcode: patient.postcode?.trim() || null,
  };
}

/** Hero sends a timestamp for a date of birth. One with a time zone becomes its date in the UK. */
function toDateOfBirth({ dob }: HeroPatient): string | null {
  if (!dob) return null;
  const [, localDate] = /^(\d{4}-\d{2}-\d{2})(?:T[\d:.]*)?$/.exec(dob) ?? [];
  if (localDate) return localDate;
  const timestamp = new Date(dob);
  return Number.isNaN(timestamp.getTime()) ? null : ukDateOf(timestamp);
}

/** Patients that no link should be created for (hero-gaps 28). */
function contactWarning({ deceased_at, restricted, status }: HeroPatient): string | null {
  if (deceased_at) return "Hero's record says that this patient has died.";
  if (restricted) return "This patient's record is restricted. Ask the practice to contact them.";
  if (status === "archived") return "The practice has archived this patient's record.";
  return null;
}

function mismatchWarning(patient: HeroPatient, identity: PatientIdentity): string | null {
  const { dateOfBirth, nhsNumber } = toDemographics(patient);
  const isMismatch =
    (dateOfBirth && dateOfBirth !== identity.dateOfBirth) ||
    (identity.by === "nhs_number" && nhsNumber && nhsNumber !== identity.nhsNumber);
  return isMismatch
    ? "Hero's record of this patient differs from what you entered. Ask the practice to check it."
    : null;
}

/** Hero's documented 400 as an error of its field. */
function toInputError(error: HeroError, by: LookUpPatientInput["identity"]["by"]): Error {
  if (error.code !== "bad_request" || by === "hero_id") return error;
  const isDateOfBirthError = by === "details" || error.details.fields?.includes("dob");
  return isDateOfBirthError
    ? new InvalidInputError("dateOfBirth", "Hero does not accept this date of birth.")
    : new InvalidInputError("nhsNumber", "Hero does not accept this NHS number.");
}
