import "server-only";
import type { PatientIdentity } from "../../schemas/patients";
import type { TenantContext } from "../../tenancy/context";
import { consumeRateLimit, refundRateLimit, resetRateLimit } from "../rate-limits";

/**
 * Counts a person's look-up before it is made, for the screen, files and the API alike, so that none of
 * them tells who is born when. A look-up that matches is refunded: only Hero's rate limits those.
 *
 * @param identity null for a look-up by Hero's ID
 * @throws RateLimitedError after 120 look-ups in an hour that matched no patient, or with a fourth date of
 *   birth for one patient in a day
 */
export async function countLookup(
  ctx: TenantContext,
  personId: string,
  identity: PatientIdentity | null,
): Promise<void> {
  const person = `${ctx.tenantId}/${personId}`;
  if (identity) {
    const patient =
      identity.by === "nhs_number"
        ? identity.nhsNumber
        : [identity.forename, identity.surname, identity.postcode].join(" ").toLowerCase();
    const key = `${person}/${patient}`;
    await countBirthDate(key, identity.dateOfBirth);
  }
  await consumeRateLimit("patient-look-up", person);
}

async function countBirthDate(patientKey: string, dateOfBirth: string): Promise<void> {
  const dateKey = `${patientKey}/${dateOfBirth}`;
  if ((await consumeRateLimit("patient-birth-date", dateKey)) > 1) return;
  try {
    await consumeRateLimit("patient-birth-dates", patientKey);
  } catch (error) {
    // The same date is refused again.
    await resetRateLimit("patient-birth-date", dateKey);
    throw error;
  }
}

/** After a look-up that matched, or that Hero did not answer. */
export const refundLookup = (ctx: TenantContext, personId: string): Promise<void> =>
  refundRateLimit("patient-look-up", `${ctx.tenantId}/${personId}`);
