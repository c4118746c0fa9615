import { parseMonthName, parseUkDate } from "./uk-dates";

/** The three boxes of a date, as typed. */
export type DateParts = { day: string; month: string; year: string };

/** A month's name as its number; other text is returned unchanged. */
const parseMonth = (text: string) => String(parseMonthName(text) ?? text);

/**
 * `YYYY-MM-DD`, or `""` where all boxes are empty. An empty box leaves its part empty, so that the
 * schema can name the missing part.
 */
export function formatDateParts({ day, month, year }: DateParts): string {
  const parts = [year.trim(), parseMonth(month.trim()), day.trim()];
  if (parts.every((part) => part === "")) return "";
  return parts.map((part, index) => (part && index > 0 ? part.padStart(2, "0") : part)).join("-");
}

/**
 * A date as people copy it: "04/12/1989", "4 12 1989", "1989-12-04", "4 December 1989". The day comes
 * before the month. Undefined for anything else, including two-digit years, which are ambiguous.
 */
export function parsePastedDate(text: string): DateParts | undefined {
  const normalized = text
    .trim()
    .replace(/^(\d{1,2})\s*[\s/.-]\s*(\d{1,2})\s*[\s/.-]\s*(\d{4})$/, "$1/$2/$3");
  const parsed = parseUkDate(normalized);
  if ("problem" in parsed) return undefined;
  const [year = "", month = "", day = ""] = parsed.date
    .split("-")
    .map((part) => String(Number(part)));
  return { day, month, year };
}

/** The boxes of a date that `formatDateParts` joined. */
export function splitDateParts(date: string): DateParts {
  const [year = "", month = "", day = ""] = date.split("-");
  const withoutZero = (part: string) => part.replace(/^0(?=\d)/, "");
  return { day: withoutZero(day), month: withoutZero(month), year };
}
