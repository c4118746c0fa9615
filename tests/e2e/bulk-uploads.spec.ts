import { readFile } from "node:fs/promises";
import type { Download, Page } from "@playwright/test";
import Papa from "papaparse";
import { z } from "zod";
import { looksLikeFormula } from "@/server/schemas/csv";
import { containsNhsNumber } from "@/server/schemas/nhs-number";
import { expect, type App, test } from "./fixtures";
import type { Organisation } from "./support/organisation";
import {
  expectAccessible,
  expectErrorSummary,
  expectAccessibleAtAllWidths,
} from "./support/assertions";

// Its own practice and key: a bulk upload uses its key's whole rate.
test.use({ practiceGroupId: "30297" });

const generatedPatientsSchema = z.array(
  z.object({ nhsNumber: z.string(), dateOfBirth: z.string() }),
);

async function listGeneratedPatients(app: App, count: number) {
  const reply = await fetch(`${app.sandbox.url}/_sandbox/generated-patients?count=${count}`);
  return generatedPatientsSchema.parse(await reply.json());
}

const headings = ["Reference", "NHS number", "Date of birth", "Town"];

/** Valid rows, then invalid ones of each kind, with one problem each. */
function createRows(
  patients: z.infer<typeof generatedPatientsSchema>,
  invalidCount: number,
): string[][] {
  const rows = patients.map(({ nhsNumber, dateOfBirth }, index) => {
    const [year = "", month = "", day = ""] = dateOfBirth.split("-");
    return [`REF-${index + 1}`, nhsNumber, `${day}/${month}/${year}`, "Ashcombe"];
  });
  const [firstRow = []] = rows;
  const invalidRows = [
    ["BAD-A", "999 000 0019", "1/2/1980", ""],
    ["BAD-B", "999 000 0018", "1/2/80", ""],
    ["BAD-C", "999 000 0018", "", ""],
    ["=1+1", "999 000 0018", "1/2/1980", ""],
    ["BAD-E", firstRow[1] ?? "", firstRow[2] ?? "", ""],
  ];
  const repeatedInvalidRows = Array.from({ length: invalidCount }, (_, index) => {
    const [reference = "", ...rest] = invalidRows[index % invalidRows.length] ?? [];
    return [reference.startsWith("=") ? `=${index}+1` : `${reference}-${index}`, ...rest];
  });
  return [...rows, ...repeatedInvalidRows];
}

const toCsv = (rows: string[][], separator = ",") =>
  [headings, ...rows].map((row) => row.join(separator)).join("\r\n");

const chooseFile = (page: Page, content: string | Buffer, name = "rows.csv") =>
  page.getByLabel("CSV file").setInputFiles({
    name,
    mimeType: "text/csv",
    buffer: Buffer.isBuffer(content) ? content : Buffer.from(content),
  });

async function openNewBulkUpload(page: Page, organisation: Organisation) {
  await page.goto(`${organisation.path}/links/bulk-uploads/new`);
}

/** The practice is preselected, because there is only one. */
async function selectAppointment(page: Page) {
  await page.getByLabel("Appointment type", { exact: true }).selectOption({ index: 1 });
  await page.getByLabel("Location", { exact: true }).selectOption({ index: 1 });
}

const checkRows = (page: Page) => page.getByRole("button", { name: "Check rows" }).click();

async function readDownload(download: Download): Promise<string[][]> {
  const text = await readFile(await download.path(), "utf8");
  expect(text.startsWith("\ufeff")).toBe(true);
  return Papa.parse<string[]>(text.slice(1).trimEnd()).data;
}

/** Starts the upload; confirms by typing the number when there are too few slots. */
async function startCreating(page: Page, links: number) {
  await expect(page.getByRole("heading", { name: `Ready to create ${links} links` })).toBeVisible();
  const recipients = page.getByLabel(/To continue anyway/);
  const button = page.getByRole("button", { name: `Create ${links} links` });
  if ((await recipients.count()) > 0) {
    await button.click();
    await expect(recipients).toHaveAccessibleDescription(new RegExp(`Type ${links} to continue`));
    await recipients.fill(String(links));
  }
  await button.click();
}

