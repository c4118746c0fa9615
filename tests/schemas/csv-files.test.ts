import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBytes } from "@/components/bulk-uploads/reader/decode";
import { parseTable } from "@/components/bulk-uploads/reader/parse-table";
import { checkFile, createSetup, parseValidTable } from "./csv-support";
import { checkTable } from "@/components/bulk-uploads/reader/check-table";

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, isLittle: boolean, hasBom: boolean) => {
  const units = Array.from(hasBom ? `\ufeff${text}` : text, (_, index) => index).map((index) =>
    (hasBom ? `\ufeff${text}` : text).charCodeAt(index),
  );
  return Uint8Array.from(
    units.flatMap((unit) => (isLittle ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255])),
  );
};
const fileErrorOf = (text: string) => {
  const result = parseTable(text);
  return "problem" in result ? result.problem : null;
};

describe("the encoding of a file", () => {
  const text = "Reference,Name\nA1,Zoë\n";
  it.each([
    ["UTF-8", utf8(text)],
    ["UTF-8", utf8(`\ufeff${text}`)],
    ["UTF-16 LE", utf16(text, true, true)],
    ["UTF-16 BE", utf16(text, false, true)],
    ["UTF-16 LE", utf16(text, true, false)],
    ["UTF-16 BE", utf16(text, false, false)],
    ["Windows-1252", Uint8Array.from(text, (char) => char.charCodeAt(0))],
  ])("a file is decoded as %s", (encoding, bytes) => {
    expect(decodeBytes(bytes)).toEqual({ text, encoding });
  });

  it("an old workbook, a PDF and an archive are not read as text", () => {
    for (const header of [
      [0x50, 0x4b, 5, 6],
      [0xd0, 0xcf, 0x11, 0xe0],
      [0x1f, 0x8b, 8],
      [...utf8("%PDF-1.7")],
    ]) {
      expect(decodeBytes(Uint8Array.from([...header, 0, 0, 0]))).toHaveProperty("problem");
    }
  });

  it("a file with some zero bytes is still UTF-8", () => {
    expect(decodeBytes(utf8("Reference\nA\0B\n"))).toMatchObject({ encoding: "UTF-8" });
  });
});

describe("a file that is not a table", () => {
  it.each([
    ["", "This file is empty."],
    ["\ufeff", "This file is empty."],
    ["\n\n \n", "This file is empty."],
    ["Reference,NHS number\n", "This file has headings but no rows."],
    ["Reference,NHS number\n\n,\n", "This file has headings but no rows."],
    ["Reference,,DOB\nA,B,C", "Column 2 has no heading, but row 2 has a value in it."],
    ["Reference,DOB,reference \nA,B,C", "Columns 1 and 3 have the same heading"],
    ['Reference\n"A\nB\nC', "A quotation mark in row 2 is never closed"],
    ['"Reference,DOB\nA,B\n', "A quotation mark in row 1 is never closed"],
    [
      `${Array.from({ length: 201 }, (_, index) => `Note ${index}`).join(",")}\n1`,
      "more than 200 columns",
    ],
    ["Ref\0erence\nA", "NUL character"],
  ])("%j is rejected as a table", (text, sentence) => {
    expect(fileErrorOf(text)).toContain(sentence);
  });

  it("a file is rejected from the 50,001st row, and not before", () => {
    const file = (rows: number) => `Reference\n${"A\n".repeat(rows)}`;
    expect(fileErrorOf(file(50_000))).toBeNull();
    expect(parseValidTable(file(50_000)).rows).toHaveLength(50_000);
    expect(fileErrorOf(file(50_001))).toContain("more than 50,000 rows");
    expect(fileErrorOf(`${file(50_000)}\n\n\n`)).toBeNull();
  });

  it("blank lines and quotation marks do not fill the memory", () => {
    expect(fileErrorOf(`Reference\n${"\n".repeat(2_000_000)}A`)).toContain("mostly of blank lines");
    expect(fileErrorOf(`Reference\n"${'x"'.repeat(3_000_000)}`)).toContain("never closed");
    expect(fileErrorOf(`Reference\n"${"x".repeat(30_000_000)}`)).toContain("never closed");
  });
});

