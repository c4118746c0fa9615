import { type Zippable, strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { openFileSession } from "@/components/bulk-uploads/reader/file-session";
import type { ReadChoices } from "@/components/bulk-uploads/reader/messages";
import { createSetup } from "./csv-support";

/**
 * @param sheets rows of sheet XML by sheet name
 * @param hiddenSheet the name of a sheet that is not shown
 * @param formats number formats, of the cells with style 2 and up
 * @param mergedCells ranges of every sheet
 */
function createWorkbook(
  sheets: Record<string, string>,
  {
    properties = "",
    hiddenSheet = "",
    formats = [] as readonly string[],
    mergedCells = [] as readonly string[],
  } = {},
): File {
  const merged = mergedCells.map((range) => `<mergeCell ref="${range}"/>`).join("");
  const names = Object.keys(sheets);
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const packageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";
  const files: Zippable = {
    "[Content_Types].xml": strToU8(
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>`,
    ),
    "_rels/.rels": strToU8(
      `<Relationships xmlns="${packageRelations}"><Relationship Id="r" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ),
    "xl/workbook.xml": strToU8(
      `<workbook xmlns="${main}" xmlns:r="${relations}">${properties}<sheets>${names.map((name, index) => `<sheet name="${name}"${name === hiddenSheet ? ' state="hidden"' : ""} sheetId="${index + 1}" r:id="r${index + 1}"/>`).join("")}</sheets></workbook>`,
    ),
    "xl/_rels/workbook.xml.rels": strToU8(
      `<Relationships xmlns="${packageRelations}">${names.map((_, index) => `<Relationship Id="r${index + 1}" Type="${relations}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`).join("")}<Relationship Id="s" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    ),
    "xl/styles.xml": strToU8(
      `<styleSheet xmlns="${main}"><numFmts>${formats.map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${code.replaceAll('"', "&quot;")}"/>`).join("")}</numFmts><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/>${formats.map((_, index) => `<xf numFmtId="${164 + index}" xfId="0" applyNumberFormat="1"/>`).join("")}</cellXfs></styleSheet>`,
    ),
  };
  for (const [index, name] of names.entries()) {
    files[`xl/worksheets/sheet${index + 1}.xml`] = strToU8(
      `<worksheet xmlns="${main}"><sheetData>${sheets[name] ?? ""}</sheetData>${merged && `<mergeCells>${merged}</mergeCells>`}</worksheet>`,
    );
  }
  return new File([new Uint8Array(zipSync(files))], "rows.xlsx");
}

const text = (cell: string, value: string) =>
  `<c r="${cell}" t="inlineStr"><is><t>${value}</t></is></c>`;
const headingRow = (row: number) =>
  `<row r="${row}">${text(`A${row}`, "NHS number")}${text(`B${row}`, "Date of birth")}${text(`C${row}`, "Reference")}</row>`;
// 1984-03-12 and 1978-08-19 as the numbers that a spreadsheet stores.
const rows = `${headingRow(3)}<row r="4"><c r="A4"><v>9994294083</v></c><c r="B4" s="1"><v>30753</v></c><c r="C4" t="str"><f>"A-"&amp;1</f><v>A-1</v></c></row><row r="6">${text("A6", "999 437 3277")}<c r="B6" s="1"><v>28721</v></c></row>`;

describe("B9: a workbook", () => {
  it("B9: numbers, dates and formulas are read, with the row numbers of the spreadsheet", async () => {
    const session = openFileSession();
    const source = createWorkbook({
      Patients: `<row r="1">${text("A1", "Flu recall list")}</row>${rows}`,
    });
    const info = await session.readFile({ source });
    expect(info).toMatchObject({ encoding: "Excel workbook", headingRow: 3, rowCount: 2 });
    if ("problem" in info) return;
    await session.checkRows({ settings: createSetup(info.headings) });
    expect(await session.validRows({ offset: 0, limit: 10 })).toMatchObject([
      {
        rowNumber: 4,
        reference: "A-1",
        identity: { nhsNumber: "9994294083", dateOfBirth: "1984-03-12" },
      },
      { rowNumber: 6, identity: { nhsNumber: "9994373277", dateOfBirth: "1978-08-19" } },
    ]);
  });

  it("B9: with several filled sheets, the person is asked which", async () => {
    const session = openFileSession();
    const source = createWorkbook({ Empty: "", Notes: headingRow(1), Patients: rows });
    expect(await session.readFile({ source })).toMatchObject({ sheets: ["Notes", "Patients"] });
    expect(await session.readFile({ source, sheet: "Patients" })).toMatchObject({ rowCount: 2 });
  });

  const patientRow = (row: number, attributes = "", reference = text(`C${row}`, `R-${row}`)) =>
    `<row r="${row}"${attributes}><c r="A${row}"><v>9994294083</v></c><c r="B${row}" s="1"><v>30753</v></c>${reference}</row>`;

  describe("B8: dates that the spreadsheet program may have swapped", () => {
    // Born on 4 March and 3 April 1984, which each became the other's date, and on 14 March 1984, which
    // stayed a text.
    const [born3April, born4March, born12March, text14March] = [
      ["s", "30775"],
      ["s", "30745"],
      ["s", "30753"],
      ["t", "03/14/1984"],
    ] as const;
    const numbers = ["9994294083", "9994373277", "9994452460", "9994610848"];

    const workbookOf = (dates: readonly (readonly ["s" | "t", string])[], lastDates = dates) =>
      createWorkbook({
        Patients: `<row r="1">${text("A1", "NHS number")}${text("B1", "Date of birth")}${lastDates === dates ? "" : text("C1", "Last date")}</row>${dates
          .map((date, index) => {
            const row = index + 2;
            const cell = (column: string, [kind, value]: readonly ["s" | "t", string]) =>
              kind === "t"
                ? text(`${column}${row}`, value)
                : `<c r="${column}${row}" s="1"><v>${value}</v></c>`;
            const last = lastDates === dates ? undefined : lastDates[index];
            return `<row r="${row}"><c r="A${row}"><v>${numbers[index]}</v></c>${cell("B", date)}${last ? cell("C", last) : ""}</row>`;
          })
          .join("")}`,
      });

    async function readDates(source: File, choices: ReadChoices = {}) {
      const session = openFileSession();
      const info = await session.readFile({ source, ...choices });
      if ("problem" in info) return { problem: info.problem, question: info.dates };
      await session.checkRows({ settings: createSetup(info.headings) });
      const valid = await session.validRows({ offset: 0, limit: 10 });
      const { items } = await session.invalidCells({ kind: null, offset: 0, limit: 10 });
      return {
        dates: valid.map(({ identity }) => [
          identity?.by === "nhs_number" ? identity.nhsNumber : null,
          identity?.dateOfBirth,
        ]),
        problems: items.map(({ row, reason }) => `${row}: ${reason}`),
      };
    }

    const swapped = workbookOf([born3April, born4March, text14March]);

    it("B8: two patients whose dates became each other's are asked about beside a text with the month first", async () => {
      expect(await readDates(swapped)).toEqual({
        problem:
          "The dates in “Date of birth” may have the month first, and the spreadsheet program may have swapped day and month.",
        question: {
          column: 1,
          heading: "Date of birth",
          monthFirst: "03/14/1984",
          either: null,
          stored: "1984-04-03",
        },
      });
    });

    it("B8: after the answer that they were swapped, each patient has their own date again", async () => {
      expect(await readDates(swapped, { dateOrders: { 1: "monthFirstSwapped" } })).toEqual({
        dates: [
          ["9994294083", "1984-03-04"],
          ["9994373277", "1984-04-03"],
          ["9994452460", "1984-03-14"],
        ],
        problems: [],
      });
    });

    it("B8: after the other answers, the workbook's own dates stay as they are", async () => {
      const own = [
        ["9994294083", "1984-04-03"],
        ["9994373277", "1984-03-04"],
      ];
      expect(await readDates(swapped, { dateOrders: { 1: "monthFirst" } })).toEqual({
        dates: [...own, ["9994452460", "1984-03-14"]],
        problems: [],
      });
      expect(await readDates(swapped, { dateOrders: { 1: "dayFirst" } })).toEqual({
        dates: own,
        problems: ["4: Enter the day first, then the month."],
      });
    });

    it("B8: in a column with texts of both orders, each date that may be swapped is refused", async () => {
      const mixed = workbookOf([born3April, text14March, ["t", "31/12/1984"], ["s", "30755"]]);
      expect(await readDates(mixed)).toMatchObject({
        dates: [
          ["9994452460", "1984-12-31"],
          ["9994610848", "1984-03-14"],
        ],
        problems: [
          "2: Dates in this column may have the month first. Enter this one as 2026-12-03 or 3 Dec 2026.",
          expect.stringMatching(/^3: /),
        ],
      });
    });

    it("B8: another column of texts with the month first raises the question, unless a date is clear", async () => {
      const last = [["t", "12/31/2026"]] as const;
      const answers = { dateOrders: { 2: "monthFirst" } } as const;
      expect(await readDates(workbookOf([born3April], last), answers)).toMatchObject({
        question: { column: 1, monthFirst: null, either: null, stored: "1984-04-03" },
      });
      const clear = workbookOf([born3April, ["s", "30755"]], [...last, ...last]);
      expect(await readDates(clear, answers)).toMatchObject({
        dates: [
          ["9994294083", "1984-04-03"],
          ["9994373277", "1984-03-14"],
        ],
      });
    });

    describe("a file with the day first, opened where the month is first", () => {
      const text25April = ["t", "25/04/1984"] as const;
      const opened = workbookOf([born3April, born4March, text25April]);

      it("B8: two patients whose dates became each other's are asked about beside a text with the day first", async () => {
        expect(await readDates(opened)).toEqual({
          problem: "The spreadsheet program may have swapped day and month in “Date of birth”.",
          question: {
            column: 1,
            heading: "Date of birth",
            dayFirst: "25/04/1984",
            monthFirst: null,
            either: null,
            stored: "1984-04-03",
          },
        });
      });

      it("B8: the answer decides whether each patient has their own date again", async () => {
        const third = ["9994452460", "1984-04-25"];
        expect(await readDates(opened, { dateOrders: { 1: "dayFirstSwapped" } })).toEqual({
          dates: [["9994294083", "1984-03-04"], ["9994373277", "1984-04-03"], third],
          problems: [],
        });
        expect(await readDates(opened, { dateOrders: { 1: "dayFirst" } })).toEqual({
          dates: [["9994294083", "1984-04-03"], ["9994373277", "1984-03-04"], third],
          problems: [],
        });
      });

      it("B8: the file's other real dates are asked about too, unless one is clear", async () => {
        const births = [born3April, text25April] as const;
        const answers = { dateOrders: { 1: "dayFirstSwapped" } } as const;
        const doubtful = workbookOf(births, [
          ["s", "46363"],
          ["s", "46363"],
        ]);
        expect(await readDates(doubtful, answers)).toMatchObject({
          question: { column: 2, monthFirst: null, stored: "2026-12-07" },
        });
        const clear = workbookOf(births, [
          ["s", "46363"],
          ["s", "46387"],
        ]);
        expect(await readDates(clear, answers)).toMatchObject({
          dates: [
            ["9994294083", "1984-03-04"],
            ["9994373277", "1984-04-25"],
          ],
        });
      });

      it("B8: beside a real date that no swap can give, a text with the day first raises no question", async () => {
        const typed = workbookOf([born3April, ["s", "30755"], text25April]);
        expect(await readDates(typed)).toMatchObject({ problems: [] });
      });
    });

    it("B8: a workbook with nothing but real dates raises no question", async () => {
      expect(await readDates(workbookOf([born3April, born12March]))).toMatchObject({
        dates: [
          ["9994294083", "1984-04-03"],
          ["9994373277", "1984-03-12"],
        ],
      });
    });
  });

  it("B9: rows that are hidden, as by a filter, are not used without a word", async () => {
    const session = openFileSession();
    const hidden = ' spans="1:3" hidden="1"';
    const source = createWorkbook({
      Patients: headingRow(1) + patientRow(2) + patientRow(3, hidden) + patientRow(4, hidden),
      Visible: `${headingRow(1)}${patientRow(2)}<row r="3" hidden="1"/><row r="4" hidden="1"><c r="A4" s="1"/></row>`,
    });
    expect(await session.readFile({ source, sheet: "Patients" })).toEqual({
      problem: expect.stringContaining("2 hidden rows, the first in row 3"),
    });
    expect(await session.readFile({ source, sheet: "Visible" })).toMatchObject({ rowCount: 1 });
  });

  it("B9: a hidden sheet is neither read nor offered", async () => {
    const session = openFileSession();
    const sheets = { Patients: rows, Old: headingRow(1) + patientRow(2) };
    const source = createWorkbook(sheets, { hiddenSheet: "Old" });
    expect(await session.readFile({ source })).toMatchObject({ rowCount: 2 });
    const other = createWorkbook({ ...sheets, Patients: "" }, { hiddenSheet: "Old" });
    expect(await session.readFile({ source: other })).toMatchObject({
      problem: expect.stringContaining("visible sheet"),
    });
  });

  it("B9: the error of a formula is a problem of its cell, not an empty cell", async () => {
    const session = openFileSession();
    const source = createWorkbook({
      Patients:
        headingRow(1) + patientRow(2, "", `<c r="C2" t="e"><f>VLOOKUP(1,A1,2)</f><v>#N/A</v></c>`),
    });
    const info = await session.readFile({ source });
    if ("problem" in info) throw new Error(info.problem);
    await session.checkRows({ settings: createSetup(info.headings) });
    expect(session.invalidCells({ kind: null, offset: 0, limit: 5 })).toMatchObject({
      items: [{ row: 2, column: 2, reason: "This is the error of a formula.", text: "#N/A" }],
    });
  });

  it("B9: a formula without a saved result is not read as an empty cell", async () => {
    const session = openFileSession();
    for (const formula of ["<f>A2</f>", '<f t="shared" si="0"/>']) {
      const source = createWorkbook({
        Patients: headingRow(1) + patientRow(2, "", `<c r="C2" t="str">${formula}</c>`),
      });
      expect(await session.readFile({ source })).toMatchObject({
        problem: expect.stringContaining("formulas without results"),
      });
    }
  });

  it.each(["1", "true"])("B9: dates that count from 1904 (%s) are read", async (value) => {
    const session = openFileSession();
    const source = createWorkbook(
      { Patients: headingRow(1) + patientRow(2).replace("30753", "29291") },
      { properties: `<workbookPr date1904="${value}"/>` },
    );
    const info = await session.readFile({ source });
    if ("problem" in info) throw new Error(info.problem);
    await session.checkRows({ settings: createSetup(info.headings) });
    expect(await session.validRows({ offset: 0, limit: 1 })).toMatchObject([
      { identity: { dateOfBirth: "1984-03-12" } },
    ]);
  });

  /** What the rows of a workbook have as their reference. */
  async function readReferences(cells: string, formats: readonly string[]) {
    const session = openFileSession();
    const source = createWorkbook({ Patients: `${headingRow(1)}${cells}` }, { formats });
    const info = await session.readFile({ source });
    if ("problem" in info) throw new Error(info.problem);
    await session.checkRows({ settings: createSetup(info.headings, { audience: "anyone" }) });
    const validRows = await session.validRows({ offset: 0, limit: 50 });
    const { items } = await session.invalidCells({ kind: null, offset: 0, limit: 50 });
    return [...validRows.map(({ reference }) => reference), ...items.map(({ reason }) => reason)];
  }
  const numberCell = (value: string, style = 2, attributes = "") =>
    patientRow(2, "", `<c r="C2" s="${style}"${attributes}><v>${value}</v></c>`);

  it.each([
    ["00000", "123", "00123"],
    ["00000;-00000", "0", "00000"],
    ["0000000000", "123456780", "0123456780"],
    ["000\\ 000\\ 0000", "123456780", "012 345 6780"],
    ["000-00-0000", "12345678", "012-34-5678"],
    ['"REF-"0000', "7", "REF-0007"],
    ['"A;B "00', "7", "A;B 07"],
    ["[$-809]00000_)", "123", "00123"],
    ["##00", "12345", "12345"],
    ["0", "123", "123"],
    ["General", "123", "123"],
    ["#,##0", "1234", "1234"],
    ["0.00", "12", "12"],
    ["0%", "12", "12"],
    ["0.00E+00", "123456789012", "123456789012"],
    ["[&lt;=999]000;0000", "12", "12"],
    ["00000", "12.5", "12.5"],
  ])("B9: with the number format %s, %s is read as %s", async (format, value, shown) => {
    expect(await readReferences(numberCell(value), [format])).toEqual([shown]);
    expect(await readReferences(numberCell(value, 2, ' t="n"'), [format])).toEqual([shown]);
  });

  it("B9: the result of a formula and a text are read as they are shown", async () => {
    const cell = (xml: string) => patientRow(2, "", `<c r="C2" ${xml}</c>`);
    expect(await readReferences(cell('s="2"><f>A2+1</f><v>123</v>'), ["00000"])).toEqual(["00123"]);
    expect(await readReferences(cell('s="2" t="str"><f>A2</f><v>12</v>'), ["00000"])).toEqual([
      "12",
    ]);
    expect(await readReferences(cell('t="b"><v>1</v>'), [])).toEqual(["TRUE"]);
    expect(await readReferences(cell('t="b"><v>0</v>'), [])).toEqual(["FALSE"]);
    expect(await readReferences(cell("><f>0.1+0.2</f><v>0.30000000000000004</v>"), [])).toEqual([
      "0.3",
    ]);
  });

  it.each(["d mmmm yyyy", "[$-809]dd/mm/yyyy;@", "mm/dd/yyyy", "yyyy-mm-dd", "ddd d mmm yy"])(
    "B9: a date with the format %s is read as a date",
    async (format) => {
      expect(await readReferences(numberCell("30753"), [format])).toEqual(["1984-03-12"]);
    },
  );

  it.each(["1234567890123450", "1.23456789012345E+15", "99942940839994294083", "1E+21"])(
    "B9: the number %s has more digits than a spreadsheet keeps",
    async (value) => {
      expect(await readReferences(numberCell(value, 0), [])).toEqual([
        "A spreadsheet has shortened this number and lost digits. Format the column as text and enter it again.",
      ]);
      expect(await readReferences(numberCell(value), ["0"])).toEqual([
        expect.stringContaining("Format the column as text"),
      ]);
    },
  );

  it("B9: the largest number that a spreadsheet keeps is read in full", async () => {
    expect(await readReferences(numberCell("999999999999999", 0), [])).toEqual(["999999999999999"]);
  });

  it("B9: merged cells below the headings are refused, and a merged title is not", async () => {
    const session = openFileSession();
    const title = `<row r="1">${text("A1", "Flu recall list")}</row>`;
    const withMerged = (mergedCells: readonly string[]) =>
      createWorkbook(
        { Patients: title + headingRow(2) + patientRow(3) + patientRow(4, "", "") },
        { mergedCells },
      );
    for (const range of ["C3:C4", "B4:C4", "A2:A3"]) {
      expect(await session.readFile({ source: withMerged(["A1:C1", range]) })).toEqual({
        problem: expect.stringContaining(`Cells ${range.replace(":", " to ")} are merged`),
      });
    }
    // The last is empty.
    const info = await session.readFile({ source: withMerged(["A1:C1", "C4:C9"]) });
    expect(info).toMatchObject({ rowCount: 2, titleLines: 1 });
  });

  it("B9: a hidden sheet is passed over when it is the first", async () => {
    const session = openFileSession();
    const sheets = { Old: headingRow(1) + patientRow(2), Patients: rows };
    const source = createWorkbook(sheets, { hiddenSheet: "Old" });
    expect(await session.readFile({ source })).toMatchObject({ rowCount: 2, headingRow: 3 });
  });

  it("B9: a workbook that unpacks to more than the memory, or is none, is rejected", async () => {
    const session = openFileSession();
    const bomb = new Uint8Array(zipSync({ "xl/workbook.xml": new Uint8Array(1000) }));
    const size = new DataView(bomb.buffer);
    const directory = size.getUint32(bomb.length - 6, true);
    size.setUint32(directory + 24, 2_000_000_000, true);
    expect(await session.readFile({ source: new File([bomb], "a.xlsx") })).toMatchObject({
      problem: expect.stringContaining("too large"),
    });
    for (const content of [zipSync({ "a.txt": strToU8("A") }), strToU8("PK\u0003\u0004")]) {
      const source = new File([new Uint8Array(content)], "a.xlsx");
      expect(await session.readFile({ source })).toMatchObject({
        problem: expect.stringContaining("could not be read"),
      });
    }
  });
});

it("B9: each of 50,000 rows is valid, invalid or blank, in a workbook with faults", async () => {
  const session = openFileSession();
  const lines = Array.from({ length: 50_000 }, (_, index) => {
    const row = index + 4;
    if (index % 100 === 1) return `<row r="${row}">${text(`A${row}`, " ")}</row>`;
    if (index % 100 === 2) return "";
    return `<row r="${row}">${text(`A${row}`, index % 7 === 0 ? "'9994294083" : "9994373277")}<c r="B${row}" s="1"><v>${20_000 + (index % 9_000)}</v></c>${text(`C${row}`, `R-${row}`)}</row>`;
  });
  const source = createWorkbook({ Patients: headingRow(3) + lines.join("") });
  const info = await session.readFile({ source });
  if ("problem" in info) throw new Error(info.problem);
  const summary = await session.checkRows({ settings: createSetup(info.headings) });
  // The last row of the file is filled; two blank rows are above the headings.
  expect(summary.validCount + summary.invalidCount + summary.blankCount).toBe(50_002);
  expect(info.rowCount).toBe(49_000);
}, 30_000);
