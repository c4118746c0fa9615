import { maxUsesMessage, parseLinkText, parseMaxUses } from "@/server/schemas/links/rules";
import { findNhsNumberError } from "@/server/schemas/nhs-number";
import { parseLine } from "@/server/schemas/text-line";
import type { CellErrorKind } from "./errors";
import { parseUkDate } from "@/components/forms/uk-dates";

/**
 * One plain function for each kind of cell: fifty thousand rows are read in a moment this way, which
 * is too short for a schema. A test holds them against the schemas that the portal checks by.
 */
export type CellResult<Value> = { value: Value } | { kind: CellErrorKind; reason: string };

export const maxCellCharacters = 1_000;

/** One line of text with at most so many characters. */
export function parseTextCell(cell: string, maxCharacters: number): CellResult<string> {
  return withKind("text", parseLine(cell, maxCharacters));
}

/** A partner's own text, which lists and results show: never an NHS number. */
export function parsePartnerText(cell: string, maxCharacters: number): CellResult<string> {
  return withKind("text", parseLinkText(cell, maxCharacters));
}

function withKind(
  kind: CellErrorKind,
  line: { value: string } | { reason: string },
): CellResult<string> {
  return "value" in line ? line : { kind, reason: line.reason };
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

export function parseMaxUsesCell(cell: string): CellResult<number> {
  const maxUses = parseMaxUses(cell);
  return maxUses === null ? { kind: "limits", reason: maxUsesMessage } : { value: maxUses };
}
