import { daysBetween } from "../dates";
import { containsNhsNumber } from "../nhs-number";
import { parseLine } from "../text-line";

/** Long enough for a pasted address. */
export const maxSearchCharacters = 300;

/**
 * The rules of a link's dates, uses and texts. Plain functions, so that schemas, forms, services and
 * the file reader (50,000 rows at a time) share one copy.
 */

/** Two years, with a leap day. */
const maxDaysUntilExpiry = 731;
export const maxLinkUses = 10_000;
export const maxNameCharacters = 80;
export const maxReferenceCharacters = 80;
export const maxTagCharacters = 30;
export const maxTags = 10;

/** The texts that partners add to a link for themselves. They must not name a patient. */
export const linkTextFields = ["name", "reference", "tags"] as const;
export type LinkTextField = (typeof linkTextFields)[number];

export const linkDateFields = ["slotsFrom", "slotsTo", "expiresOn"] as const;
export type LinkDateField = (typeof linkDateFields)[number];
/** Valid local dates; empty, null or left out where not chosen. */
export type LinkDates = Partial<Record<LinkDateField, string | null>>;
type LinkDateError = { field: LinkDateField; message: string };

/** What a video link is for: it has no appointment type and no form that would name it. */
export const videoLinkSubject = "Video consultation";

export const missingExpiryMessage = "Enter the expiry date.";
export const maxUsesMessage = "Enter a whole number from 1 to 10,000.";
export const nhsNumberMessage =
  "This looks like an NHS number. Do not include details that identify a patient.";

/** @param today the date in the United Kingdom */
export function findDateErrors(
  { slotsFrom, slotsTo, expiresOn }: LinkDates,
  today: string,
): LinkDateError[] {
  const errors: LinkDateError[] = [];
  if (expiresOn && expiresOn < today) {
    errors.push({ field: "expiresOn", message: "The expiry date must be today or later." });
  } else if (expiresOn && daysBetween(today, expiresOn) > maxDaysUntilExpiry) {
    errors.push({ field: "expiresOn", message: "The expiry date must be within two years." });
  }
  if (slotsTo && slotsTo < today) {
    errors.push({ field: "slotsTo", message: "The last date must be today or later." });
  } else if (slotsTo && slotsFrom && slotsTo < slotsFrom) {
    errors.push({ field: "slotsTo", message: "The last date must not be before the first date." });
  }
  if (slotsFrom && expiresOn && slotsFrom > expiresOn) {
    errors.push({
      field: "slotsFrom",
      message: "The first date must not be after the expiry date.",
    });
  }
  return errors;
}

/** Why a closed link was not reopened. */
export const expiredMessage = "Expired links cannot be reopened. Create a new link instead.";

/** The number of uses as typed; null unless it is a whole number within the limits. */
export function parseMaxUses(text: string): number | null {
  const digits = text.trim();
  const maxUses = /^\d{1,6}$/.test(digits) ? Number(digits) : 0;
  return maxUses >= 1 && maxUses <= maxLinkUses ? maxUses : null;
}

/** Tags as people type them, with commas between them. */
export const splitTags = (text: string): string[] =>
  text
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);

/** A name, reference or search text: one line that holds no NHS number. */
export function parseLinkText(text: string, maxCharacters: number): ReturnType<typeof parseLine> {
  const line = parseLine(text, maxCharacters);
  return "value" in line && containsNhsNumber(line.value) ? { reason: nhsNumberMessage } : line;
}
