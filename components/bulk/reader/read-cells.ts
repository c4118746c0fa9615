import { findNhsNumberFault, holdsNhsNumber } from "@/server/schemas/nhs-number";
import type { FaultKind } from "./faults";
import { readUkDay } from "@/components/form-kit/uk-days";

/**
 * One plain function for each kind of cell: fifty thousand rows are read in a moment this way, which
 * is too short for a schema. A test holds them against the schemas that the portal checks by.
 */
export type ReadCell<Value> = { value: Value } | { kind: FaultKind; reason: string };

export const mostCellCharacters = 1_000;

// As `server/schemas/text.ts` has it: what has no place in one line of text.
const hidden =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;
const plainText = /^[ -~]*$/;

/** One line of text with at most so many characters. */
export function readLine(cell: string, most: number): ReadCell<string> {
  const isPlain = plainText.test(cell);
  const text = (isPlain ? cell : cell.normalize("NFC")).trim();
  if (!isPlain && hidden.test(text)) {
    return { kind: "text", reason: "This has hidden or control characters in it." };
  }
  if (text.length > most && [...text].length > most) {
    return { kind: "text", reason: `This is longer than ${most} characters.` };
  }
  return { value: text };
}

/** A text of the partner's own, which stands in lists and results: never an NHS number. */
export function readOwnText(cell: string, most: number): ReadCell<string> {
  const read = readLine(cell, most);
  if ("value" in read && holdsNhsNumber(read.value)) {
    return {
      kind: "text",
      reason: "This looks like an NHS number. Patients must not be named here.",
    };
  }
  return read;
}

export function readNhsNumber(cell: string): ReadCell<string> {
  if (/^\d(\.\d+)?e\+?\d+$/i.test(cell.trim())) {
    return {
      kind: "nhsNumber",
      reason: "A spreadsheet has shortened this number and lost digits.",
    };
  }
  const fault = findNhsNumberFault(cell);
  if (fault) return { kind: "nhsNumber", reason: fault };
  return { value: cell.replace(/[\s-]/g, "") };
}

/** @param today the day it is in the United Kingdom */
export function readDateOfBirth(cell: string, today: string): ReadCell<string> {
  const read = readUkDay(cell);
  if ("fault" in read) return { kind: "date", reason: read.fault };
  if (read.day > today) return { kind: "date", reason: "The date of birth must be in the past." };
  if (Number(today.slice(0, 4)) - Number(read.day.slice(0, 4)) > 130) {
    return { kind: "date", reason: "Check the year of the date of birth." };
  }
  return { value: read.day };
}

/** A day of a link's window or its end. */
export function readDay(cell: string): ReadCell<string> {
  const read = readUkDay(cell);
  if ("fault" in read) return { kind: "date", reason: read.fault };
  const year = Number(read.day.slice(0, 4));
  if (year < 2000 || year > 2099) return { kind: "date", reason: "Check the year." };
  return { value: read.day };
}

export function readPostcode(cell: string): ReadCell<string> {
  const text = cell.toUpperCase().replace(/\s/g, "");
  if (!/^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$/.test(text)) {
    return { kind: "postcode", reason: "This is not a whole UK postcode." };
  }
  return { value: `${text.slice(0, -3)} ${text.slice(-3)}` };
}

export function readPatientId(cell: string): ReadCell<string> {
  const text = cell.trim();
  if (!/^[0-9]{1,20}$/.test(text)) {
    return { kind: "patientId", reason: "A Hero patient id has only digits." };
  }
  return { value: text };
}

export function readUses(cell: string): ReadCell<number> {
  const text = cell.trim();
  const uses = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(uses >= 1 && uses <= 10_000)) {
    return { kind: "limits", reason: "This is not a whole number from 1 to 10,000." };
  }
  return { value: uses };
}
