import { type PracticeView, readNames } from "@/server/schemas/practices";

/** What a practice is called in the portal: the alias people gave it, or Hero's name. */
export function practiceLabel({ alias, name }: Pick<PracticeView, "alias" | "name">): string {
  return alias ?? name;
}

/** Hero's sector of a practice group; values the contract does not name are shown as they came. */
export function describeSector(sector: string | null): string {
  if (sector === null) return "Not stated by Hero";
  const known: Record<string, string> = { nhs: "NHS", private: "Private", paid: "Private" };
  return known[sector.toLowerCase()] ?? sector;
}

const abbreviations: Record<string, string> = { sms: "SMS", nhs: "NHS", pds: "PDS", ehr: "EHR" };

/** `sms_messaging` as "SMS messaging": Hero's own value, made readable and nothing more. */
export function describeCapability(capability: string): string {
  const words = capability.split("_").map((word) => abbreviations[word] ?? word);
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "1 practice", "3 practices". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en-GB")} ${amount === 1 ? one : many}`;
}

export const whoManagesPractices =
  "Owners, admins and developers of your organisation can connect practices and replace keys.";

/** What of a working practice does not work: "Booking links cannot be read"; null when all is well. */
export function describeBrokenReads(reads: PracticeView["reads"]): string | null {
  const broken = reads.filter((read) => !read.isWorking);
  if (broken.length > 2) return `${broken.length} of ${reads.length} reads do not work`;
  const names = broken.map(({ read }) => readNames[read]);
  return names.length > 0 ? `${names.join(" and ")} cannot be read` : null;
}
