import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import {
  csvByteOrderMark,
  fromCsvCell,
  looksLikeFormula,
  toCsvCell,
  toCsvLine,
} from "@/server/schemas/csv";

const formulaPrefixes = ["=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "＝", "＋", "－", "＠"];
const invisibleChars = ["", " ", "  ", "\u00a0", "\u200b", "\ufeff", "\u0000", " \t"];

/** Texts with leading signs, apostrophes, quotes and spaces. */
const cell = fc
  .tuple(
    fc.array(fc.constantFrom("'", '"', " ", "\u00a0", ",", ";", ...formulaPrefixes), {
      maxLength: 4,
    }),
    fc.string({ unit: "binary", maxLength: 12 }),
  )
  .map(([start, rest]) => start.join("") + rest);

/** Reads a file as a spreadsheet does. */
function readFile(file: string): string[][] {
  const { data, errors } = Papa.parse<string[]>(file, { delimiter: ",", newline: "\r\n" });
  expect(errors).toEqual([]);
  return data;
}

describe("an exported cell", () => {
  it.each(formulaPrefixes.flatMap((prefix) => invisibleChars.map((before) => [before + prefix])))(
    "an exported cell does not start like a formula: %j",
    (prefix) => {
      for (const text of [prefix, `${prefix}cmd|' /C calc'!A0`, `${prefix}SUM(A1:A9)`]) {
        const [[parsed = ""] = []] = readFile(toCsvLine([text]));
        expect(looksLikeFormula(text)).toBe(true);
        expect(parsed.startsWith("'")).toBe(true);
        expect(looksLikeFormula(parsed)).toBe(false);
      }
    },
  );

  it("no exported cell starts like a formula, whatever it contains", () => {
    fc.assert(
      fc.property(cell, (text) => {
        const escaped = toCsvCell(text);
        const unquoted = escaped.startsWith('"') ? escaped.slice(1) : escaped;
        expect(looksLikeFormula(unquoted)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it("ordinary text is exported unchanged", () => {
    for (const text of ["999 000 0018", "Zoë O'Connor", "'tis", "KT2 6QW", "3/12/2026", "a=b"]) {
      expect(toCsvCell(text)).toBe(text);
    }
  });
});

describe("exporting and importing a file", () => {
  it("every text is returned byte for byte", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 4 }),
        (rows) => {
          const file = rows.map(toCsvLine).join("");
          const parsedRows = readFile(file).filter((row) => row.length > 1);
          expect(parsedRows.map((row) => row.map(fromCsvCell))).toEqual(rows);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each(["+447700900123", "9990000018", "999 000 0018", "-1", "'+44", "''=1", "'", "''", "'a"])(
    "the round trip returns %s",
    (text) => {
      const [[parsed = ""] = []] = readFile(`${toCsvLine([text, "x"])}`);
      expect(fromCsvCell(parsed)).toBe(text);
      expect(fromCsvCell(toCsvCell(text).replace(/^"(.*)"$/s, "$1"))).toBe(text);
    },
  );

  it("an exported file starts with the byte order mark that spreadsheets expect", () => {
    expect(new TextEncoder().encode(csvByteOrderMark)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
  });
});
