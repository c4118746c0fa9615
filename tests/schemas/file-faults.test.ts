import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDraft, validateDraft } from "@/components/bulk-uploads/new/draft";
import {
  guessColumns,
  recogniseColumns,
  toHeadingsByField,
} from "@/components/bulk-uploads/reader/fields";
import { openFileSession } from "@/components/bulk-uploads/reader/file-session";
import { decodeBytes } from "@/components/bulk-uploads/reader/decode";
import { parseTable } from "@/components/bulk-uploads/reader/parse-table";
import { formatDateParts, parsePastedDate } from "@/components/forms/date-parts";
import { parseUkDate } from "@/components/forms/uk-dates";
import { isSafeHeading } from "@/server/schemas/bulk-upload-headings";
import { patientHeadings } from "./input-table";
import { checkFile, createSetup, parseValidTable } from "./csv-support";

const readInput = (name: string) => readFileSync(join("tests/files", `${name}.csv`), "utf8");
const validNumbers = (text: string) =>
  checkFile(text).validRows.map(({ rowNumber, identity }) => [
    rowNumber,
    identity?.by === "nhs_number" ? identity.nhsNumber : null,
  ]);

describe("B1: an ambiguous heading", () => {
  it.each([
    "Patient ID",
    "ID",
    "Number",
    "Patient no.",
    "PATIENT_NUMBER",
    "patientId",
    "EMIS Number",
    "Name",
    "Patient Name",
    "MRN",
    "Client ID",
    "EMIS No",
    "Pt ID",
    "Pt. No",
    "S1 ID",
    "S1 number",
    "SystmOne ID",
    "TPP Patient ID",
    "EMIS Web Number",
    "Patient reference number",
    "CHI Number",
    "GP patient ref",
    "Local patient identifier",
    "PAS No.",
  ])("B1: %s is not guessed, asked about and not remembered", (heading) => {
    const headings = [heading, "NHS Number", "Date of Birth"];
    expect(guessColumns(headings)).toEqual({ nhsNumber: 1, dateOfBirth: 2 });
    expect(recogniseColumns(headings, [{ patientId: heading }])).toEqual({
      nhsNumber: 1,
      dateOfBirth: 2,
    });
    const draft = createDraft(guessColumns(headings), "p", "2026-11-23", headings);
    expect(validateDraft(draft, "2026-11-23")[0]?.message).toContain(`“${heading}”`);
    expect(toHeadingsByField({ patientId: 0 }, headings)).toEqual({});
  });

  it.each([
    ["NHS number", "NHS no"],
    ["Date of birth", "DOB"],
    ["Surname", "Patient's last name"],
  ])("B1: of two columns such as %s and %s, none is chosen or remembered", (first, second) => {
    const headings = [first, "Reference", second];
    expect(guessColumns(headings)).toEqual({ reference: 1 });
    expect(recogniseColumns(headings, [{ nhsNumber: second }])).toEqual({ reference: 1 });
    expect(createDraft({}, "p", "2026-11-23", headings).undecidedColumns).toEqual([first, second]);
  });

  it("B1: a note in brackets can change the meaning of a heading", () => {
    for (const heading of ["NHS number (mother)", "Date of birth [baby]", "NHS (GP code)"]) {
      expect([heading, guessColumns([heading])]).toEqual([heading, {}]);
      expect(createDraft({}, "p", "2026-11-23", [heading]).undecidedColumns).toEqual([heading]);
    }
    expect(
      guessColumns(["NHS number (10 digits)", "Forename(s)", "DOB (dd/mm/yyyy)", "Ref [optional]"]),
    ).toEqual({ nhsNumber: 0, forename: 1, dateOfBirth: 2, reference: 3 });
  });

  it("B1: a local patient ID beside NHS numbers selects no patient", () => {
    const { validRows } = checkFile(readInput("10-local-patient-id"));
    expect(validRows.map(({ patientId }) => patientId)).toEqual([undefined, undefined]);
  });
});

