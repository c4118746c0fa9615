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
import type { HeroAccess } from "../../hero/request";
import { type Environment, environmentNames } from "../../schemas/environments";
import type { ConnectionReport, ReadResult } from "../../schemas/practices";

async function tryRead(
  read: ReadResult["read"],
  work: () => Promise<unknown>,
): Promise<ReadResult> {
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  try {
    await work();
    return { read, isWorking: true, reason: null, durationMs: durationMs() };
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    return { read, isWorking: false, reason: error.message, durationMs: durationMs() };
  }
}

/**
 * Tries a key and practice group id: first who they stand for, then which reads work. Changes nothing
 * at Hero.
 *
 * @throws HeroError when the practice itself cannot be read; other refused reads are in the report
 */
export async function testConnection(hero: HeroAccess): Promise<ConnectionReport> {
  const startedAt = performance.now();
  const practice = await getPracticeGroup(hero);
  if (practice.id !== hero.practiceGroupId) {
    // Not documented that the two must agree; but acting for another practice than the one named is
    // the worst that can happen here, so a reply that names another is not believed.
    throw new HeroError("unreadable_reply", "getPracticeGroupById");
  }
  const first: ReadResult = {
    read: "practice",
    isWorking: true,
    reason: null,
    durationMs: Math.round(performance.now() - startedAt),
  };
  let capabilities: string[] = [];
  const reads = await Promise.all([
    tryRead("capabilities", async () => {
      capabilities = await getCapabilities(hero);
    }),
    tryRead("appointment_types", () => listAppointmentTypes(hero)),
    tryRead("locations", () => listLocations(hero)),
    tryRead("practitioners", () => listPractitioners(hero)),
    tryRead("booking_links", () => listBookingLinks(hero)),
    tryRead("forms", () => listForms(hero)),
    tryRead("elements", () => listElements(hero)),
  ]);
  return {
    practiceGroupId: practice.id,
    name: practice.name,
    sector: practice.sector ?? null,
    capabilities,
    reads: [first, ...reads],
  };
}

/** Puts Hero's refusal of a tried pair beside the field that is wrong; other trouble stays what it is. */
export function explainRefusal(error: HeroError, environment: Environment): Error {
  const place = environmentNames[environment];
  if (error.code === "unauthorised") {
    return new InvalidInputError("apiKey", `Hero's ${place} environment does not accept this key.`);
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
