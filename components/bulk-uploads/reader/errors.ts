/** The filters of the list of problems. */
export const cellErrorKinds = {
  missing: { name: "Missing", fix: "Fill in the cell." },
  nhsNumber: {
    name: "NHS number",
    fix: "Check the number against the record. If the spreadsheet changed it, format the column as text and enter it again.",
  },
  date: { name: "Date", fix: "Enter it as 2026-12-03 or 3 Dec 2026." },
  postcode: { name: "Postcode", fix: "Enter the full postcode, such as KT2 6QW." },
  patientId: { name: "Hero patient ID", fix: "Use the Hero patient ID, digits only." },
  notRecognised: {
    name: "Not recognised",
    fix: "Use the name or ID exactly as in Hero.",
  },
  limits: { name: "Dates and uses", fix: "Change the date or the number." },
  formula: {
    name: "Formula",
    fix: "Enter the value itself, or put an apostrophe before text that only looks like a formula.",
  },
  text: { name: "Text", fix: "Shorten the text, or remove characters that are not allowed." },
  duplicate: { name: "Duplicate", fix: "Remove one of the two rows." },
  cellCount: { name: "Wrong number of cells", fix: "Give the row one cell for each heading." },
} as const;

export type CellErrorKind = keyof typeof cellErrorKinds;

/** `column` counts from 0; -1 for a problem of the whole row. */
export type CellError = { row: number; column: number; kind: CellErrorKind; reason: string };
