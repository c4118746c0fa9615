import "server-only";
import { z } from "zod";
import type { RegisterPdsRequest } from "./generated";
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
  // The answers whether the patient may be contacted. A record without one of them is not readable: an
  // answer that is missing is not "no".
  deceased_at: z.string().min(1).max(1000).nullable(),
  restricted: z.boolean(),
  status: z.enum(["unarchived", "archived"]),
});

export type HeroPatient = z.infer<typeof patient>;

/** `GET /v1/patients/{id}`: only the fields that tell one patient from another. */
export function getPatient(hero: HeroConnection, id: string): Promise<HeroPatient> {
  const operation = { name: "getPatientById", method: "GET", path: "/v1/patients/{id}" } as const;
  return request(hero, operation, { path: { id } }, patient);
}