describe("B2: data is never taken for headings", () => {
  it.each([
    readInput("15-no-headings"),
    "Sarah,Thompson,12/03/1984,AS1 6XX\nMohammed,Ali,19/08/1978,AS1 7XX\n",
    "9994294083\n9994373277\n",
    "40502,Sarah\n40503,Mohammed\n",
    "REF-1,9994294083,12 Mar 1984\nNHS number,Date of birth,Reference\n",
    `'9994294083,12-Mar-84\n'9994373277,19-Aug-78\n`,
    "Sarah,Thompson\nMohammed,Ali\n",
    "sarah@example.org\nali@example.org\n",
  ])("B2: the first line of %j is not headings, whether found or chosen", (text) => {
    expect(parseTable(text)).toMatchObject({ problem: expect.stringContaining("headings") });
    if (!text.startsWith("Sarah,Thompson\n")) {
      expect(parseTable(text, 1)).toMatchObject({ problem: expect.stringContaining("headings") });
    }
  });

  it("B2: no heading that may hold a patient's details is kept", () => {
    for (const heading of [...patientHeadings, "NHS number 999 429 4083", "Reference 40502"]) {
      expect([heading, isSafeHeading(heading)]).toEqual([heading, false]);
      expect(toHeadingsByField({ reference: 0 }, [heading])).toEqual({});
    }
    for (const heading of [
      "NHS number",
      "NHS no",
      "Ref",
      "Date of birth (dd/mm/yyyy)",
      "dateofbirth",
      "First_Name",
      "PatientPostcode",
      "Your reference",
    ]) {
      expect([heading, isSafeHeading(heading)]).toEqual([heading, true]);
    }
  });
});

describe("B3: remembered columns", () => {
  it("B3: remembered columns of a smaller file add to what is recognised", () => {
    const sent = parseValidTable(readInput("19a-sent-first"));
    const saved = toHeadingsByField(guessColumns(sent.headings), sent.headings);
    const { headings } = parseValidTable(readInput("19b-then-this"));
    expect(recogniseColumns(headings, [saved])).toEqual({
      reference: 0,
      nhsNumber: 1,
      forename: 2,
      surname: 3,
      dateOfBirth: 4,
      postcode: 5,
    });
  });

  it("B3: a remembered use of a column replaces the guess of it, and no column is used twice", () => {
    const headings = ["Ref", "Label", "Location"];
    expect(recogniseColumns(headings, [{ reference: "Label" }])).toEqual({
      reference: 1,
      location: 2,
    });
  });
});