const finishedCount = (page: Page) =>
  page.getByRole("progressbar", { name: "Rows done" }).getAttribute("aria-valuenow");

test("an upload of 500 rows with 20 invalid ones creates the valid links and returns the invalid rows", async ({
  page,
  app,
  organisation,
}) => {
  test.setTimeout(240_000);
  const patients = await listGeneratedPatients(app, 480);
  await openNewBulkUpload(page, organisation);
  await chooseFile(page, toCsv(createRows(patients, 20)));
  await expect(page.getByText("500 rows, 4 columns, separated by commas")).toBeVisible();
  await expect(page.getByLabel("Use Town as")).toHaveValue("");
  await checkRows(page);
  await expectErrorSummary(page, "Select an appointment type.", "Select a location.");
  await selectAppointment(page);
  await checkRows(page);

  await expect(page.getByRole("heading", { name: "480 valid, 20 with problems" })).toBeFocused();
  const table = page.getByRole("region", { name: "Cells with problems" });
  await expect(table.getByRole("row")).toHaveCount(21);
  await page.getByLabel("Show").selectOption({ label: "Formula (4)" });
  await expect(table.getByRole("row")).toHaveCount(5);
  await expect(table.getByRole("row").nth(1)).toContainText("=3+1");
  await expect(table.getByRole("row").nth(1)).toContainText("This looks like a formula");
  await expectAccessible(page);

  const [invalidRowsDownload] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download 20 rows with problems" }).click(),
  ]);
  const invalidRows = await readDownload(invalidRowsDownload);
  expect(invalidRows).toHaveLength(21);
  expect(invalidRows[0]).toEqual([...headings, "Problem"]);
  expect(invalidRows.flat().filter(looksLikeFormula)).toEqual([]);
  expect(invalidRows[4]?.[0]).toBe("'=3+1");

  const review = page.getByRole("region", { name: "480 links to create" });
  await expect(review).toContainText("One patient of");
  await expect(review).toContainText("may register a temporary patient");
  await page.getByLabel("Name of this upload").fill("Flu letters");
  await review.getByRole("button", { name: "Upload 480 rows" }).click();
  await startCreating(page, 480);

  await expect
    .poll(async () => Number(await finishedCount(page)), { timeout: 30_000 })
    .toBeGreaterThan(5);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  // Rows in progress finish; after that nothing changes.
  await page.waitForTimeout(1_500);
  await page.reload();
  const before = await finishedCount(page);
  expect(Number(before)).toBeLessThan(480);
  await page.waitForTimeout(1_500);
  await page.reload();
  expect(await finishedCount(page)).toBe(before);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await page.reload();
  await expect(page.getByText("Finished", { exact: true })).toBeVisible({ timeout: 150_000 });
  await expect(page.getByText("Results are kept until")).toBeVisible();
  await expectAccessible(page);

  const [result] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download results" }).click(),
  ]);
  const [header, ...lines] = await readDownload(result);
  expect(header).toEqual(["row", "reference", "link", "state", "reason"]);
  expect(lines).toHaveLength(480);
  expect(new Set(lines.map(([, reference]) => reference)).size).toBe(480);
  expect(lines.filter(([, , , state]) => state === "created")).toHaveLength(480);
  expect(lines.flat().filter((cell) => containsNhsNumber(cell ?? ""))).toEqual([]);
  const text = lines.flat().join("\n");
  for (const { nhsNumber } of patients) expect(text).not.toContain(nhsNumber);

  await page.getByRole("link", { name: "Bulk uploads" }).click();
  await expect(page.getByRole("row", { name: /Flu letters/ })).toContainText("480");
  await expectAccessible(page);

  // The same headings are mapped to the same fields as before.
  await page.getByRole("link", { name: "New bulk" }).click();
  await chooseFile(page, toCsv(createRows(patients.slice(0, 1), 0)));
  await expect(page.getByLabel("Use Reference as")).toHaveValue("reference");
});

