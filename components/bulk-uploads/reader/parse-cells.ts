import {
  maxTagCharacters,
  maxTags,
  maxUsesMessage,
  parseLinkText,
  parseMaxUses,
} from "@/server/schemas/links/rules";
import { findNhsNumberError, toNhsNumberDigits } from "@/server/schemas/nhs-number";
import { parseLine } from "@/server/schemas/text-line";
import type { CellErrorKind } from "./errors";
import { type DateOrder, parseUkDate } from "@/components/forms/uk-dates";

/** Plain functions, because schemas are too slow for 50,000 rows. A test compares them with the schemas. */
export type CellResult<Value> = { value: Value } | { kind: CellErrorKind; reason: string };

export const maxCellCharacters = 1_000;

export function parseTextCell(cell: string, maxCharacters: number): CellResult<string> {
  return withKind("text", parseLine(cell, maxCharacters));
}

/** Shown in lists and results, so it must not hold an NHS number. */
export function parsePartnerText(cell: string, maxCharacters: number): CellResult<string> {
  return withKind("text", parseLinkText(cell, maxCharacters));
}

/** Tags with commas or semicolons between them, each with or without a # before it. */
export function parseTags(cell: string): CellResult<string[]> {
  const tags = new Map<string, string>();
  for (const text of cell.split(/[,;]/)) {
    const tag = text.trim().replace(/^#\s*/, "");
    if (tag === "") continue;
    const parsed = parsePartnerText(tag, maxTagCharacters);
    if ("kind" in parsed) return parsed;
    if (tag.includes("#")) return { kind: "text", reason: "A tag cannot contain a comma or #." };
    tags.set(parsed.value.toLowerCase(), parsed.value);
  }
  if (tags.size > maxTags) {
    return { kind: "text", reason: `A link can have up to ${maxTags} tags.` };
  }
  return { value: [...tags.values()] };
}

function withKind(
  kind: CellErrorKind,
  line: { value: string } | { reason: string },
): CellResult<string> {
  return "value" in line ? line : { kind, reason: line.reason };
}

export const shortenedNumberReason =
  "A spreadsheet has shortened this number and lost digits. Format the column as text and enter it again.";

export function parseNhsNumber(text: string): CellResult<string> {
  // Programs that read a column as numbers write them with a decimal.
  const cell = text.replace(/^(\s*\d{10})\.0+\s*$/, "$1");
  if (/^\d(\.\d+)?e\+?\d+$/i.test(cell.trim())) {
    return { kind: "nhsNumber", reason: shortenedNumberReason };
  }
  const problem = findNhsNumberError(cell);
  if (problem) return { kind: "nhsNumber", reason: problem };
  return { value: toNhsNumberDigits(cell) };
}

/**
 * @param today the date in the United Kingdom
 * @param order of the dates in its column
 */
export function parseDateOfBirth(
  cell: string,
  today: string,
  order?: DateOrder,
): CellResult<string> {
  const parsed = parseUkDate(cell, order);
  if ("problem" in parsed) return { kind: "date", reason: parsed.problem };
  if (parsed.date > today)
    return { kind: "date", reason: "The date of birth must be in the past." };
  if (Number(today.slice(0, 4)) - Number(parsed.date.slice(0, 4)) > 130) {
    return { kind: "date", reason: "Check the year of the date of birth." };
  }
  return { value: parsed.date };
}

/** A date of a link. */
export function parseDate(cell: string, order?: DateOrder): CellResult<string> {
  const parsed = parseUkDate(cell, order);
  if ("problem" in parsed) return { kind: "date", reason: parsed.problem };
  const year = Number(parsed.date.slice(0, 4));
  if (year < 2000 || year > 2099) return { kind: "date", reason: "Check the year." };
  return { value: parsed.date };
}

export function parsePostcode(cell: string): CellResult<string> {
  const text = cell.toUpperCase().replace(/\s/g, "");
  if (!/^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$/.test(text)) {
    return { kind: "postcode", reason: "This is not a full UK postcode." };
  }
  return { value: `${text.slice(0, -3)} ${text.slice(-3)}` };
}

export function parsePatientId(cell: string): CellResult<string> {
  const text = cell.trim();
  if (!/^[0-9]{1,20}$/.test(text)) {
    return { kind: "patientId", reason: "A Hero patient ID can only have digits." };
  }
  return { value: text };
}

export function parseMaxUsesCell(cell: string): CellResult<number> {
  const maxUses = parseMaxUses(cell);
  return maxUses === null ? { kind: "limits", reason: maxUsesMessage } : { value: maxUses };
}
