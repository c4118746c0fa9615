import { isCalendarDate } from "@/server/schemas/dates";

const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

/**
 * How dates of three numbers are read. "unclear": only those that no other order allows.
 * "unclearYearFirst": the same for dates with the year first.
 */
export type DateOrder = "dayFirst" | "monthFirst" | "unclear" | "unclearYearFirst";

/** A date as `YYYY-MM-DD`, or why the text is not one. */
export type ParsedDate = { date: string } | { problem: string };

const isoPattern = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;
const ukPattern = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;
const wordPattern = /^(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -](\d{4})$/i;
const twoDigitYearPattern = /^\d{1,2}([/. -])(?:\d{1,2}|[a-z]{3,9})\1\d{2}$/i;

// Databases and spreadsheets export a date as the midnight that begins it.
const midnightPattern =
  /(?:T|,?\s+)(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)?\s*am)(?:\s*(?:Z|UTC|GMT|BST|[+-]\d{2}:?\d{2}))?$/i;
const timePattern =
  /(?:T|,?\s+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]m)?\s*(?:Z|UTC|GMT|BST|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads a date as people in the United Kingdom write it: 2026-12-03, 3/12/2026, 3 Dec 2026. The day
 * comes before the month. A time of midnight is ignored, any other is rejected. Two-digit years are rejected as ambiguous.
 *
 * @param order of a column whose dates may have the month first
 */
export function parseUkDate(text: string, order: DateOrder = "dayFirst"): ParsedDate {
  const trimmed = normalizeMarks(text).replace(midnightPattern, "");
  const numbers = order === "dayFirst" ? null : ukPattern.exec(trimmed);
  if (numbers) {
    const [, first = "", second = "", year = ""] = numbers;
    if (order === "monthFirst") return parseMonthFirst(first, second, year);
    if (allowsBothOrders(first, second)) {
      return { problem: `Dates in this column may have the month first. ${clearDateAdvice}` };
    }
  }
  const yearFirst = isoPattern.exec(trimmed);
  if (yearFirst) {
    const [, , month = "", day = ""] = yearFirst;
    if (order === "unclearYearFirst" && allowsBothOrders(month, day)) {
      return {
        problem:
          "Dates in this column may have the day before the month. Enter this one as 3 Dec 2026.",
      };
    }
    if (isDayBeforeMonth(month, day)) {
      return { problem: "Enter the month before the day, such as 2026-12-03." };
    }
  }
  const parts = splitDate(trimmed);
  if (parts) {
    const [year, month, day] = parts;
    const localDate = toLocalDate(year, month, day);
    if (isCalendarDate(localDate)) return { date: localDate };
    return Number(month) > 12 && Number(day) <= 12
      ? { problem: "Enter the day first, then the month." }
      : { problem: "This date does not exist." };
  }
  if (twoDigitYearPattern.test(trimmed))
    return { problem: "Enter the year in full, such as 2026." };
  if (timePattern.test(trimmed)) return { problem: "Remove the time and leave only the date." };
  if (/^\d{4,5}(\.0+)?$/.test(trimmed)) {
    return { problem: "This is an Excel date number. Format the cell as a date." };
  }
  return { problem: "Enter a valid date." };
}

const clearDateAdvice = "Enter this one as 2026-12-03 or 3 Dec 2026.";

const toLocalDate = (year: string, month: string, day: string) =>
  `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;

function parseMonthFirst(month: string, day: string, year: string): ParsedDate {
  const localDate = toLocalDate(year, month, day);
  if (isCalendarDate(localDate)) return { date: localDate };
  return isCalendarDate(toLocalDate(year, day, month))
    ? { problem: `Dates in this column have the month first. ${clearDateAdvice}` }
    : { problem: "This date does not exist." };
}

/** Different dates, depending on which number is the day. */
const allowsBothOrders = (first: string, second: string) =>
  Number(first) <= 12 && Number(second) <= 12 && Number(first) !== Number(second);

/** In a date with the year first. */
const isDayBeforeMonth = (month: string, day: string) =>
  Number(month) > 12 && Number(month) <= 31 && Number(day) <= 12;

const numbersPattern = /^(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)/;
const yearFirstPattern = /^\d{4}[-/](\d{1,2})[-/](\d{1,2})(?!\d)/;
const monthWordFirstPattern = /^([a-z]{3,9})\.? \d{1,2},? \d{4}$/i;

/**
 * What a date says about the order of day and month in its column, with or without a time or a full year;
 * "yearDayMonth" for 2026-31-12.
 * Null for a text that says nothing, such as a date with the name of its month after the day.
 */
export function findDateOrder(
  text: string,
): "dayFirst" | "monthFirst" | "either" | "yearDayMonth" | null {
  const trimmed = normalizeMarks(text);
  const numbers = numbersPattern.exec(trimmed);
  if (!numbers) {
    const [, monthNumber = "", day = ""] = yearFirstPattern.exec(trimmed) ?? [];
    if (isDayBeforeMonth(monthNumber, day)) return "yearDayMonth";
    const month = monthWordFirstPattern.exec(trimmed)?.[1];
    return month && parseMonthName(month) !== null ? "monthFirst" : null;
  }
  const [, first = "", , second = ""] = numbers;
  if (allowsBothOrders(first, second)) return "either";
  if (Number(first) > 12) return Number(first) <= 31 && Number(second) <= 12 ? "dayFirst" : null;
  return Number(second) > 12 && Number(second) <= 31 ? "monthFirst" : null;
}

/** The spaces and dashes of a keyboard, for those of word processors and other programs. */
function normalizeMarks(text: string): string {
  // Most dates have none, and a file has many dates.
  if (/^[\d/.-]+$/.test(text)) return text;
  return text
    .replace(/\p{Cf}/gu, "")
    .replace(/[\p{Pd}\u2212]/gu, "-")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/ ?([/.]) ?(?=\d)/g, "$1");
}

function splitDate(text: string): [year: string, month: string, day: string] | null {
  const isoMatch = isoPattern.exec(text);
  if (isoMatch) return [isoMatch[1] ?? "", isoMatch[2] ?? "", isoMatch[3] ?? ""];
  const ukMatch = ukPattern.exec(text);
  if (ukMatch) return [ukMatch[3] ?? "", ukMatch[2] ?? "", ukMatch[1] ?? ""];
  const wordMatch = wordPattern.exec(text);
  if (!wordMatch) return null;
  const month = parseMonthName(wordMatch[2] ?? "");
  return month === null ? null : [wordMatch[3] ?? "", String(month), wordMatch[1] ?? ""];
}

/** "Sep", "Sept" and "September" are 9; null for any other word. */
export function parseMonthName(text: string): number | null {
  const name = text.toLowerCase();
  const index = months.findIndex(
    (month) =>
      month === name || month.slice(0, 3) === name || (name === "sept" && month[0] === "s"),
  );
  return index < 0 ? null : index + 1;
}