describe("B6: edges and hints of a file", () => {
  it.each(["01-trailing-empty-columns", "01b-extra-empty-cells-in-rows"])(
    "B6: empty columns and cells at the end of %s are ignored",
    (name) => {
      expect(validNumbers(readInput(name))).toEqual([
        [2, "9994294083"],
        [3, "9994373277"],
      ]);
    },
  );

  it("B6: rows that end early are read", () => {
    expect(validNumbers(readInput("02-short-rows"))).toHaveLength(3);
  });

  it.each(["sep=;", "sep=,", "SEP=\t", '"sep=;"', "sep=|"])(
    "B6: the hint %s is used and does not count as a row",
    (hint) => {
      const separator = /[,;\t|]/.exec(hint)?.[0] ?? ",";
      const text = readInput("03-sep-line")
        .replace("sep=;", hint)
        .replaceAll(";", separator === ";" ? ";" : separator)
        .replace(/^.*/, hint);
      expect(validNumbers(text)).toEqual([
        [2, "9994294083"],
        [3, "9994373277"],
      ]);
    },
  );

  it("B6: a row that starts with a number is not a title", () => {
    expect(parseTable("40502,Sarah\nHero patient ID,First name\n40503,Mohammed\n")).toMatchObject({
      problem: expect.stringContaining("headings"),
      firstRows: expect.arrayContaining([{ rowNumber: 1, text: "40502 · Sarah" }]),
    });
    expect(validNumbers("27/11/2026\nNHS number,Date of birth\n9994294083,12/03/1984\n")).toEqual([
      [3, "9994294083"],
    ]);
  });

  it.each([
    `9994294083,12/03/1984,"urgent\n9994373277,19/08/1978,call 5"\n9994452460,07/10/1991,C\n`,
    `9994294083,12/03/1984,"A-1\n9994373277,19/08/1978,"B"\n9994452460,07/10/1991,C\n`,
    `9994294083,12/03/1984,"A-1\n1234,19/08/1978,A"\n`,
  ])("B6: a quotation mark that swallows the next row of %j rejects the file", (rows) => {
    expect(parseTable(`NHS number,Date of birth,Notes\n${rows}`)).toEqual({
      problem: expect.stringContaining("A quotation mark in row 2 joins several rows"),
    });
  });

  it("B6: a cell of several lines is one cell", () => {
    const address = `"1 High St,\nFlat 2, Town\nAS1 6XX"`;
    expect(
      validNumbers(`NHS number,Date of birth,Address\n9994294083,12/03/1984,${address}\n`),
    ).toHaveLength(1);
  });

  it("B6: a title above the headings is passed over and counted", () => {
    const text = readInput("16-title-above-headings");
    expect(validNumbers(text)).toEqual([[3, "9994294083"]]);
    expect(parseValidTable(text)).toMatchObject({ headingRow: 2, titleLines: 1 });
    expect(
      validNumbers(
        "Flu recall list\nRun on;27/11/2026\n\nNHS number;Date of birth\n9994294083;12/03/1984\n",
      ),
    ).toEqual([[5, "9994294083"]]);
  });

  it("B6: empty columns before and between headings are ignored", () => {
    expect(validNumbers(",NHS number,,Date of birth\n,9994294083,,12/03/1984\n")).toHaveLength(1);
  });
});

describe("B7: text marks of spreadsheets", () => {
  it("B7: a number kept as text is taken without its mark", () => {
    expect(validNumbers(readInput("07-text-guards")).map(([, number]) => number)).toEqual([
      "9994294083",
      "9994373277",
      "9994452460",
      "9994610848",
    ]);
  });

  it.each(["\t9994294083", "‎9994294083", "9994294083.0", " '9994294083", "\u00a09994294083"])(
    "B7: %j is the same number",
    (cell) => {
      expect(validNumbers(`NHS number,Date of birth\n${cell},'12/03/1984\n`)).toEqual([
        [2, "9994294083"],
      ]);
    },
  );

  it("B7: a text mark does not hide a formula, and a name may start with an apostrophe", () => {
    const { validRows, errors } = checkFile(
      `Reference,First name,Last name,Date of birth,Postcode\n"=""=1+1""",Ann,'t Hooft,1/2/1980,KT2 6QW\n'A-7,Ann,'t Hooft,1/2/1980,KT2 6QW`,
    );
    expect(errors).toEqual(["2 Reference: This looks like a formula."]);
    expect(validRows[0]).toMatchObject({ reference: "A-7", identity: { surname: "'t Hooft" } });
  });
});

describe("B7: what spreadsheets put in place of a value", () => {
  const reasonFor = (reference: string) =>
    checkFile(
      `NHS number,Date of birth,Reference\n9994294083,12/03/1984,"${reference.replaceAll('"', '""')}"\n`,
    ).errors;

  it.each(["#N/A", "#REF!", "#DIV/0!", "#NAME?", " #VALUE! "])(
    "B7: %j is the error of a formula, not a reference",
    (cell) => expect(reasonFor(cell)).toEqual(["2 Reference: This is the error of a formula."]),
  );

  it.each(["1.23E+11", "9,99E+09", "5E+12"])("B7: %s has lost digits in any column", (cell) =>
    expect(reasonFor(cell)).toEqual([
      "2 Reference: A spreadsheet has shortened this number and lost digits. Format the column as text and enter it again.",
    ]),
  );

  it("B7: a column too narrow for its value is a problem; codes like these are not", () => {
    expect(reasonFor("########")).toEqual([
      "2 Reference: The column was too narrow to show this value.",
    ]);
    for (const code of ["7E12", "#12", "E+10", "N/A-1"]) expect(reasonFor(code)).toEqual([]);
  });

  it("B7: an empty text kept by a formula counts as empty, with a reason for the row", () => {
    const headings = "NHS number,Date of birth\n";
    expect(checkFile(`${headings}"=""""",12/03/1984\n`).errors).toEqual([
      "2 NHS number: The NHS number is missing.",
    ]);
    expect(checkFile(`${headings}9994294083,"="""""\n`).errors).toEqual([
      "2 Date of birth: The date of birth is missing. An NHS number alone is not enough.",
    ]);
  });
});

