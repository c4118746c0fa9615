import { describe, expect, it } from "vitest";
import { openFileSession } from "@/components/bulk-uploads/reader/file-session";
import { createSetup } from "./csv-support";

const headings = "NHS number,Date of birth,Reference";
const row = "9994294083,12/03/1984,A";

async function read(source: string | File) {
  const session = openFileSession();
  const info = await session.readFile({ source });
  if ("problem" in info) return { problem: info.problem };
  await session.checkRows({ settings: createSetup(info.headings) });
  const { items } = await session.invalidCells({ kind: null, offset: 0, limit: 10 });
  return {
    headings: info.headings,
    rows: await session.validRows({ offset: 0, limit: 10 }),
    problems: items.map(({ row: rowNumber, reason }) => `${rowNumber}: ${reason}`),
    session,
  };
}

describe("B6: marks that nobody sees in headings", () => {
  it.each([
    "NHS\u00a0number",
    "NHS \u200bnumber",
    "\u200bNHS number\u2060",
    "ＮＨＳ number",
    "nhs  number",
  ])("B6: %j is the same heading as NHS number", async (heading) => {
    expect(
      await read(`NHS number,${heading},Date of birth\n9994294083,9994373277,12/03/1984`),
    ).toEqual({ problem: expect.stringContaining("Columns 1 and 2 have the same heading") });
  });

  it("B6: headings are shown on one line, and a heading of hidden marks is none", async () => {
    const { headings: shown } = await read(
      `"NHS\nnumber","Date of\r\nbirth",\u200b\n${row.replace("A", "")}`,
    );
    expect(shown).toEqual(["NHS number", "Date of birth"]);
    expect(await read(`NHS number,Date of birth,\u200b\n${row}`)).toMatchObject({
      problems: ["2: This row has 3 cells but there are 2 headings."],
    });
  });
});

describe("B6: the end of a file", () => {
  it.each(["\u001a", "\n\u001a", "\r\n\u001a\u001a\r\n"])(
    "B6: %j at the end is not a row",
    async (end) => {
      const text = `${headings}\n${row}${end}`;
      for (const source of [text, new File([text], "a.csv")]) {
        expect(await read(source)).toMatchObject({ rows: [{ reference: "A" }], problems: [] });
      }
    },
  );
});

describe("B7: digits and apostrophes", () => {
  it.each([
    ["９９９４２９４０８３,12/03/1984,A"],
    ["9994294083,１２/０３/１９８４,A"],
    ["9994294083,١٢/٠٣/١٩٨٤,A"],
  ])("B7: %s is refused because of its digits", async (cells) => {
    expect((await read(`${headings}\n${cells}`)).problems?.[0]).toBe(
      "2: These are digits of another script or width. Enter them as 0 to 9.",
    );
  });

  it("B7: a reference may have any digits", async () => {
    expect((await read(`${headings}\n9994294083,12/03/1984,Ａ１`)).rows).toMatchObject([
      { reference: "Ａ１" },
    ]);
  });

  it("B7: the apostrophe of a text cell does not belong to a code, a tag or the name of a list", async () => {
    const { rows, session } = await read(
      `${headings},Appointment type,Practice,Tags\n${row.replace("A", "'A")},'Smear test,'Riverside Practice,'recall\n`,
    );
    expect(rows).toMatchObject([{ reference: "A", appointmentTypeId: "12", tags: ["recall"] }]);
    expect(await session?.distinctValues({ column: 4, maxCount: 5 })).toEqual([
      "Riverside Practice",
    ]);
  });
});

describe("B8: dates with the year first", () => {
  it("B8: a date with the day before the month puts the others of its column in doubt", async () => {
    const dates = ["1984-14-03", "1984-03-04", "1984-03-14", "3 Apr 1984"];
    const numbers = ["9994294083", "9994373277", "9994452460", "9994610848"];
    const lines = dates.map((date, index) => `${numbers[index]},${date},R-${index}`);
    const { rows, problems } = await read([headings, ...lines].join("\n"));
    expect(rows?.map(({ reference }) => reference)).toEqual(["R-2", "R-3"]);
    expect(problems).toEqual([
      "2: Enter the month before the day, such as 2026-12-03.",
      "3: Dates in this column may have the day before the month. Enter this one as 3 Dec 2026.",
    ]);
  });
});
