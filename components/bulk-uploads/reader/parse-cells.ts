import { findNhsNumberError, containsNhsNumber } from "@/server/schemas/nhs-number";
import type { CellErrorKind } from "./errors";
import { parseUkDate } from "@/components/forms/uk-dates";

/**
 * One plain function for each kind of cell: fifty thousand rows are read in a moment this way, which
 * is too short for a schema. A test holds them against the schemas that the portal checks by.
 */
export type CellResult<Value> = { value: Value } | { kind: CellErrorKind; reason: string };

export const maxCellCharacters = 1_000;

// As `server/schemas/text.ts` has it: what has no place in one line of text.
const hiddenCharacters =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;
const plainTextPattern = /^[ -~]*$/;

/** One line of text with at most so many characters. */
export function parseLine(cell: string, maxCharacters: number): CellResult<string> {
  const isPlain = plainTextPattern.test(cell);
  const text = (isPlain ? cell : cell.normalize("NFC")).trim();
  if (!isPlain && hiddenCharacters.test(text)) {
    return { kind: "text", reason: "This has hidden or control characters in it." };
  }
  if (text.length > maxCharacters && [...text].length > maxCharacters) {
    return { kind: "text", reason: `This is longer than ${maxCharacters} characters.` };
  }
  return { value: text };
}

/** A text of the partner's own, which stands in lists and results: never an NHS number. */
export function parsePartnerText(cell: string, maxCharacters: number): CellResult<string> {
  const result = parseLine(cell, maxCharacters);
  if ("value" in result && containsNhsNumber(result.value)) {
    return {
      kind: "text",
      reason: "This looks like an NHS number. Patients must not be named here.",
    };
  }
  return result;
}

export function parseNhsNumber(cell: string): CellResult<string> {
  if (/^\d(\.\d+)?e\+?\d+$/i.test(cell.trim())) {
    return {
      kind: "nhsNumber",
      reason: "A spreadsheet has shortened this number and lost digits.",
    };
  }
  const problem = findNhsNumberError(cell);
  if (problem) return { kind: "nhsNumber", reason: problem };
  return { value: cell.replace(/[\s-]/g, "") };
}

/** @param today the day it is in the United Kingdom */
export function parseDateOfBirth(cell: string, today: string): CellResult<string> {
  const parsed = parseUkDate(cell);
  if ("problem" in parsed) return { kind: "date", reason: parsed.problem };
  if (parsed.date > today)
    return { kind: "date", reason: "The date of birth must be in the past." };
  if (Number(today.slice(0, 4)) - Number(parsed.date.slice(0, 4)) > 130) {
    return { kind: "date", reason: "Check the year of the date of birth." };
  }
  return { value: parsed.date };
}

/** A day of a link's window or its end. */
export function parseDate(cell: string): CellResult<string> {
  const parsed = parseUkDate(cell);
  if ("problem" in parsed) return { kind: "date", reason: parsed.problem };
  const year = Number(parsed.date.slice(0, 4));
  if (year < 2000 || year > 2099) return { kind: "date", reason: "Check the year." };
  return { value: parsed.date };
}

export function parsePostcode(cell: string): CellResult<string> {
  const text = cell.toUpperCase().replace(/\s/g, "");
  if (!/^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$/.test(text)) {
    return { kind: "postcode", reason: "This is not a whole UK postcode." };
  }
  return { value: `${text.slice(0, -3)} ${text.slice(-3)}` };
}

export function parsePatientId(cell: string): CellResult<string> {
  const text = cell.trim();
  if (!/^[0-9]{1,20}$/.test(text)) {
    return { kind: "patientId", reason: "A Hero patient id has only digits." };
  }
  return { value: text };
}

export function parseMaxUses(cell: string): CellResult<number> {
  const text = cell.trim();
  const maxUses = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(maxUses >= 1 && maxUses <= 10_000)) {
    return { kind: "limits", reason: "This is not a whole number from 1 to 10,000." };
  }
  return { value: maxUses };
}