describe("B8: dates as they are exported", () => {
  it("B8: a time of midnight is ignored wherever a date is read", () => {
    expect(checkFile(readInput("08-dates-as-exported")).errors).toEqual([
      "4 Date of birth: Enter the year in full, such as 2026.",
    ]);
    for (const time of [
      " 00:00",
      " 0:00",
      "T00:00:00",
      "T00:00:00.000Z",
      " 12:00:00 AM",
      ", 00:00",
    ]) {
      expect(parseUkDate(`1978-08-19${time}`)).toEqual({ date: "1978-08-19" });
    }
    for (const time of [" 00:00:00 UTC", " 00:00 GMT", "T00:00:00+01:00"]) {
      expect(parseUkDate(`1978-08-19${time}`)).toEqual({ date: "1978-08-19" });
    }
    for (const time of [" 09:30", " 23:00:00 UTC", "T23:00:00Z", " 12:00 PM", " 00:01"]) {
      expect(parseUkDate(`1978-08-19${time}`)).toHaveProperty("problem");
    }
  });
});

describe("B8: dates with the marks of other programs", () => {
  it.each([
    "19\u00a0Aug\u00a01978",
    "19‑08‑1978",
    "19–Aug–1978",
    "19 / 08 / 1978",
    "\u200e19/\u200e08/\u200e1978",
    "19  August  1978",
  ])("B8: %j is 19 August 1978", (text) => {
    expect(parseUkDate(text)).toEqual({ date: "1978-08-19" });
  });

  it.each([
    "19 Aug 78",
    "19‑08‑78",
    "19. 8. 78",
    "08/19/1978",
    "19780819",
    "28721",
    "19 08 1978 7",
  ])("B8: %j is not guessed", (text) => expect(parseUkDate(text)).toHaveProperty("problem"));
});

describe("B8: the three boxes of a date", () => {
  it("B8: a pasted date follows the rule of a file, so that no time zone moves a birthday", () => {
    const birthday = { day: "4", month: "6", year: "1989" };
    for (const text of ["1989-06-04T00:00:00", "4 6 1989", "04‑06‑1989", "4 June 1989"]) {
      expect([text, parsePastedDate(text)]).toEqual([text, birthday]);
    }
    for (const text of ["1989-06-03T23:00:00Z", "1989-06-04T09:30:00", "04/06/89"]) {
      expect([text, parsePastedDate(text)]).toEqual([text, undefined]);
    }
  });

  it("B8: only the names of months are months", () => {
    const dateIn = (month: string) => formatDateParts({ day: "4", month, year: "1989" });
    expect(["Sep", "sept", "SEPTEMBER"].map(dateIn)).toEqual(Array(3).fill("1989-09-04"));
    expect(dateIn("Marmalade")).toBe("1989-Marmalade-04");
  });
});

describe("B6: files that are no table", () => {
  it.each([
    "<html><table><tr><td>NHS number</td><td>Date of birth</td></tr></table></html>",
    '<?xml version="1.0"?><Workbook><Cell>NHS number, Date of birth</Cell></Workbook>',
    "{\\rtf1 NHS number, Date of birth}",
    '[{"NHS number":"9994294083","Date of birth":"12/03/1984"}]',
    '{"rows":[{"NHS number":"9994294083"}]}',
  ])("B6: %j is named as what it is", (text) => {
    expect(parseTable(`\ufeff\n${text}`)).toEqual({
      problem: expect.stringContaining("not a CSV file or an .xlsx workbook"),
    });
  });
});

