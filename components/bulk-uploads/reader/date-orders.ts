import { type DateOrder, findDateOrder } from "@/components/forms/uk-dates";
import { fromCsvCell, withoutTextGuard } from "@/server/schemas/csv";
import { fieldNames, type FieldName, guessColumns } from "./fields";
import type { DateQuestion, Table } from "./table";

/** "Swapped": and a workbook's own dates of the column have day and month swapped. */
export type ChosenDateOrder = "dayFirst" | "dayFirstSwapped" | "monthFirst" | "monthFirstSwapped";

/** A person's answer, by index of the column from 0. */
export type ChosenDateOrders = Readonly<Record<number, ChosenDateOrder>>;

/** The first date of each kind in a column, and how many of its filled cells are such dates. */
type ColumnDates = Record<NonNullable<ReturnType<typeof findDateOrder>>, string | null> & {
  dateCount: number;
  filledCount: number;
  /** The first of a workbook's own dates that may be swapped. */
  stored: string | undefined;
  /** A date such as 1984-03-14, which no program takes for another. */
  hasClearDate: boolean;
};

const dateFields: readonly FieldName[] = ["dateOfBirth", "slotsFrom", "slotsTo", "expiresOn"];

// "mm/dd/yyyy", "MM-DD", "mmddyyyy", "month/day/year", "US format"
const monthFirstHeading =
  /(?<![a-z])m{1,2}\s*[/.-]\s*d{1,2}(?![a-z])|(?<![a-z])mmdd|month\W*day|\bamerican\b|\bUSA?\b/i;
const dayFirstHeading =
  /(?<![a-z])d{1,2}\s*[/.-]\s*m{1,2}(?![a-z])|(?<![a-z])ddmm|day\W*month|\buk\b/i;

/**
 * Which columns may have dates with the month first. A column can prove it, or its heading can say so. A
 * column that allows either order is in doubt when another one of the file proves it. So is one with a
 * workbook's own dates: a program that expects the day first takes 03/04/1984 for 3 April, and leaves
 * 03/14/1984 a text. One that expects the month first takes it for 4 March, and leaves 14/03/1984 a text.
 *
 * @param chosen what a person has answered
 * @returns the orders, or the next column to ask about. A column with dates of both orders is "unclear",
 * and so is one that does not look like a column of dates.
 */
export function findDateOrders(
  { headings, rows, swappableDates }: Pick<Table, "headings" | "rows" | "swappableDates">,
  chosen: ChosenDateOrders = {},
): { dateOrders: Map<number, DateOrder> } | { question: DateQuestion } {
  const columns = guessColumns(headings);
  const fieldOf = (column: number) => fieldNames.find((field) => columns[field] === column);
  const found = headings.map((heading, column) => {
    const dates = findColumnDates(rows, column, swappableDates?.get(column));
    const field = fieldOf(column);
    const hasMostlyDates = dates.dateCount * 2 >= dates.filledCount;
    const isDateColumn = field ? dateFields.includes(field) : hasMostlyDates;
    return { column, heading, ...dates, isDateColumn };
  });
  const isFileInDoubt = found.some(
    ({ isDateColumn, monthFirst, dayFirst }) => isDateColumn && monthFirst && !dayFirst,
  );
  const hasSwappedDates = found.some(
    ({ isDateColumn, monthFirst, dayFirst, stored, hasClearDate }) =>
      isDateColumn && dayFirst && !monthFirst && stored && !hasClearDate,
  );
  const dateOrders = new Map<number, DateOrder>();
  for (const { column, heading, isDateColumn, ...dates } of found) {
    const { monthFirst, dayFirst, either, stored, yearDayMonth } = dates;
    if (yearDayMonth) {
      dateOrders.set(column, "unclearYearFirst");
      continue;
    }
    const mayBeSwapped = stored !== undefined && !dates.hasClearDate;
    const isInDoubt =
      (mayBeSwapped && hasSwappedDates) ||
      ((either !== null || mayBeSwapped) &&
        (monthFirstHeading.test(heading) ||
          (isFileInDoubt && !dayFirst && !dayFirstHeading.test(heading))));
    if (!monthFirst && !isInDoubt) continue;
    if (!isDateColumn || (monthFirst && dayFirst)) {
      dateOrders.set(column, "unclear");
      continue;
    }
    const order = chosen[column];
    if (!order) {
      const question = {
        column,
        heading,
        dayFirst: dayFirst ?? undefined,
        monthFirst,
        either,
        stored,
      };
      return { question };
    }
    dateOrders.set(column, order.startsWith("dayFirst") ? "dayFirst" : "monthFirst");
  }
  return { dateOrders };
}

/**
 * Corrects a workbook's own dates, in place: swaps day and month where a person said so. In a column with
 * dates of both orders they become texts, which are refused like the others.
 */
export function correctStoredDates(
  { rows, dateOrders, swappableDates = new Map() }: Table,
  chosen: ChosenDateOrders = {},
): void {
  for (const [column, rowNumbers] of swappableDates) {
    const isUnclear = dateOrders.get(column) === "unclear";
    if (!isUnclear && !chosen[column]?.endsWith("Swapped")) continue;
    for (const { rowNumber, cells } of rows) {
      if (!rowNumbers.has(rowNumber)) continue;
      const [year = "", month = "", day = ""] = (cells[column] ?? "").split("-");
      cells[column] = isUnclear ? `${day}/${month}/${year}` : `${year}-${day}-${month}`;
    }
  }
}

function findColumnDates(
  rows: Table["rows"],
  column: number,
  swappableRows: ReadonlySet<number> = new Set(),
): ColumnDates {
  const found: ColumnDates = {
    dayFirst: null,
    monthFirst: null,
    either: null,
    yearDayMonth: null,
    dateCount: 0,
    filledCount: 0,
    stored: undefined,
    hasClearDate: false,
  };
  for (const { rowNumber, cells } of rows) {
    const cell = cells[column] ?? "";
    if (cell === "") continue;
    found.filledCount += 1;
    // Most cells are no dates, and a longer text can only contain one.
    if (cell.length > 60 || !/\d/.test(cell)) continue;
    const text = withoutTextGuard(fromCsvCell(cell)).trim();
    const isoDay = /^\d{4}-\d\d-(\d\d)$/.exec(text)?.[1];
    if (isoDay) found.hasClearDate ||= Number(isoDay) > 12;
    if (swappableRows.has(rowNumber)) found.stored ??= text;
    const order = findDateOrder(text);
    if (isoDay && !order) found.dateCount += 1;
    if (!order) continue;
    found.dateCount += 1;
    found[order] ??= text;
  }
  return found;
}
