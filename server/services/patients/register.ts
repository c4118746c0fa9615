import "server-only";
import { HeroError } from "../../hero/errors";
import { type PdsRegistration, registerPatientPds } from "../../hero/patients";
import type { HeroConnection } from "../../hero/request";
import type { PatientIdentity } from "../../schemas/patients";

/**
 * Traces a person at Hero. "Not found" is a result here, not an error. The call may register a temporary
 * patient in the practice's record, and is safe to repeat.
 *
 * @throws HeroError for any other error
 */
export async function registerPatient(
  hero: HeroConnection,
  identity: PatientIdentity,
): Promise<PdsRegistration | { outcome: "not_found" }> {
  const body =
    identity.by === "nhs_number"
      ? { nhs_number: identity.nhsNumber, dob: identity.dateOfBirth }
      : {
          forename: identity.forename,
          surname: identity.surname,
          dob: identity.dateOfBirth,
          postcode: identity.postcode,
        };
  try {
    return await registerPatientPds(hero, body);
  } catch (error) {
    if (error instanceof HeroError && error.code === "not_found") return { outcome: "not_found" };
    throw error;
  }
}
