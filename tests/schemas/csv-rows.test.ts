import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bulkUploadRow } from "@/server/schemas/bulk-uploads";
import { fromCsvCell } from "@/server/schemas/csv";
import { dateOfBirth, nhsNumber, patientIdentity, postcode } from "@/server/schemas/patients";
import { linkTexts } from "@/server/schemas/links/fields";
import { heroId, textLine } from "@/server/schemas/text";
import { ukDateOf } from "@/server/schemas/dates";
import { createTemplate } from "@/components/bulk-uploads/template";
import { generateInvalidRowsCsv } from "@/components/bulk-uploads/reader/invalid-rows";
import {
  toHeadingsByField,
  guessColumns,
  findSavedColumns,
} from "@/components/bulk-uploads/reader/fields";
import {
  parseDateOfBirth,
  parseTextCell,
  parseNhsNumber,
  parsePartnerText,
  parsePatientId,
  parsePostcode,
} from "@/components/bulk-uploads/reader/parse-cells";
import { isCalendarDate } from "@/server/schemas/dates";
import { parseUkDate } from "@/components/forms/uk-dates";
import { checkFile, hillside, parseValidTable, riverside } from "./csv-support";

const headingLine = "Reference,NHS number,Date of birth,First name,Last name,Postcode";
const csvOf = (...rows: string[]) => [headingLine, ...rows].join("\n");

describe("a cell is valid in the browser exactly when it is in the portal", () => {
  const today = ukDateOf(new Date());
  const digits = fc.stringMatching(/^[0-9 -]{0,14}$/);
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 90 }),
    fc.string({ unit: "grapheme", minLength: 70, maxLength: 90 }),
    fc.constantFrom("999 000 0018", "AB123456C", "9990000019", "0000000000", "1".repeat(10)),
    digits,
  );
  const expectSameAsSchema = (
    schema: { safeParse: (value: unknown) => { success: boolean; data?: unknown } },
    read: (cell: string) => { value: unknown } | { reason: string },
    cells: fc.Arbitrary<string>,
  ) =>
    fc.assert(
      fc.property(cells, (cell) => {
        const parsed = schema.safeParse(cell);
        const value = read(cell);
        expect("value" in value ? value.value : undefined).toEqual(parsed.data);
      }),
      { numRuns: 3000 },
    );

  it("NHS number cells", () =>
    expectSameAsSchema(
      nhsNumber,
      parseNhsNumber,
      text.filter((cell) => !/e/i.test(cell) && cell.length <= 40),
    ));
  it("postcode cells", () =>
    expectSameAsSchema(
      postcode,
      parsePostcode,
      fc.oneof(text, fc.stringMatching(/^[A-Za-z]{1,2}[0-9]{1,2}[A-Za-z]? ?[0-9][A-Za-z]{2}$/)),
    ));
  it("Hero patient ID cells", () =>
    expectSameAsSchema(heroId("No."), parsePatientId, fc.oneof(text, digits)));
  it("first and last name cells", () =>
    expectSameAsSchema(
      textLine("a name", 80),
      (cell) => parseTextCell(cell, 80),
      text.filter((cell) => cell.trim() !== ""),
    ));
  it("reference cells", () =>
    expectSameAsSchema(
      linkTexts.reference,
      (cell) => parsePartnerText(cell, 80),
      text.filter((cell) => cell.trim() !== ""),
    ));
  it("date of birth cells", () =>
    expectSameAsSchema(
      dateOfBirth,
      (cell) => parseDateOfBirth(cell, today),
      fc
        .tuple(
          fc.integer({ min: 1880, max: 2030 }),
          fc.integer({ min: 0, max: 13 }),
          fc.integer({ min: 0, max: 32 }),
        )
        .map(([year, month, day]) =>
          [year, String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-"),
        ),
    ));
});

