import "server-only";
import { db } from "@/db/client";
import { InvalidInputError } from "../../errors";
import { HeroError } from "../../hero/errors";
import type { HeroPatient } from "../../hero/patients";
import type { HeroConnection } from "../../hero/request";
import type {
  LookUpPatientInput,
  PatientDemographics,
  PatientDetails,
  PatientIdentity,
  PatientLookupResult,
} from "../../schemas/patients";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey } from "../practices/load-with-key";
import {
  checkPatient,
  findDifference,
  type PatientCheck,
  type SearchedFor,
  toDateOfBirth,
  toNhsNumber,
} from "./check";
import { type LookupOutcome, startLookup } from "./lookup-limit";
import { registerPatient } from "./register";
import { recordReplacedPatient } from "./replaced";

/** What a look-up has found; a record that was merged is noted. */
export type PatientLookupOutcome =
  | PatientLookupResult
  | {
      readonly outcome: "merged_elsewhere";
      readonly reason: string;
      readonly otherId: string | null;
    };

/**
 * Looks up a patient at Hero: by an NHS number or name, which may register a temporary patient in the
 * practice's record, or by Hero's ID, which changes nothing; always with the date of birth. The patient's
 * details go to the screen and are not stored; the audit row has the practice and the outcome only.
 *
 * @throws LookupsPausedError after too many look-ups by one person or key that matched no patient
 * @throws InvalidInputError when Hero rejects an identifier
 * @throws NotFoundError, HeroError
 */
export async function lookUpPatient(
  ctx: TenantContext,
  input: LookUpPatientInput,
): Promise<PatientLookupResult> {
  requirePermission(ctx, "patients.read");
  const { identity, practiceId } = input;
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  const lookup = await startLookup(ctx, { practice, personId: actorId(ctx) }, identity);
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    identity.by === "hero_id"
      ? lookUpById(hero, identity.patientId, { dateOfBirth: identity.dateOfBirth })
      : tracePatient(hero, identity),
  );
  await lookup.finish(lookupOutcomeOf(outcome));
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    const subject = { type: "practice", id: practice.id, label: practice.name } as const;
    await recordAudit(tx, ctx, "patient.looked_up", subject, {
      by: identity.by,
      outcome: outcome.ok ? outcome.result.outcome : outcome.error.code,
    });
    if (outcome.ok && outcome.result.outcome === "merged_elsewhere" && identity.by === "hero_id") {
      const { otherId } = outcome.result;
      await recordReplacedPatient(tx, ctx, practice, { patientId: identity.patientId, otherId });
    }
  });
  if (!outcome.ok) {
    if (identity.by !== "hero_id" && outcome.error.operation !== "getPatientById") {
      throw toInputError(outcome.error, identity.by);
    }
    return { outcome: "could_not_be_checked", reason: outcome.error.message };
  }
  const { result } = outcome;
  return result.outcome === "merged_elsewhere"
    ? { outcome: "could_not_be_checked", reason: result.reason }
    : result;
}

/** Whether a look-up counts towards the limit of those that match no patient. */
export function lookupOutcomeOf(
  outcome: { ok: true; result: PatientLookupOutcome } | { ok: false; error: HeroError },
): LookupOutcome {
  if (!outcome.ok) return outcome.error.code === "bad_request" ? "unmatched" : "unanswered";
  switch (outcome.result.outcome) {
    case "found":
      return "matched";
    case "could_not_be_checked":
    case "merged_elsewhere":
      return "unanswered";
    default:
      return "unmatched";
  }
}

/**
 * Identifies a patient and checks whether they may be contacted.
 * @throws HeroError when either call fails
 */
export async function tracePatient(
  hero: HeroConnection,
  identity: PatientIdentity,
  otherDetails?: PatientDetails,
): Promise<PatientLookupOutcome> {
  const registration = await registerPatient(hero, identity);
  if (registration.outcome === "not_identified") {
    return {
      outcome: "could_not_be_checked",
      reason:
        "Hero did not say which patient this is. It may still be searching, or several patients may match.",
    };
  }
  if (registration.outcome !== "found") return registration;
  const { patientId } = registration;
  const searched = { identity, otherDetails };
  return toLookupResult(
    patientId,
    await checkPatient(hero, patientId, "invite", searched),
    searched,
  );
}

/** The patient with an ID of Hero, checked whether they may be contacted. @throws HeroError */
export async function lookUpById(
  hero: HeroConnection,
  patientId: string,
  otherDetails?: PatientDetails,
): Promise<PatientLookupOutcome> {
  const check = await checkPatient(hero, patientId, "invite", { otherDetails });
  return toLookupResult(patientId, check, { otherDetails });
}

function toLookupResult(
  patientId: string,
  check: PatientCheck,
  searched: SearchedFor,
): PatientLookupOutcome {
  if (check.outcome === "could_not_be_checked") throw check.error;
  if (check.outcome === "refused" && check.mergedInto) {
    const { otherId } = check.mergedInto;
    return { outcome: "merged_elsewhere", reason: check.reason, otherId };
  }
  if (!check.patient) return { outcome: "not_found" };
  const difference = findDifference(check.patient, searched);
  if (difference) return { outcome: "identifiers_differ", reason: difference };
  return {
    outcome: "found",
    patientId,
    demographics: toDemographics(check.patient),
    refusal: check.outcome === "allowed" ? null : check.reason,
  };
}

function toDemographics(patient: HeroPatient): PatientDemographics {
  const name = [patient.title, patient.first_name, patient.last_name]
    .map((part) => part?.trim())
    .filter(Boolean)
    .join(" ");
  return {
    isRestricted: patient.restricted,
    name: name || null,
    dateOfBirth: toDateOfBirth(patient),
    nhsNumber: toNhsNumber(patient),
    postcode: patient.restricted ? null : patient.postcode?.trim() || null,
  };
}

/** Hero's documented 400 as an error of its field. */
function toInputError(error: HeroError, by: PatientIdentity["by"]): Error {
  if (error.code !== "bad_request") return error;
  const isDateOfBirthError = by === "details" || error.details.fields?.includes("dob");
  return isDateOfBirthError
    ? new InvalidInputError("dateOfBirth", "Hero does not accept this date of birth.")
    : new InvalidInputError("nhsNumber", "Hero does not accept this NHS number.");
}
