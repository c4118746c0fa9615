import "server-only";
import { InvalidInputError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { listBookingLinks } from "../../hero/booking-links";
import { listForms } from "../../hero/forms";
import {
  getCapabilities,
  getPracticeGroup,
  listAppointmentTypes,
  listElements,
  listLocations,
  listPractitioners,
} from "../../hero/practice";
import type { HeroConnection } from "../../hero/request";
import { type Environment, environmentNames } from "../../schemas/environments";
import type { ConnectionReport, CapabilityCheck } from "../../schemas/practices";

async function runCapabilityCheck(
  capability: CapabilityCheck["capability"],
  run: () => Promise<unknown>,
): Promise<CapabilityCheck> {
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  try {
    await run();
    return { capability, isAvailable: true, reason: null, durationMs: durationMs() };
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    return { capability, isAvailable: false, reason: error.message, durationMs: durationMs() };
  }
}

/**
 * Tries a key and practice group id: first who they stand for, then which reads work. Changes nothing
 * at Hero.
 *
 * @throws HeroError when the practice itself cannot be read; other refused reads are in the report
 */
export async function testConnection(hero: HeroConnection): Promise<ConnectionReport> {
  const startedAt = performance.now();
  const practice = await getPracticeGroup(hero);
  if (practice.id !== hero.practiceGroupId) {
    // Not documented that the two must agree; but acting for another practice than the one named is
    // the worst that can happen here, so a reply that names another is not believed.
    throw new HeroError("unreadable_reply", "getPracticeGroupById");
  }
  const practiceCheck: CapabilityCheck = {
    capability: "practice",
    isAvailable: true,
    reason: null,
    durationMs: Math.round(performance.now() - startedAt),
  };
  let capabilities: string[] = [];
  const capabilityChecks = await Promise.all([
    runCapabilityCheck("capabilities", async () => {
      capabilities = await getCapabilities(hero);
    }),
    runCapabilityCheck("appointment_types", () => listAppointmentTypes(hero)),
    runCapabilityCheck("locations", () => listLocations(hero)),
    runCapabilityCheck("practitioners", () => listPractitioners(hero)),
    runCapabilityCheck("booking_links", () => listBookingLinks(hero)),
    runCapabilityCheck("forms", () => listForms(hero)),
    runCapabilityCheck("elements", () => listElements(hero)),
  ]);
  return {
    practiceGroupId: practice.id,
    name: practice.name,
    sector: practice.sector ?? null,
    capabilities,
    capabilityChecks: [practiceCheck, ...capabilityChecks],
  };
}

/** Puts Hero's refusal of a tried pair beside the field that is wrong; other trouble stays what it is. */
export function explainRefusal(error: HeroError, environment: Environment): Error {
  const environmentName = environmentNames[environment];
  if (error.code === "unauthorised") {
    return new InvalidInputError(
      "apiKey",
      `Hero's ${environmentName} environment does not accept this key.`,
    );
  }
  if (error.code === "forbidden" || error.code === "not_found") {
    return new InvalidInputError(
      "practiceGroupId",
      "Hero does not let this key act for this practice: the id is wrong, or the practice is not in a network with the key's own.",
    );
  }
  if (error.code === "bad_request") {
    return new InvalidInputError("practiceGroupId", "Hero does not accept this practice group id.");
  }
  return error;
}
