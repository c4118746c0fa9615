import "server-only";
import { z } from "zod";
import type { RegisterPatientRequest, RegisterPdsRequest } from "./generated";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";
import { patientUrl } from "./web-url";

// The documented replies have an id or an address to verify at. Anything else with a message ("queued",
// "several match") does not say who the patient is (assumption 28); a reply without one is an error.
const registrationReply = (environment: HeroConnection["environment"]) =>
  z.union([
    z
      .object({ patient_id: heroId, login_url: z.null().optional() })
      .transform((reply) => ({ outcome: "found" as const, patientId: reply.patient_id })),
    z
      .object({ login_url: patientUrl(environment), patient_id: z.null().optional() })
      .transform((reply) => ({
        outcome: "verification_required" as const,
        loginUrl: reply.login_url,
      })),
    z
      .object({ message: z.string(), login_url: z.null().optional() })
      .transform(() => ({ outcome: "not_identified" as const })),
  ]);

export type PdsRegistration = z.infer<ReturnType<typeof registrationReply>>;

/**
 * `POST /v1/patients/register_pds`: traces a person on the Spine and returns Hero's patient ID. It
 * creates the Hero record if there is none, and perhaps a temporary patient in the practice's record.
 * Documented as safe to repeat: a known patient has the same id. `dob` is `YYYY-MM-DD`.
 *
 * @throws HeroError; `not_found` means that no such person was found
 */
export function registerPatientPds(
  hero: HeroConnection,
  body: RegisterPdsRequest,
): Promise<PdsRegistration> {
  const operation = {
    name: "registerPatientPds",
    method: "POST",
    path: "/v1/patients/register_pds",
  } as const;
  return request(hero, operation, { body }, registrationReply(hero.environment));
}

/**
 * `POST /v1/patients/register`: creates a patient from a practice's own details, or updates the one with
 * this NHS number and date of birth, without asking the Spine. The fields and the reply are partly
 * inferred (assumption 53). `dob` is `YYYY-MM-DD`.
 *
 * @throws HeroError; after one whose `writeOutcome` is `"unknown"` the patient may exist
 */
export function registerPatientFromDetails(
  hero: HeroConnection,
  body: RegisterPatientRequest,
): Promise<{ patientId: string }> {
  const operation = {
    name: "registerPatient",
    method: "POST",
    path: "/v1/patients/register",
  } as const;
  return request(
    hero,
    operation,
    { body },
    z.union([
      z.object({ patient_id: heroId }).transform((reply) => ({ patientId: reply.patient_id })),
      z.object({ id: heroId }).transform((reply) => ({ patientId: reply.id })),
    ]),
  );
}

const text = z.string().max(1000).nullish();

/** What patients and candidates of the clinical system have in common. */
export const personFields = {
  /** A date, or a timestamp on it. */
  dob: text,
  title: text,
  first_name: text,
  last_name: text,
  sex: text,
  nhs_number: text,
  email: text,
  mobile: text,
  town: text,
  county: text,
  postcode: text,
  emis_id: text,
  /** The ID in the clinical system that the practice uses; null or absent when there is none. */
  ehr_partner_id: heroId.nullish(),
  /** When Hero last read the clinical system. */
  last_sync_at: text,
  data_source: text,
  identifiers: z.array(z.object({ source: text, type: text, value: text })).nullish(),
};

export const patient = z.object({
  id: heroId,
  ...personFields,
  uid: text,
  sex_changed_at: text,
  emails: z.array(z.string().max(1000)).nullish(),
  address_line_1: text,
  address_line_2: text,
  address_line_3: text,
  country: text,
  ods_code: text,
  /** Only `true` says that the patient is registered in the clinical system (assumption 54). */
  ehr_registered: z.boolean().nullish(),
  // The answers whether the patient may be contacted. A record without one of them is not readable: an
  // answer that is missing is not "no".
  deceased_at: z.string().min(1).max(1000).nullable(),
  restricted: z.boolean(),
  status: z.enum(["unarchived", "archived"]),
});

export type HeroPatient = z.infer<typeof patient>;

const getPatientById = {
  name: "getPatientById",
  method: "GET",
  path: "/v1/patients/{id}",
} as const;

/**
 * `GET /v1/patients/{id}`. The reply may be about another patient, into whose record this one was merged:
 * callers compare the id. Notes and credentials are not read.
 */
export function getPatient(hero: HeroConnection, id: string): Promise<HeroPatient> {
  return request(hero, getPatientById, { path: { id } }, patient);
}

export type PatientReading =
  | { outcome: "found"; patient: HeroPatient }
  /** `otherId` is the record that Hero gives instead, or null when it gives none. */
  | { outcome: "merged_elsewhere"; otherId: string | null };

const emptyList = z.union([
  z.array(z.unknown()).length(0),
  z.object({ data: z.array(z.unknown()).length(0) }),
]);

/**
 * `GET /v1/patients/{id}`, which also notices that the record was merged into another one: Hero then gives
 * the other record or an empty list (assumption 55).
 *
 * @throws HeroError; `not_found` when the practice has no such patient
 */
export async function readPatient(hero: HeroConnection, id: string): Promise<PatientReading> {
  const reply = await request(
    hero,
    getPatientById,
    { path: { id } },
    z.union([patient, emptyList.transform(() => null)]),
  );
  if (reply?.id === id) return { outcome: "found", patient: reply };
  return { outcome: "merged_elsewhere", otherId: reply?.id ?? null };
}
