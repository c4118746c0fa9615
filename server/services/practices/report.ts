import "server-only";
import { InvalidInputError } from "../../errors";
import { HeroError } from "../../hero/errors";
import { listBookingLinks } from "../../hero/booking-links";
import { fetchForms } from "../../hero/forms";
import {
  getCapabilities,
  getPracticeGroup,
  listAppointmentTypes,
  listElements,
  listLocations,
  listPractitioners,
} from "../../hero/practice";
import type { HeroConnection } from "../../hero/request";
import { listSlots } from "../../hero/slots";
import { environmentNames } from "../../schemas/environment-names";
import type { Environment } from "../../schemas/environments";
import { type HeroCapability, heroCapabilityIds } from "../../schemas/hero-capabilities";
import type { ConnectionReport, CapabilityCheck } from "../../schemas/practices";

async function runCheck(
  capability: HeroCapability,
  check: () => Promise<unknown>,
): Promise<CapabilityCheck> {
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  try {
    await check();
    return { capability, isAvailable: true, reason: null, durationMs: durationMs() };
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    return { capability, isAvailable: false, reason: error.message, durationMs: durationMs() };
  }
}

/**
 * Tests a key and practice group id: first the practice they belong to (assumption 43), then each
 * capability.
 * @throws HeroError when the practice itself cannot be read
 */
export async function testConnection(hero: HeroConnection): Promise<ConnectionReport> {
  const startedAt = performance.now();
  const practice = await getPracticeGroup(hero);
  if (practice.id !== hero.practiceGroupId) {
    // Hero does not document that the two agree, but acting for the wrong practice is the worst that
    // can happen here.
    throw new HeroError("other_practice", "getPracticeGroupById");
  }
  const practiceCheck: CapabilityCheck = {
    capability: "practice",
    isAvailable: true,
    reason: null,
    durationMs: Math.round(performance.now() - startedAt),
  };
  let capabilities: string[] = [];
  // Read-only calls. Whether a key may change something at Hero shows in real calls: see
  // `hero-calls/record.ts`.
  const checks: Record<HeroCapability, (() => Promise<unknown>) | null> = {
    practice: null,
    capabilities: async () => {
      capabilities = await getCapabilities(hero);
    },
    appointment_types: () => listAppointmentTypes(hero),
    locations: () => listLocations(hero),
    practitioners: () => listPractitioners(hero),
    slots: () => listSlots(hero, {}, { index: 0, size: 1 }),
    appointment_reading: null,
    appointment_booking: null,
    appointment_changes: null,
    configuration: null,
    practice_changes: null,
    booking_links: () => listBookingLinks(hero),
    booking_link_creation: null,
    booking_link_changes: null,
    forms: () => fetchForms(hero),
    form_links: null,
    video_links: null,
    patient_registration: null,
    ehr_candidates: null,
    ehr_connections: null,
    merge_previews: null,
    patient_merges: null,
    attachments: null,
    attachment_links: null,
    messages: null,
    message_batches: null,
    templates: null,
    automated_messages: null,
    form_responses: null,
    tasks: null,
    task_changes: null,
    admins: null,
    elements: () => listElements(hero),
    webhooks: null,
    webhook_changes: null,
  };
  const capabilityChecks = await Promise.all(
    heroCapabilityIds.flatMap((capability) => {
      const check = checks[capability];
      return check ? runCheck(capability, check) : [];
    }),
  );
  return {
    practiceGroupId: practice.id,
    name: practice.name,
    sector: practice.sector ?? null,
    capabilities,
    capabilityChecks: [practiceCheck, ...capabilityChecks],
  };
}

/** Hero's refusal of a tested pair as an error of the wrong field (assumption 4); other errors are unchanged. */
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
      "This key cannot access that practice. Check the ID, or that both practices are in the same network.",
    );
  }
  if (error.code === "bad_request") {
    return new InvalidInputError("practiceGroupId", "Hero does not accept this practice group ID.");
  }
  if (error.code === "other_practice") {
    return new InvalidInputError(
      "practiceGroupId",
      "Hero replied with the details of another practice. Check the ID. If it is right, contact Hero.",
    );
  }
  return error;
}