test("cells can be pasted from a spreadsheet, with their problems shown", async ({
  page,
  app,
  organisation,
}) => {
  const patients = await listGeneratedPatients(app, 2);
  await openNewBulkUpload(page, organisation);
  const text = toCsv(createRows(patients, 1), "\t");
  await page.getByLabel("Or paste from a spreadsheet").evaluate((box, clipboardText) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", clipboardText);
    box.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    );
  }, text);
  await expect(page.getByText("3 rows, 4 columns, separated by tabs, pasted.")).toBeVisible();
  await selectAppointment(page);
  await checkRows(page);
  await expect(page.getByRole("heading", { name: "2 valid, 1 with problems" })).toBeVisible();
  await expectAccessibleAtAllWidths(page, "visual");

  // A changed selection has to be checked again.
  await page.getByLabel("Bookings per link").fill("2");
  await expect(page.getByRole("heading", { name: "2 valid, 1 with problems" })).toHaveCount(0);

  await page.getByRole("radio", { name: "Anyone" }).check();
  await checkRows(page);
  await expect(page.getByRole("heading", { name: "3 valid rows, no problems" })).toBeVisible();
});

test("invalid cells are edited in place with the keyboard alone", async ({
  page,
  organisation,
}) => {
  await openNewBulkUpload(page, organisation);
  await chooseFile(page, "Reference,Uses\nA,1\nB,none\nC,0\n");
  await selectAppointment(page);
  await checkRows(page);
  await expect(page.getByRole("heading", { name: "1 valid, 2 with problems" })).toBeVisible();
  await page.getByRole("button", { name: "Edit Uses in row 3" }).press("Enter");
  const firstCell = page.getByRole("textbox", { name: "Uses in row 3" });
  await expect(firstCell).toBeFocused();
  await firstCell.fill("2");
  await firstCell.press("Enter");
  await expect(page.getByRole("heading", { name: "2 valid, 1 with problems" })).toBeVisible();

  const editNext = page.getByRole("button", { name: "Edit Uses in row 4" });
  await expect(editNext).toBeFocused();
  await editNext.press("Enter");
  const nextCell = page.getByRole("textbox", { name: "Uses in row 4" });
  await nextCell.press("Escape");
  await expect(editNext).toBeFocused();
  await editNext.press("Enter");
  await nextCell.fill("3");
  await expectAccessible(page);
  await nextCell.press("Enter");
  await expect(page.getByRole("heading", { name: "3 valid rows, no problems" })).toBeFocused();
});

test("a patient in two rows gets two links only when someone confirms it", async ({
  page,
  app,
  organisation,
}) => {
  const patients = await listGeneratedPatients(app, 1);
  await openNewBulkUpload(page, organisation);
  await chooseFile(page, toCsv(createRows([...patients, ...patients], 0)));
  await selectAppointment(page);
  await checkRows(page);
  await expect(page.getByRole("heading", { name: "1 valid, 1 with problems" })).toBeVisible();
  await expect(page.getByText("Row 2 has the same patient")).toBeVisible();
  await page.getByLabel("Create duplicates anyway").check();
  await expect(page.getByRole("heading", { name: "2 valid rows, no problems" })).toBeVisible();
});

test("files in other encodings are read, and files that are not tables are rejected", async ({
  page,
  organisation,
}) => {
  await openNewBulkUpload(page, organisation);
  const error = page.getByRole("alert").filter({ hasText: "The file cannot be used" });
  const tooManyRows = `Reference\n${"A\n".repeat(50_001)}`;
  for (const [content, sentence] of [
    ["", "This file is empty."],
    ["Reference,Uses\n", "headings but no rows"],
    ["Reference,reference\nA,B", "the same heading"],
    ["Reference,,Uses\nA,B,1", "Column 2 has no heading, but row 2 has a value in it."],
    ['Reference\n"A\nB', "never closed"],
    ["PK\u0003\u0004", "This workbook could not be read."],
    [tooManyRows, "more than 50,000 rows"],
    [Buffer.alloc(41 * 1024 * 1024, "x"), "larger than 40 MB"],
  ] as const) {
    await chooseFile(page, content);
    await expect(error).toContainText(sentence);
  }
  const utf16 = Buffer.from("\ufeffReference;Uses\r\nZoë;1\r\n", "utf16le");
  await chooseFile(page, utf16);
  await expect(
    page.getByText("1 row, 2 columns, separated by semicolons, read as UTF-16 LE."),
  ).toBeVisible();
  await expect(error).toHaveCount(0);
  await expect(page.getByRole("cell", { name: "Zoë" })).toBeVisible();

  await page.getByRole("button", { name: "Select another file" }).click();
  await chooseFile(page, Buffer.from("Reference\nZo\u00eb\n", "latin1"));
  await expect(page.getByText("read as Windows-1252")).toBeVisible();
});