describe("a row", () => {
  it("a valid row passes the portal's schema", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            reference: fc.oneof(fc.constant(""), fc.string({ unit: "binary", maxLength: 20 })),
            nhsNumber: fc.constantFrom("999 000 0018", "9990000026", "9990000019", ""),
            born: fc.constantFrom("1/2/1980", "1980-02-30", "", "1 Feb 1980"),
            forename: fc.constantFrom("Ann", "", "Zoë\u0301"),
            surname: fc.constantFrom("Other", "", "=Other"),
            postcode: fc.constantFrom("kt26qw", "nowhere", ""),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        (rows) => {
          const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
          const text = csvOf(...rows.map((row) => Object.values(row).map(quote).join(",")));
          if (
            !text
              .split("\n")
              .slice(1)
              .some((csvLine) => /[^",]/.test(csvLine))
          )
            return;
          let table: ReturnType<typeof checkFile>;
          try {
            table = checkFile(text);
          } catch {
            return;
          }
          for (const row of table.validRows) expect(bulkUploadRow.parse(row)).toEqual(row);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("a row names its patient by NHS number and date of birth, by details, or by Hero's ID", () => {
    const { validRows } = checkFile(
      `${headingLine},Hero patient ID\nA,999 000 0018,3/12/1980,,,,\nB,,3 Dec 1980,Ann,Other,kt26qw,\nC,,,,,,40201`,
    );
    expect(validRows.map(({ identity, patientId }) => identity ?? patientId)).toEqual([
      { by: "nhs_number", nhsNumber: "9990000018", dateOfBirth: "1980-12-03" },
      {
        by: "details",
        forename: "Ann",
        surname: "Other",
        dateOfBirth: "1980-12-03",
        postcode: "KT2 6QW",
      },
      "40201",
    ]);
    for (const { identity } of validRows) {
      if (identity) expect(patientIdentity.parse(identity)).toEqual(identity);
    }
  });

  it("a row without a patient never becomes a link for anyone in a file about patients", () => {
    const { validRows, errors } = checkFile(
      csvOf("A,,,,,", "B,999 000 0018,,,,", "C,,1/2/1980,Ann,,"),
    );
    expect(validRows).toEqual([]);
    expect(errors).toEqual([
      "2 NHS number: The NHS number is missing.",
      "3 Date of birth: The date of birth is missing. An NHS number alone is not enough.",
      "4 Last name: The last name is missing.",
      "4 Postcode: The postcode is missing.",
    ]);
  });

  it("a row names no patient when the file is for anyone", () => {
    const { validRows } = checkFile(csvOf("A,999 000 0018,1/2/1980,,,"), { audience: "anyone" });
    expect(validRows).toHaveLength(1);
    expect(validRows[0]).not.toHaveProperty("identity");
    expect(validRows[0]).not.toHaveProperty("patientId");
  });

  it("a row reports the problem of each of its cells", () => {
    const row = (nhs: string, birthDate: string) =>
      checkFile(csvOf(`A,${nhs},${birthDate},,,`)).errors;
    expect(row("999 000 0019", "1/2/1980")[0]).toContain("not a valid NHS number");
    expect(row("1111111111", "1/2/1980")[0]).toContain("not a valid NHS number");
    expect(row("99900000", "1/2/1980")[0]).toContain("too short");
    expect(row("9.99E+09", "1/2/1980")[0]).toContain("lost digits");
    expect(row("999 000 0018", "1/2/80")[0]).toContain("Enter the year in full");
    expect(row("999 000 0018", "12/25/1980")[0]).toContain("Enter the day first");
    expect(row("999 000 0018", "30 Feb 1980")[0]).toContain("does not exist");
    expect(row("999 000 0018", "29500")[0]).toContain("Excel date number");
    expect(row("999 000 0018", "1/2/2080")[0]).toContain("in the past");
    expect(checkFile(csvOf("999 000 0018,999 000 0018,1/2/1980,,,")).errors).toEqual([
      "2 Reference: This looks like an NHS number. Do not include details that identify a patient.",
    ]);
  });

  it("a row with a formula is invalid unless an apostrophe precedes it", () => {
    for (const prefix of ["=1+1", "+44", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠a", " =1"]) {
      expect(checkFile(`Reference\n"${prefix}"\n`, { audience: "anyone" }).errors).toEqual([
        "2 Reference: This looks like a formula.",
      ]);
      const { validRows } = checkFile(`Reference\n"'${prefix}"\n`, { audience: "anyone" });
      expect(validRows[0]?.reference).toBe(prefix.trim());
    }
    for (const prefix of ["\t=1", "\ta", "\ra"]) {
      expect(
        checkFile(`Reference\n"${prefix}"\n`, { audience: "anyone" }).summary.invalidCount,
      ).toBe(1);
    }
  });
});

describe("the subject of a row", () => {
  const headingsWithPractice = "Reference,Practice,Appointment type,Location,Practitioner";
  const anyoneSetup = { audience: "anyone" } as const;

  it("a type or location is found by id or name, at the row's practice", () => {
    const { validRows, errors } = checkFile(
      `${headingsWithPractice}\nA,,,,\nB,20533,12,branch,Dr Ann Other\nC,HILLSIDE practice,,,\nD,20534,Flu clinic,92,`,
      anyoneSetup,
    );
    expect(errors).toEqual([]);
    expect(validRows.map((row) => [row.practiceId, row.appointmentTypeId, row.locationId])).toEqual(
      [
        [riverside.id, "11", "21"],
        [riverside.id, "12", "22"],
        [hillside.id, "91", "92"],
        [hillside.id, "91", "92"],
      ],
    );
    expect(validRows.map((row) => row.practitionerId)).toEqual([
      undefined,
      "31",
      undefined,
      undefined,
    ]);
  });

  it("an unknown or ambiguous name is a problem of its cell", () => {
    expect(
      checkFile(
        `${headingsWithPractice}\nA,Elsewhere,,,\nB,,Botox,,\nC,,Twice,,\nD,Hillside Practice,12,,`,
        anyoneSetup,
      ).errors,
    ).toEqual([
      "2 Practice: You have connected no practice with this name or ID.",
      "3 Appointment type: Riverside Practice has no appointment type with this name or ID.",
      "4 Appointment type: Riverside Practice has several appointment types with this name.",
      "5 Appointment type: Hillside Practice has no appointment type with this name or ID.",
    ]);
  });

  it("a row says why when Hero's lists of its practice could not be loaded", () => {
    const disconnectedPractice = {
      ...hillside,
      problem: "Hero did not answer for Hillside Practice.",
    };
    const { errors } = checkFile(`${headingsWithPractice}\nA,20534,,,`, {
      ...anyoneSetup,
      practices: [riverside, disconnectedPractice],
    });
    expect(errors).toEqual(["2 Practice: Hero did not answer for Hillside Practice."]);
  });

  it("a row can be for a form", () => {
    const { validRows } = checkFile("Reference,Form\nA,asthma review\n", {
      ...anyoneSetup,
      kind: "form",
    });
    expect(validRows[0]).toMatchObject({ formId: "form_a" });
    expect(validRows[0]).not.toHaveProperty("appointmentTypeId");
  });
});

describe("dates and uses", () => {
  it("dates and uses come from the row or else the file, and must be consistent", () => {
    const { validRows, errors } = checkFile(
      "Reference,First day,Last day,Expires,Uses\nA,,,,\nB,24/11/2026,26/11/2026,27/11/2026,3\nC,26/11/2026,24/11/2026,,\nD,,,22/11/2026,\nE,1/12/2026,,,\nF,,,,0\nG,,,1/1/2030,\nH,,22/11/2026,,",
      { audience: "anyone" },
    );
    expect(validRows.map((row) => [row.reference, row.expiresOn, row.maxUses])).toEqual([
      ["A", "2026-11-30", 1],
      ["B", "2026-11-27", 3],
    ]);
    expect(errors).toEqual([
      "4 Last day: The last date must not be before the first date.",
      "5 Expires: The expiry date must be today or later.",
      "6 First day: The first date must not be after the expiry date.",
      "7 Uses: Enter a whole number from 1 to 10,000.",
      "8 Expires: The expiry date must be within two years.",
      "9 Last day: The last date must be today or later.",
    ]);
  });
});

describe("tags", () => {
  it("B9: a column of tags gives each link its tags, without repeats", () => {
    const { validRows, errors } = checkFile(
      'Reference,Tags,Hero patient ID\nA,"flu, Over 65,FLU",1\nB,#flu; winter ,2\nC,,3\n',
    );
    expect(errors).toEqual([]);
    expect(validRows.map(({ tags }) => tags)).toEqual([
      ["FLU", "Over 65"],
      ["flu", "winter"],
      undefined,
    ]);
    for (const row of validRows) expect(bulkUploadRow.parse(row)).toEqual(row);
  });

  it("B9: tags that are too long, too many or an NHS number are problems of their cells", () => {
    const many = Array.from({ length: 11 }, (_, index) => `t${index}`).join(";");
    const { errors } = checkFile(
      `Link tags,Hero patient ID\n${"x".repeat(31)},1\n${many},2\n999 000 0018,3\na#b,4\n`,
    );
    expect(errors.map((error) => error.slice(0, 12))).toEqual([
      "2 Link tags:",
      "3 Link tags:",
      "4 Link tags:",
      "5 Link tags:",
    ]);
    expect(errors[1]).toContain("up to 10 tags");
  });
});

describe("duplicates", () => {
  const duplicateRows = csvOf(
    "A,999 000 0018,1/2/1980,,,",
    "B,9990000018,1980-02-01,,,",
    "C,,1/2/1980,Ann,Other,KT2 6QW",
    "D,,1 Feb 1980,ANN,other,kt26qw",
    "A,999 000 0026,1/2/1980,,,",
    "F,999 000 0026,2/2/1980,,,",
  );

  it("duplicates are problems, except the first", () => {
    const { errors, validRows, summary } = checkFile(duplicateRows);
    expect(validRows.map((row) => row.reference)).toEqual(["A", "C"]);
    expect(errors).toEqual([
      "3 NHS number: Row 2 has the same patient for the same appointment type.",
      "5 Last name: Row 4 has the same patient for the same appointment type.",
      "6 Reference: Row 2 has the same reference.",
      "7 Date of birth: Row 6 has a different date of birth for this NHS number.",
    ]);
    expect(summary.duplicatePatientCount).toBe(2);
  });

  it("duplicates of a patient can be allowed; a reference or a different date of birth cannot", () => {
    const { validRows } = checkFile(duplicateRows, { allowsDuplicates: true });
    expect(validRows.map((row) => row.reference)).toEqual(["A", "B", "C", "D"]);
  });

  it("one patient with different appointments is not a duplicate", () => {
    const { errors } = checkFile(
      "Reference,Hero patient ID,Appointment type\nA,40201,11\nB,40201,12\nC,40201,11",
    );
    expect(errors).toEqual([
      "4 Hero patient ID: Row 2 has the same patient for the same appointment type.",
    ]);
  });
});

describe("columns", () => {
  it("columns are guessed from their headings, and remembered for the same headings", () => {
    const own = ["Ref.", "NHS No", "DOB", "Forename", "SURNAME", "Post-code", "Case note"];
    const columns = guessColumns(own);
    expect(columns).toEqual({
      reference: 0,
      nhsNumber: 1,
      dateOfBirth: 2,
      forename: 3,
      surname: 4,
      postcode: 5,
    });
    const description = toHeadingsByField({ reference: 6 }, own);
    expect(findSavedColumns(own, [{ name: "Gone" }, description])).toEqual({ reference: 6 });
    expect(findSavedColumns(["Else"], [description])).toBeNull();
  });
});

describe("the file of invalid rows", () => {
  it("the file returns each invalid row unchanged with its reasons, and can be uploaded again", () => {
    const text = csvOf(
      "A1,999 000 0018,1/2/1980,,,",
      '"=1+1, ""x""",999 000 0019,1/2/80,,,',
      "'+44,999 000 0026,,,,",
      "A,B,,,,,C",
    );
    const { table, checked } = checkFile(text);
    const rewritten = [...generateInvalidRowsCsv(table, checked)].join("");
    const reparsed = parseValidTable(rewritten);
    expect(reparsed.headings).toEqual([...table.headings, "Problem"]);
    const cellsBack = reparsed.rows.map(({ cells }) => cells.map(fromCsvCell));
    expect(cellsBack.map((cells) => cells.slice(0, 6))).toEqual([
      ['=1+1, "x"', "999 000 0019", "1/2/80", "", "", ""],
      ["+44", "999 000 0026", "", "", "", ""],
      ["A", "B", "", "", "", ""],
    ]);
    expect(cellsBack[0]?.[6]).toContain("NHS number: This is not a valid NHS number.");
    expect(cellsBack[0]?.[6]).toContain("Date of birth: Enter the year in full");
    expect(cellsBack[2]?.[6]).toContain("This row has 7 cells");
    expect(
      [
        ...generateInvalidRowsCsv(reparsed, {
          ...checked,
          errors: [],
          invalidIndexes: new Int32Array(),
        }),
      ].join(""),
    ).toContain("Problem 2");
  });
});

describe("the template", () => {
  it("the template has no problems and names no patient", async () => {
    const { validRows, errors } = checkFile(await createTemplate().text());
    expect(errors).toEqual([]);
    expect(validRows.map(({ identity }) => identity)).toEqual([
      { by: "nhs_number", nhsNumber: "9990000018", dateOfBirth: "1980-02-14" },
      { by: "nhs_number", nhsNumber: "9990000026", dateOfBirth: "1957-12-03" },
    ]);
  });
});

describe("a date as people write it", () => {
  it("a date is read with the day before the month", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1900-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10);
          const [year = "", month = "", dayOfMonth = ""] = day.split("-");
          const name = new Intl.DateTimeFormat("en-GB", { month: "short", timeZone: "UTC" }).format(
            date,
          );
          for (const text of [
            day,
            `${Number(dayOfMonth)}/${Number(month)}/${year}`,
            `${dayOfMonth}.${month}.${year}`,
            `${dayOfMonth}-${month}-${year}`,
            `${Number(dayOfMonth)} ${name} ${year}`,
            `${dayOfMonth}-${name}-${year}`,
          ]) {
            expect(parseUkDate(text)).toEqual({ date: day });
          }
          expect(isCalendarDate(day)).toBe(true);
        },
      ),
    );
  });
});
