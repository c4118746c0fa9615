/**
 * CSV that is safe to open in a spreadsheet and survives a round trip unchanged. A cell that looks like a
 * formula gets an apostrophe in front, and so does one that already has an apostrophe there. Reading
 * removes one.
 */

// Spaces, control characters and zero-width marks can hide in front of the formula's first character.
const invisibleCharacters = "[\\s\\u0000-\\u001f\\u200b-\\u200f\\u2060\\ufeff]*";
// The last four are the full-width forms of = + - @.
const formulaStart = "[=+\\-@|%\\t\\r\\n＝＋－＠]";
const formulaPattern = new RegExp(`^${invisibleCharacters}?${formulaStart}`);
const escapedFormulaPattern = new RegExp(`^'+${invisibleCharacters}?${formulaStart}`);
const needsQuotes = /[",;\t\r\n]|^\s|\s$/;

export function looksLikeFormula(text: string): boolean {
  return formulaPattern.test(text);
}

export function toCsvCell(value: string): string {
  const isRisky = formulaPattern.test(value) || escapedFormulaPattern.test(value);
  const text = isRisky ? `'${value}` : value;
  return isRisky || needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Reverses `toCsvCell`, for a cell whose quotes the CSV parser has removed. */
export function fromCsvCell(cell: string): string {
  // The first test is fast, because this runs for every cell of a large file.
  return cell.charCodeAt(0) === 39 && escapedFormulaPattern.test(cell) ? cell.slice(1) : cell;
}

const formulaGuard = /^\s*=\s*"((?:[^"]|"")*)"\s*$/;
// A name may begin with an apostrophe ('t Hooft), so only texts with a digit count.
const apostropheGuard = /^\s*'(?=[^']*\d)([^']*)'?\s*$/;
const hiddenMarks = /[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** A cell without what spreadsheets put around a number to keep it as text: `'0123`, `'0123'`, `="0123"`. */
export function withoutTextGuard(cell: string): string {
  const first = cell.charCodeAt(0);
  // Most cells begin with a letter or digit and end with neither mark.
  if ((first >= 48 && first <= 57) || (first >= 65 && first <= 122)) return cell;
  const inner = formulaGuard.exec(cell)?.[1]?.replaceAll('""', '"') ?? cell;
  if (escapedFormulaPattern.test(inner)) return inner;
  const text = apostropheGuard.exec(inner)?.[1] ?? inner;
  return /^[\s\p{Cf}]*\d[\d\s\p{Cf}-]*$/u.test(text) ? text.replace(hiddenMarks, "").trim() : text;
}

/** Without the apostrophe of a text cell. Only where no value can begin with one: a name can ('t Hooft). */
export const withoutApostrophe = (cell: string) => cell.replace(/^\s*'(?=[\p{L}\p{N}])/u, "");

/** With the line ending of RFC 4180. */
export function toCsvLine(values: readonly string[]): string {
  return `${values.map(toCsvCell).join(",")}\r\n`;
}

/** At the start of a file, makes spreadsheets read it as UTF-8. */
export const csvByteOrderMark = "\ufeff";
