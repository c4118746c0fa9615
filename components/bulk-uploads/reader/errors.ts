/** Kinds of fault, by which the list of bad cells is narrowed. */
export const cellErrorKinds = {
  missing: { name: "Missing", fix: "Fill in the cell." },
  nhsNumber: {
    name: "NHS number",
    fix: "Check the number against the record. Format the column as text in the spreadsheet.",
  },
  date: { name: "Date", fix: "Write it as 3/12/2026, 2026-12-03 or 3 Dec 2026." },
  postcode: { name: "Postcode", fix: "Write the whole postcode, such as KT2 6QW." },
  patientId: { name: "Hero patient id", fix: "Use Hero's number of the patient, only digits." },
  notRecognised: {
    name: "Not known here",
    fix: "Use the name or the id exactly as Hero lists it.",
  },
  limits: { name: "Days and uses", fix: "Change the day or the number." },
  formula: {
    name: "Formula",
    fix: "Remove the sign in front, or put an apostrophe before it to keep it as text.",
  },
  text: { name: "Text", fix: "Shorten the text, or remove what cannot be used." },
  duplicate: { name: "Repeat", fix: "Remove one of the two rows." },
  cellCount: { name: "Shape of the row", fix: "Give the row as many cells as there are headings." },
} as const;

export type CellErrorKind = keyof typeof cellErrorKinds;

/** One thing wrong with one row. `column` counts from 0; -1 where the row as a whole is at fault. */
export type CellError = { row: number; column: number; kind: CellErrorKind; reason: string };