describe("a table", () => {
  it.each([",", ";", "\t"])("a table is split at %j, whatever its cells contain", (separator) => {
    const line = (cells: string[]) => cells.map((cell) => `"${cell}"`).join(separator);
    const table = parseValidTable(
      `${line(["A, or; b", "B", "C"])}\r\n${line(["1,5", "2;5", "3\t5"])}`,
      1,
    );
    expect(table.delimiter).toBe(separator);
    expect(table.rows.map(({ cells }) => cells)).toEqual([["1,5", "2;5", "3\t5"]]);
  });

  it("a table may mix line endings", () => {
    const table = parseValidTable('A,B\r\n1,2\n3,"4"\r5,6\r\n', 1);
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ["1", "2"],
      ["3", "4"],
      ["5", "6"],
    ]);
  });

  it("rows are numbered as in a spreadsheet, including blank lines", () => {
    const table = parseValidTable("A,B\n1,2\n\n,\n3,4\n", 1);
    expect(table.blankLines).toBe(2);
    expect(table.rows.map(({ rowNumber }) => rowNumber)).toEqual([2, 5]);
  });

  it("rows with values beyond the headings or stray quotes are reported", () => {
    const { errors, summary } = checkFile('Reference,Postcode\nA\nB,C,D\n"E"x",F\n', {
      audience: "anyone",
    });
    expect(errors).toEqual([
      "3 row: This row has 3 cells but there are 2 headings.",
      "4 row: Unexpected quotation marks in a cell.",
    ]);
    expect(summary).toMatchObject({ validCount: 1, invalidCount: 2 });
  });

  it("a cell of 10 MB and a NUL are reported with their place", () => {
    const { errors } = checkFile(`Reference\n${"x".repeat(10_000_000)}\nA\0B\nC\n`, {
      audience: "anyone",
    });
    expect(errors).toEqual([
      "2 Reference: This cell has 10,000,000 characters. The limit is 1,000.",
      "3 Reference: This cell has a NUL character.",
    ]);
  });
});

describe("any file", () => {
  const fragment = fc.constantFrom(
    ...'Reference|NHS number|Date of birth|,|;|\t|\n|\r\n|\r|"|""|\'|=|+|@|\0|\ufeff|9990000018|1/2/1980|é|🙂|\ud800| |x'.split(
      "|",
    ),
  );

  it("any file is rejected with a sentence, or each line is valid, invalid or blank", {
    timeout: 60_000,
  }, () => {
    let parsedCount = 0;
    fc.assert(
      fc.property(
        fc.array(fragment, { maxLength: 40 }),
        fc.boolean(),
        fc.uint8Array({ maxLength: 4 }),
        (fragments, hasHeadings, noise) => {
          const header = hasHeadings ? "Reference,NHS number,Date of birth\n" : "";
          const bytes = new Uint8Array([...utf8(header + fragments.join("")), ...noise]);
          const decoded = decodeBytes(bytes);
          if ("problem" in decoded) return;
          const table = parseTable(decoded.text);
          if ("problem" in table) {
            expect(table.problem).toMatch(/\.$/);
            return;
          }
          parsedCount += 1;
          const { summary, errors } = checkTable(table, createSetup(table.headings));
          expect(summary.validCount + summary.invalidCount).toBe(table.rows.length);
          const numbers = new Set(table.rows.map(({ rowNumber }) => rowNumber));
          expect(numbers.size).toBe(table.rows.length);
          const bad = new Set(errors.map(({ row }) => row));
          expect(bad.size).toBe(summary.invalidCount);
          const last = table.rows.at(-1)?.rowNumber ?? 0;
          expect(last).toBeLessThanOrEqual(
            table.rows.length + table.blankLines + table.titleLines + 1,
          );
        },
      ),
      { numRuns: 10_000 },
    );
    // Most files must not be rejected.
    expect(parsedCount).toBeGreaterThan(1_500);
  });
});
