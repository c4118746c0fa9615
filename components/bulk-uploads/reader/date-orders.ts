import { type DateOrder, findDateOrder } from "@/components/forms/uk-dates";
import { fromCsvCell, withoutTextGuard } from "@/server/schemas/csv";
import { fieldNames, type FieldName, guessColumns } from "./fields";
import type { DateQuestion, Table } from "./table";

/** A person's answer, by index of the column from 0. */
export type ChosenDateOrders = Readonly<Record<number, "dayFirst" | "monthFirst">>;

/** The first date of each kind in a column, and how many of its filled cells are such dates. */
type ColumnDates = Record<NonNullable<ReturnType<typeof findDateOrder>>, string | null> & {
  dateCount: number;
  filledCount: number;
};

const dateFields: readonly FieldName[] = ["dateOfBirth", "slotsFrom", "slotsTo", "expiresOn"];

// "mm/dd/yyyy", "MM-DD", "mmddyyyy", "month/day/year", "US format"
const monthFirstHeading =
  /(?<![a-z])m{1,2}\s*[/.-]\s*d{1,2}(?![a-z])|(?<![a-z])mmdd|month\W*day|\bamerican\b|\bUSA?\b/i;
const dayFirstHeading =
  /(?<![a-z])d{1,2}\s*[/.-]\s*m{1,2}(?![a-z])|(?<![a-z])ddmm|day\W*month|\buk\b/i;

/**
 * Which columns may have dates with the month first. A column can prove it, or its heading can say so. A
 * column that allows either order is in doubt when another one of the file proves it.
 *
 * @param chosen what a person has answered
 * @returns the orders, or the next column to ask about. A column with dates of both orders is "unclear",
 * and so is one that does not look like a column of dates.
 */
export function findDateOrders(
  { headings, rows }: Pick<Table, "headings" | "rows">,
  chosen: ChosenDateOrders = {},
): { dateOrders: Map<number, DateOrder> } | { question: DateQuestion } {
  const columns = guessColumns(headings);
  const fieldOf = (column: number) => fieldNames.find((field) => columns[field] === column);
  const found = headings.map((heading, column) => {
    const dates = findColumnDates(rows, column);
    const field = fieldOf(column);
    const hasMostlyDates = dates.dateCount * 2 >= dates.filledCount;
    const isDateColumn = field ? dateFields.includes(field) : hasMostlyDates;
    return { column, heading, ...dates, isDateColumn };
  });
  const isFileInDoubt = found.some(
    ({ isDateColumn, monthFirst, dayFirst }) => isDateColumn && monthFirst && !dayFirst,
  );
  const dateOrders = new Map<number, DateOrder>();
  for (const { column, heading, isDateColumn, ...dates } of found) {
    const { monthFirst, dayFirst, either, yearDayMonth } = dates;
    if (yearDayMonth) {
      dateOrders.set(column, "unclearYearFirst");
      continue;
    }
    const isInDoubt =
      either !== null &&
      (monthFirstHeading.test(heading) ||
        (isFileInDoubt && !dayFirst && !dayFirstHeading.test(heading)));
    if (!monthFirst && !isInDoubt) continue;
    if (!isDateColumn || (monthFirst && dayFirst)) {
      dateOrders.set(column, "unclear");
      continue;
    }
    const order = chosen[column];
    if (!order) return { question: { column, heading, monthFirst, either } };
    dateOrders.set(column, order);
  }
  return { dateOrders };
}

function findColumnDates(rows: Table["rows"], column: number): ColumnDates {
  const found: ColumnDates = {
    dayFirst: null,
    monthFirst: null,
    either: null,
    yearDayMonth: null,
    dateCount: 0,
    filledCount: 0,
  };
  for (const { cells } of rows) {
    const cell = cells[column] ?? "";
    if (cell === "") continue;
    found.filledCount += 1;
    // Most cells are no dates, and a longer text can only contain one.
    if (cell.length > 60 || !/\d/.test(cell)) continue;
    const text = withoutTextGuard(fromCsvCell(cell)).trim();
    const order = findDateOrder(text);
    if (!order) continue;
    found.dateCount += 1;
    found[order] ??= text;
  }
  return found;
}
