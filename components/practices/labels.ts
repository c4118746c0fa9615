import { heroCapabilities } from "@/server/schemas/hero-capabilities";
import type { PracticeView } from "@/server/schemas/practices";

/** The name of a practice in the portal: its nickname, or else its name in Hero. */
export function practiceLabel({ nickname, name }: Pick<PracticeView, "nickname" | "name">): string {
  return nickname ?? name;
}

/** Hero's sector of a practice group. Undocumented values are shown as they are. */
export function describeSector(sector: string | null): string {
  if (sector === null) return "Not reported by Hero";
  const sectorNames: Record<string, string> = { nhs: "NHS", private: "Private", paid: "Private" };
  return sectorNames[sector.toLowerCase()] ?? sector;
}

const abbreviations: Record<string, string> = { sms: "SMS", nhs: "NHS", pds: "PDS", ehr: "EHR" };

/** `sms_messaging` as "SMS messaging". */
export function describeCapability(capability: string): string {
  const words = capability.split("_").map((word) => abbreviations[word] ?? word);
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The failed checks of a working practice: "Booking links unavailable"; null when there are none. */
export function describeFailedChecks(checks: PracticeView["capabilityChecks"]): string | null {
  const failed = checks.filter((check) => !check.isAvailable);
  if (failed.length > 2) return `${failed.length} of ${checks.length} checks failed`;
  const checkNames = failed.map(({ capability }) => heroCapabilities[capability].name);
  return checkNames.length > 0 ? `${checkNames.join(" and ")} unavailable` : null;
}
