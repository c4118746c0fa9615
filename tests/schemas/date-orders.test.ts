import { describe, expect, it } from "vitest";
import { describeFile } from "@/components/bulk-uploads/new/describe-file";
import { openFileSession } from "@/components/bulk-uploads/reader/file-session";
import type { ReadChoices } from "@/components/bulk-uploads/reader/messages";
import { createSetup } from "./csv-support";

const numbers = ["9994294083", "9994373277", "9994452460", "9994610848"];

/** A file with one patient for each date. */
const fileOf = (dates: readonly string[], heading = "Date of birth") =>
  [`NHS number;${heading}`, ...dates.map((date, index) => `${numbers[index]};${date}`)].join("\n");

async function read(source: string, choices: ReadChoices = {}) {
  const session = openFileSession();
  const info = await session.readFile({ source, ...choices });
  if ("problem" in info) return { question: info.dates, problem: info.problem };
  await session.checkRows({ settings: createSetup(info.headings) });
  const rows = await session.validRows({ offset: 0, limit: 10 });
  const { items } = await session.invalidCells({ kind: null, offset: 0, limit: 10 });
  return {
    info,
    rows,
    dates: rows.map(({ identity }) => identity?.dateOfBirth),
    problems: items.map(({ row, reason }) => `${row}: ${reason}`),
    session,
  };
}

const monthFirst = { dateOrders: { 1: "monthFirst" } } as const;
const dayFirst = { dateOrders: { 1: "dayFirst" } } as const;

describe("B8: dates with the month first", () => {
  const american = fileOf(["03/14/1984", "03/04/1984"]);

  it("B8: a date that can only have the month first is asked about, with dates of the file", async () => {
    expect(await read(american)).toEqual({
      problem: "The dates in “Date of birth” may have the month first.",
      question: {
        column: 1,
        heading: "Date of birth",
        monthFirst: "03/14/1984",
        either: "03/04/1984",
      },
    });
  });

  it("B8: after the answer every date of the column is read in this order", async () => {
    const { dates, problems, info } = await read(american, monthFirst);
    expect(dates).toEqual(["1984-03-14", "1984-03-04"]);
    expect(problems).toEqual([]);
    expect(info && describeFile(info)).toContain(
      "Dates in “Date of birth” read with the month first.",
    );
  });

  it("B8: a row that does not fit the answer is refused", async () => {
    const { dates, problems } = await read(american, dayFirst);
    expect(dates).toEqual(["1984-04-03"]);
    expect(problems).toEqual(["2: Enter the day first, then the month."]);
    const headed = fileOf(["03/04/1984", "31/12/1984"], "Date of birth (mm/dd/yyyy)");
    expect((await read(headed, monthFirst)).problems).toEqual([
      "3: Dates in this column have the month first. Enter this one as 2026-12-03 or 3 Dec 2026.",
    ]);
    expect((await read(headed, dayFirst)).dates).toEqual(["1984-04-03", "1984-12-31"]);
  });

  it.each([
    "DOB (mm/dd/yyyy)",
    "DOB [MM-DD-YYYY]",
    "Date of birth m/d/y",
    "DOB (US)",
    "Birth date (month/day/year)",
  ])("B8: the heading %s is asked about", async (heading) => {
    expect((await read(fileOf(["03/04/1984"], heading))).question).toEqual({
      column: 1,
      heading,
      monthFirst: null,
      either: "03/04/1984",
    });
  });

  it.each([
    "'03/14/1984",
    '="03/14/1984"',
    "03/14/84",
    "3-14-1984",
    "3.14.1984 00:00",
    "Mar 14, 1984",
  ])("B8: %s also shows that the month is first", async (cell) => {
    const { question } = await read(fileOf([`"${cell.replaceAll('"', '""')}"`, "03/04/1984"]));
    expect(question).toMatchObject({ column: 1, either: "03/04/1984" });
  });

  it("B8: in a column with both orders, a date that allows both is refused by itself", async () => {
    const { dates, problems } = await read(
      fileOf(["03/14/1984", "03/04/1984", "14/03/1984", "04/04/1984"]),
    );
    expect(dates).toEqual(["1984-03-14", "1984-04-04"]);
    expect(problems).toEqual([
      "2: Enter the day first, then the month.",
      "3: Dates in this column may have the month first. Enter this one as 2026-12-03 or 3 Dec 2026.",
    ]);
  });

  it("B8: another column of the file can raise the question, unless the heading answers it", async () => {
    const lines = (heading: string) =>
      `NHS number,${heading},Last date\n9994294083,03/04/1984,12/31/2026\n`;
    const lastDate = { dateOrders: { 2: "monthFirst" } } as const;
    expect((await read(lines("DOB"), lastDate)).question).toMatchObject({ heading: "DOB" });
    expect((await read(lines("DOB (dd/mm/yyyy)"), lastDate)).dates).toEqual(["1984-04-03"]);
    expect((await read(lines("DOB"))).question).toMatchObject({ heading: "DOB" });
  });

  it("B8: columns are asked about one after the other", async () => {
    const source = "NHS number,DOB,Last date\n9994294083,03/14/1984,11/29/2026\n";
    expect((await read(source)).question).toMatchObject({ column: 1 });
    expect((await read(source, monthFirst)).question).toMatchObject({ column: 2 });
    const answers = { dateOrders: { 1: "monthFirst", 2: "monthFirst" } } as const;
    expect((await read(source, answers)).rows).toMatchObject([
      { identity: { dateOfBirth: "1984-03-14" }, slotsTo: "2026-11-29" },
    ]);
  });

  it("B8: dates in the British order, in ISO order and with names of months raise no question", async () => {
    const { dates } = await read(fileOf(["14/03/1984", "03/04/1984", "1984-03-14", "3 Apr 1984"]));
    expect(dates).toEqual(["1984-03-14", "1984-04-03", "1984-03-14", "1984-04-03"]);
  });

  it("B8: a note with a date raises no question, and is refused as a date of birth", async () => {
    const source =
      "NHS number,Born in,Reference\n9994294083,03/14/1984,03/14/1984\n9994373277,unknown,B\n9994452460,not known,C\n";
    const session = openFileSession();
    const info = await session.readFile({ source });
    if ("problem" in info) throw new Error(info.problem);
    const settings = createSetup(info.headings);
    await session.checkRows({
      settings: { ...settings, columns: { nhsNumber: 0, dateOfBirth: 1 } },
    });
    const { items } = await session.invalidCells({ kind: "date", offset: 0, limit: 1 });
    expect(items).toMatchObject([{ row: 2, reason: "Enter the day first, then the month." }]);
  });

  it("B8: a cell edited in a column with the month first is read in the order of the column", async () => {
    const { session, info } = await read(
      fileOf(["03/14/1984", "13/14/1984"], "DOB (US)"),
      monthFirst,
    );
    if (!session || !info) throw new Error("The file was not read.");
    await session.changeCell({ row: 3, column: 1, text: "12/31/1984" });
    await session.checkRows({ settings: createSetup(info.headings) });
    expect(await session.validRows({ offset: 1, limit: 1 })).toMatchObject([
      { identity: { dateOfBirth: "1984-12-31" } },
    ]);
  });
});