test("a cell of 10 MB and a NUL are problems of their cells", async ({ page, organisation }) => {
  await openNewBulkUpload(page, organisation);
  await chooseFile(page, `Reference,Uses\n${"x".repeat(10_000_000)},1\nA\0B,1\nC,1\n`);
  await selectAppointment(page);
  await checkRows(page);
  await expect(page.getByRole("heading", { name: "1 valid, 2 with problems" })).toBeVisible();
  const table = page.getByRole("region", { name: "Cells with problems" });
  await expect(table).toContainText("This cell has 10,000,000 characters.");
  await expect(table).toContainText("This cell has a NUL character.");
});

test("the page warns before closing while rows have not been uploaded", async ({
  page,
  organisation,
}) => {
  await openNewBulkUpload(page, organisation);
  await chooseFile(page, "Reference\nA\n");
  // Chromium asks only on a page that was clicked, and the page's own warning is ready by then.
  await page.getByText("1 row, 1 column").click();
  const unloadDialog = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const dialog = await unloadDialog;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await expect(page.getByText("1 row, 1 column")).toBeVisible();

  const navLink = page.getByRole("link", { name: "Practices", exact: true });
  page.once("dialog", (leaveDialog) => void leaveDialog.dismiss());
  await navLink.click();
  await expect(page.getByText("1 row, 1 column")).toBeVisible();
  page.once("dialog", (leaveDialog) => void leaveDialog.accept());
  await navLink.click();
  await expect(page.getByRole("heading", { level: 1, name: "Practices" })).toBeVisible();
});

test("rows that did not arrive are sent again, and none twice", async ({
  page,
  organisation,
  pageMonitor,
}) => {
  await openNewBulkUpload(page, organisation);
  await chooseFile(
    page,
    `Reference\n${Array.from({ length: 1500 }, (_, index) => `R${index}`).join("\n")}`,
  );
  await selectAppointment(page);
  await checkRows(page);
  // The second part arrives, but its response is lost.
  let parts = 0;
  await page.route(/bulkUploads\.addRows/, async (route) => {
    parts += 1;
    if (parts !== 2) return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Upload 1,500 rows" }).click();
  await expect(page.getByRole("heading", { name: "Ready to create 1,500 links" })).toBeVisible();
  expect(parts).toBe(3);
  expect((await organisation.portal.bulkUploads.list.query())[0]?.receivedCount).toBe(1500);
  await page.getByRole("button", { name: "Cancel upload" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel upload" }).click();
  await expect(page.getByText("Cancelled", { exact: true }).first()).toBeVisible();
  // The browser reports the lost response.
  const connectionErrors = pageMonitor.errors.filter((error) =>
    error.includes("ERR_CONNECTION_RESET"),
  );
  expect(connectionErrors).toHaveLength(1);
  pageMonitor.errors.splice(pageMonitor.errors.indexOf(connectionErrors[0] ?? ""), 1);
});

test("patients do not appear in addresses, titles or browser storage", async ({
  page,
  app,
  organisation,
}) => {
  const [patient] = await listGeneratedPatients(app, 1);
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await openNewBulkUpload(page, organisation);
  await chooseFile(page, toCsv(createRows(patient ? [patient] : [], 0)));
  await selectAppointment(page);
  await checkRows(page);
  await page.getByRole("button", { name: "Upload 1 row" }).click();
  await expect(page.getByRole("heading", { name: "Ready to create 1 link" })).toBeVisible();
  const storedData = await page.evaluate(() =>
    JSON.stringify([document.title, location.href, { ...localStorage }, { ...sessionStorage }]),
  );
  for (const text of [storedData, ...addresses, await page.content()]) {
    expect(text).not.toContain(patient?.nhsNumber ?? "-");
    expect(text).not.toContain(patient?.dateOfBirth ?? "-");
  }
});
