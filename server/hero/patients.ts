import "server-only";
import { z } from "zod";
import type { RegisterPdsRequest } from "./generated";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";
import { webUrl } from "./web-url";

// A message with neither id nor address may mean several matches (hero-gaps 28): no patient was
// identified for certain. A reply without a message is an error.
const registrationReply = z.union([
  z
    .object({ patient_id: heroId })
    .transform((reply) => ({ outcome: "found" as const, patientId: reply.patient_id })),
  z.object({ login_url: webUrl }).transform((reply) => ({
    outcome: "verification_required" as const,
    loginUrl: reply.login_url,
  })),
  z
    .object({
      message: z.string(),
      login_url: z.null().optional(),
      patient_id: z.null().optional(),
    })
    .transform(() => ({ outcome: "not_found" as const })),
]);

export type PdsRegistration = z.infer<typeof registrationReply>;

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
  return request(hero, operation, { body }, registrationReply);
}

const text = z.string().max(1000).nullish();

const patient = z.object({
  id: heroId,
  /** A date, or a timestamp on it. */
  dob: text,
  title: text,
  first_name: text,
  last_name: text,
  nhs_number: text,
  postcode: text,
  deceased_at: text,
  restricted: z.boolean().nullish(),
  status: text,
});

export type HeroPatient = z.infer<typeof patient>;

/** `GET /v1/patients/{id}`: only the fields that tell one patient from another. */
export function getPatient(hero: HeroConnection, id: string): Promise<HeroPatient> {
  const operation = { name: "getPatientById", method: "GET", path: "/v1/patients/{id}" } as const;
  return request(hero, operation, { path: { id } }, patient);
}
