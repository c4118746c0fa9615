import { csvByteOrderMark, toCsvLine } from "@/server/schemas/csv";

/** Headings that the reader recognises. The NHS numbers are from the test range. */
const templateRows = [
  ["Reference", "NHS number", "Date of birth", "First name", "Last name", "Postcode"],
  ["EXAMPLE-1", "999 000 0018", "14/02/1980", "", "", ""],
  ["EXAMPLE-2", "999 000 0026", "3 Dec 1957", "", "", ""],
];

export function createTemplate(): Blob {
  return new Blob([csvByteOrderMark, ...templateRows.map(toCsvLine)], {
    type: "text/csv;charset=utf-8",
  });
}
