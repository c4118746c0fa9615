import { expect, test } from "vitest";
import { checkRecipients } from "@/components/bulk-uploads/reader/check-recipients";
import { guessColumns } from "@/components/bulk-uploads/reader/fields";
import { openFileSession } from "@/components/bulk-uploads/reader/file-session";
import { parseTable } from "@/components/bulk-uploads/reader/parse-table";
import { messageRecipientRow } from "@/server/schemas/message-batches";

const today = "2026-11-27";

function check(csv: string) {
  const table = parseTable(csv);
  if ("problem" in table) throw new Error(table.problem);
  return checkRecipients(table, { columns: guessColumns(table.headings), today });
}

test("a file needs columns that identify patients, and nothing else", () => {
  const { summary, parseRecipient } = check(
    "NHS number,Date of birth,Ward\n999 000 0018,14/02/1980,East\n999 000 0026,3 Dec 1957,West\n",
  );
  expect(summary).toMatchObject({ validCount: 2, invalidCount: 0, errorCount: 0 });
  const recipient = parseRecipient(1);
  expect(recipient).toEqual({
    rowNumber: 3,
    identity: { by: "nhs_number", nhsNumber: "9990000026", dateOfBirth: "1957-12-03" },
  });
  expect(messageRecipientRow.parse(recipient)).toEqual(recipient);
});

test("the same patient in five spellings is one recipient", () => {
  const { summary, errors } = check(
    [
      "NHS number,Date of birth",
      "9990000018,14/02/1980",
      "999 000 0018,14 Feb 1980",
      "999-000-0018,1980-02-14",
      "'9990000018,14.02.1980",
      " 999 0000018 ,14 February 1980",
    ].join("\n"),
  );
  expect(summary).toMatchObject({ validCount: 1, invalidCount: 4, duplicatePatientCount: 4 });
  expect(new Set(errors.map(({ reason }) => reason))).toEqual(
    new Set(["Row 2 has the same patient."]),
  );
});

test("a row with a Hero patient ID repeats an earlier row with the same NHS number", () => {
  const { summary, errors } = check(
    [
      "Hero patient ID,NHS number,Date of birth",
      "812,999 000 0018,14/02/1980",
      ",999 000 0018,14/02/1980",
      "812,,",
      "813,999 000 0018,15/02/1980",
    ].join("\n"),
  );
  expect(summary).toMatchObject({ validCount: 1, invalidCount: 3 });
  expect(errors.map(({ reason }) => reason)).toEqual([
    "Row 2 has the same patient.",
    "Row 2 has the same patient.",
    "Row 2 has a different date of birth for this NHS number.",
  ]);
});

test("rows with problems are left out, and can be fixed, downloaded and uploaded apart", async () => {
  const session = openFileSession();
  const source = "NHS number,Date of birth\n999 000 0018,14/02/1980\n999 000 0019,14/02/1980\n";
  const file = await session.readFile({ source });
  if ("problem" in file) throw new Error(file.problem);
  const settings = { columns: guessColumns(file.headings), today };
  expect(await session.checkRecipients({ settings })).toMatchObject({
    validCount: 1,
    invalidCount: 1,
  });
  const { items } = await session.invalidCells({ kind: null, offset: 0, limit: 10 });
  expect(items).toMatchObject([{ row: 3, column: 0, kind: "nhsNumber", value: "999 000 0019" }]);
  expect(await (await session.invalidRowsFile({})).text()).toContain("999 000 0019");
  await session.changeCell({ row: 3, column: 0, text: "999 000 0026" });
  expect(() => session.validRecipients({ offset: 0, limit: 10 })).toThrow("not checked");
  expect(await session.checkRecipients({ settings })).toMatchObject({ validCount: 2 });
  const recipients = await session.validRecipients({ offset: 1, limit: 10 });
  expect(recipients.map(({ rowNumber }) => rowNumber)).toEqual([3]);
});
