import { isRealDay } from "@/server/schemas/dates";

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

/** A day as `YYYY-MM-DD`, or why the text is none. */
export type ReadDay = { day: string } | { fault: string };

const isoForm = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;
const ukForm = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;
const wordForm = /^(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -](\d{4})$/i;
const shortYear = /^\d{1,2}([/. -])(?:\d{1,2}|[a-z]{3,9})\1\d{2}$/i;

/**
 * Reads a day as people in the United Kingdom write it: 2026-12-03, 3/12/2026, 3 Dec 2026. The day
 * comes before the month. A year of two digits is refused, since it may mean either century.
 */
export function readUkDay(text: string): ReadDay {
  const trimmed = text.trim();
  const parts = splitDay(trimmed);
  if (parts) {
    const [year, month, day] = parts;
    const bare = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    if (isRealDay(bare)) return { day: bare };
    return Number(month) > 12 && Number(day) <= 12
      ? { fault: "There is no such month: the day comes first, then the month." }
      : { fault: "There is no such day in the calendar." };
  }
  if (shortYear.test(trimmed)) return { fault: "A year of two digits may mean either century." };
  if (/^\d{4,5}(\.0+)?$/.test(trimmed)) {
    return { fault: "This is a spreadsheet's own number for a date." };
  }
  return { fault: "This is not a date." };
}

function splitDay(text: string): [year: string, month: string, day: string] | null {
  const iso = isoForm.exec(text);
  if (iso) return [iso[1] ?? "", iso[2] ?? "", iso[3] ?? ""];
  const uk = ukForm.exec(text);
  if (uk) return [uk[3] ?? "", uk[2] ?? "", uk[1] ?? ""];
  const words = wordForm.exec(text);
  if (!words) return null;
  const name = (words[2] ?? "").toLowerCase();
  const month = months.findIndex(
    (each) => each === name || each.slice(0, 3) === name || (name === "sept" && each[0] === "s"),
  );
  return month < 0 ? null : [words[3] ?? "", String(month + 1), words[1] ?? ""];
}