describe("B4: encodings of special characters", () => {
  const bytesOf = (name: string) => readFileSync(join("tests/files", `${name}.csv`));
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));

  it.each([
    ["05-macroman-cr", "Mac OS Roman", ["Zoë", "Brontë", "Renée", "O’Connor"]],
    ["05b-msdos-cp850", "DOS code page 850", ["Zoë", "Brontë"]],
  ])("B4: %s is recognised as %s", (name, encoding, words) => {
    const decoded = decodeBytes(bytesOf(name));
    expect(decoded).toMatchObject({ encoding });
    for (const word of words)
      expect(decoded).toMatchObject({ text: expect.stringContaining(word) });
  });

  it.each([
    ["Windows-1252", "O\x92Connor, Zo\xeb, Ren\xe9e, M\xfcller", "O’Connor, Zoë, Renée, Müller"],
    ["Windows-1252", "Bront\xeb \x96 \xa3", "Brontë – £"],
    ["Mac OS Roman", "Se\x87n, Si\x89n, M\x9fller, O\xd5Neill", "Seán, Siân, Müller, O’Neill"],
    ["DOS code page 850", "M\x81ller, Andr\x82, Fran\x87ois", "Müller, André, François"],
  ])("B4: names are recognised as %s", (encoding, text, expected) => {
    expect(decodeBytes(bytes(text))).toEqual({ encoding, text: expected });
  });

  it("B4: when names look right in several ways, each is offered with a sample", () => {
    const decoded = decodeBytes(bytes("First name\nZo\x89\n"));
    expect(decoded).toMatchObject({
      encodings: expect.arrayContaining([
        { encoding: "DOS code page 850", sample: "Zoë" },
        { encoding: "Mac OS Roman", sample: "Zoâ" },
      ]),
    });
    expect(decodeBytes(bytes("Zo\x89"), "DOS code page 850")).toMatchObject({ text: "Zoë" });
  });
});

describe("B9: a cell edited on the screen", () => {
  const cell = { row: 3, column: 1 };

  it("B9: an edited cell is checked again, and rows that repeat it are too", async () => {
    const session = openFileSession();
    const source =
      "NHS number,Date of birth\n9994294083,12/03/1984\n9994373277,19/08/78\n9994373277,19/08/1978\n";
    const info = await session.readFile({ source });
    if ("problem" in info) throw new Error(info.problem);
    const settings = createSetup(info.headings);
    expect(await session.checkRows({ settings })).toMatchObject({ validCount: 2, invalidCount: 1 });
    const { items } = await session.invalidCells({ kind: null, offset: 0, limit: 5 });
    expect(items).toMatchObject([{ ...cell, value: "19/08/78" }]);
    await session.changeCell({ ...cell, text: "19/08/1978" });
    await session.checkRows({ settings });
    expect((await session.invalidCells({ kind: null, offset: 0, limit: 5 })).items).toMatchObject([
      { row: 4, column: 0, reason: "Row 3 has the same patient for the same appointment type." },
    ]);
    expect(await session.validRows({ offset: 0, limit: 5 })).toMatchObject([
      { rowNumber: 2, identity: { nhsNumber: "9994294083", dateOfBirth: "1984-03-12" } },
      { rowNumber: 3, identity: { nhsNumber: "9994373277", dateOfBirth: "1978-08-19" } },
    ]);
  });

  it("B9: rows cannot be uploaded after an edit until they are checked again", async () => {
    const session = openFileSession();
    const info = await session.readFile({ source: "Reference\nA\n\nB\n" });
    if ("problem" in info) throw new Error(info.problem);
    await session.checkRows({ settings: createSetup(info.headings, { audience: "anyone" }) });
    await session.changeCell({ row: 2, column: 0, text: "C" });
    expect(() => session.validRows({ offset: 0, limit: 5 })).toThrow("not checked");
    for (const missing of [
      { row: 3, column: 0 },
      { row: 2, column: 1 },
    ]) {
      expect(() => session.changeCell({ ...missing, text: "D" })).toThrow("no such cell");
    }
  });
});
