/**
 * CSV that is inert when a spreadsheet opens it and comes back byte for byte. A cell that a spreadsheet
 * would take for a formula is written with one apostrophe in front, and one such apostrophe is taken
 * away when it is read again. A cell that already begins with an apostrophe and then such a sign gets
 * one more, so that nothing is lost on the way.
 */

// What may stand unseen in front of the sign: spaces, control characters and zero-width marks.
const invisibleCharacters = "[\\s\\u0000-\\u001f\\u200b-\\u200f\\u2060\\ufeff]*";
// Tab, CR and LF count as signs themselves; the last four are the full-width forms of = + - @.
const formulaStart = "[=+\\-@|%\\t\\r\\n＝＋－＠]";
const formulaPattern = new RegExp(`^${invisibleCharacters}?${formulaStart}`);
const escapedFormulaPattern = new RegExp(`^'+${invisibleCharacters}?${formulaStart}`);
const needsQuotes = /[",;\t\r\n]|^\s|\s$/;

/** True where a spreadsheet may take the text for a formula, or hide that it is one. */
export function looksLikeFormula(text: string): boolean {
  return formulaPattern.test(text);
}

/** A value as a cell of a CSV line, with its quotes where it needs them. */
export function toCsvCell(value: string): string {
  const isRisky = formulaPattern.test(value) || escapedFormulaPattern.test(value);
  const text = isRisky ? `'${value}` : value;
  return isRisky || needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The value of a cell that a CSV reader gave, its quotes already gone: the reverse of `toCsvCell`. */
export function fromCsvCell(cell: string): string {
  // Nearly no cell begins with an apostrophe, and this runs for every cell of a large file.
  return cell.charCodeAt(0) === 39 && escapedFormulaPattern.test(cell) ? cell.slice(1) : cell;
}

/** One line of a CSV file with its line end (RFC 4180). */
export function toCsvLine(values: readonly string[]): string {
  return `${values.map(toCsvCell).join(",")}\r\n`;
}

/** Begins a CSV file, so that spreadsheets read it as UTF-8. */
export const csvByteOrderMark = "\ufeff";
