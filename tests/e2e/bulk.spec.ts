import { readFile } from "node:fs/promises";
import type { Download, Page } from "@playwright/test";
import Papa from "papaparse";
import { z } from "zod";
import { startsLikeFormula } from "@/server/schemas/csv";
import { holdsNhsNumber } from "@/server/schemas/nhs-number";
import { expect, type House, test } from "./fixtures";
import type { Office } from "./support/office";
import { expectAccessible, expectErrorSummary, expectNoSidewaysScroll } from "./support/screen";

// A practice and a key of its own: a bulk takes the whole rate of its key.
test.use({ practiceGroupId: "30297" });

const crowdSchema = z.array(z.object({ nhsNumber: z.string(), dateOfBirth: z.string() }));

/** People whom the sandbox's Spine knows. */
async function listCrowd(house: House, count: number) {
  const reply = await fetch(`${house.sandbox.url}/_sandbox/crowd?count=${count}`);
  return crowdSchema.parse(await reply.json());
}

const headings = ["Reference", "NHS number", "Date of birth", "Town"];

/** So many good rows, and then bad ones of every kind, each with one thing wrong. */
function makeRows(crowd: z.infer<typeof crowdSchema>, bad: number): string[][] {
  const rows = crowd.map(({ nhsNumber, dateOfBirth }, at) => {
    const [year = "", month = "", day = ""] = dateOfBirth.split("-");
    return [`REF-${at + 1}`, nhsNumber, `${day}/${month}/${year}`, "Ashcombe"];
  });
  const [someone = []] = rows;
  const wrong = [
    ["BAD-A", "999 000 0019", "1/2/1980", ""],
    ["BAD-B", "999 000 0018", "1/2/80", ""],
    ["BAD-C", "999 000 0018", "", ""],
    ["=1+1", "999 000 0018", "1/2/1980", ""],
    ["BAD-E", someone[1] ?? "", someone[2] ?? "", ""],
  ];
  // Each wrong number is wrong in its own row only.
  const bads = Array.from({ length: bad }, (_, at) => {
    const [reference = "", ...rest] = wrong[at % wrong.length] ?? [];
    return [reference.startsWith("=") ? `=${at}+1` : `${reference}-${at}`, ...rest];
  });
  return [...rows, ...bads];
}

const toText = (rows: string[][], sign = ",") =>
  [headings, ...rows].map((row) => row.join(sign)).join("\r\n");

const chooseFile = (page: Page, content: string | Buffer, name = "rows.csv") =>
  page.getByLabel("CSV file").setInputFiles({
    name,
    mimeType: "text/csv",
    buffer: Buffer.isBuffer(content) ? content : Buffer.from(content),
  });

async function openNewBulk(page: Page, office: Office) {
  await page.goto(`${office.path}/links/bulk/new`);
}

/** What the rows are about; the practice is the only one, and chosen already. */
async function chooseWhat(page: Page) {
  await page.getByLabel("Appointment type", { exact: true }).selectOption({ index: 1 });
  await page.getByLabel("Location", { exact: true }).selectOption({ index: 1 });
}

const checkRows = (page: Page) => page.getByRole("button", { name: "Check the rows" }).click();

async function readDownload(download: Download): Promise<string[][]> {
  const text = await readFile(await download.path(), "utf8");
  expect(text.startsWith("\ufeff")).toBe(true);
  return Papa.parse<string[]>(text.slice(1).trimEnd()).data;
}

/** Starts what was sent; where there are fewer free slots, their number is typed. */
async function start(page: Page, links: number) {
  await expect(page.getByRole("heading", { name: `Ready to make ${links} links` })).toBeVisible();
  const recipients = page.getByLabel(/To go on all the same/);
  const button = page.getByRole("button", { name: `Start making ${links} links` });
  if ((await recipients.count()) > 0) {
    await button.click();
    await expect(recipients).toHaveAccessibleDescription(new RegExp(`Type ${links} to go on`));
    await recipients.fill(String(links));
  }
  await button.click();
}

const settled = (page: Page) =>
  page.getByRole("progressbar", { name: "Rows settled" }).getAttribute("aria-valuenow");

test("a file of 500 rows with 20 bad ones: the good are made, the bad given back", async ({
  page,
  house,
  office,
}) => {
  test.setTimeout(240_000);
  const crowd = await listCrowd(house, 480);
  await openNewBulk(page, office);
  await chooseFile(page, toText(makeRows(crowd, 20)));
  await expect(page.getByText("500 rows, 4 columns, separated by commas")).toBeVisible();
  await expect(page.getByLabel("Town is taken for")).toHaveValue("");
  await checkRows(page);
  await expectErrorSummary(page, "Choose an appointment type.", "Choose a location.");
  await chooseWhat(page);
  await checkRows(page);

  await expect(page.getByRole("heading", { name: "480 good, 20 bad" })).toBeFocused();
  const table = page.getByRole("region", { name: "Bad cells" });
  await expect(table.getByRole("row")).toHaveCount(21);
  await page.getByLabel("Show").selectOption({ label: "Formula (4)" });
  await expect(table.getByRole("row")).toHaveCount(5);
  await expect(table.getByRole("row").nth(1)).toContainText("=3+1");
  await expect(table.getByRole("row").nth(1)).toContainText("This begins like a formula");
  await expectAccessible(page);

  const [bad] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the 20 bad" }).click(),
  ]);
  const given = await readDownload(bad);
  expect(given).toHaveLength(21);
  expect(given[0]).toEqual([...headings, "What is wrong"]);
  expect(given.flat().filter(startsLikeFormula)).toEqual([]);
  expect(given[4]?.[0]).toBe("'=3+1");

  await page.getByRole("button", { name: "Make the 480 good ones" }).click();
  const review = page.getByRole("region", { name: "480 links to make" });
  await expect(review).toContainText("One patient of");
  await expect(review).toContainText("may register a temporary patient");
  await page.getByLabel("Name of this bulk").fill("Flu letters");
  await review.getByRole("button", { name: "Send 480 rows" }).click();
  await start(page, 480);

  await expect
    .poll(async () => Number(await settled(page)), { timeout: 30_000 })
    .toBeGreaterThan(5);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  // What was in flight settles; after that nothing moves.
  await page.waitForTimeout(1_500);
  await page.reload();
  const before = await settled(page);
  expect(Number(before)).toBeLessThan(480);
  await page.waitForTimeout(1_500);
  await page.reload();
  expect(await settled(page)).toBe(before);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await page.reload();
  await expect(page.getByText("Finished", { exact: true })).toBeVisible({ timeout: 150_000 });
  await expect(page.getByText("The result is kept until")).toBeVisible();
  await expectAccessible(page);

  const [result] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download the result" }).click(),
  ]);
  const [top, ...lines] = await readDownload(result);
  expect(top).toEqual(["row", "reference", "link", "state", "reason"]);
  expect(lines).toHaveLength(480);
  expect(new Set(lines.map(([, reference]) => reference)).size).toBe(480);
  expect(lines.filter(([, , , state]) => state === "made")).toHaveLength(480);
  expect(lines.flat().filter((cell) => holdsNhsNumber(cell ?? ""))).toEqual([]);
  const text = lines.flat().join("\n");
  for (const { nhsNumber } of crowd) expect(text).not.toContain(nhsNumber);

  await page.getByRole("link", { name: "Bulk links" }).click();
  await expect(page.getByRole("row", { name: /Flu letters/ })).toContainText("480");
  await expectAccessible(page);

  // The same headings are taken for the same fields as before.
  await page.getByRole("link", { name: "New bulk" }).click();
  await chooseFile(page, toText(makeRows(crowd.slice(0, 1), 0)));
  await expect(page.getByLabel("Reference is taken for")).toHaveValue("reference");
});

test("cells pasted from a spreadsheet, and what is wrong with them", async ({
  page,
  house,
  office,
}) => {
  const crowd = await listCrowd(house, 2);
  await openNewBulk(page, office);
  const text = toText(makeRows(crowd, 1), "\t");
  await page.getByLabel("Or paste from a spreadsheet").evaluate((box, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    box.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    );
  }, text);
  await expect(page.getByText("3 rows, 4 columns, separated by tabs, pasted.")).toBeVisible();
  await chooseWhat(page);
  await checkRows(page);
  await expect(page.getByRole("heading", { name: "2 good, 1 bad" })).toBeVisible();
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page, "looks");
  }

  // Another choice has to be checked again.
  await page.getByLabel("Bookings per link").fill("2");
  await expect(page.getByRole("heading", { name: "2 good, 1 bad" })).toHaveCount(0);

  await page.getByRole("radio", { name: "Anyone" }).check();
  await checkRows(page);
  await expect(page.getByRole("heading", { name: "3 good rows, none to mend" })).toBeVisible();
});

test("a patient who stands in two rows is made twice only when somebody says so", async ({
  page,
  house,
  office,
}) => {
  const crowd = await listCrowd(house, 1);
  await openNewBulk(page, office);
  await chooseFile(page, toText(makeRows([...crowd, ...crowd], 0)));
  await chooseWhat(page);
  await checkRows(page);
  await expect(page.getByRole("heading", { name: "1 good, 1 bad" })).toBeVisible();
  await expect(page.getByText("Row 1 has the same patient")).toBeVisible();
  await page.getByLabel("Make duplicates anyway").check();
  await expect(page.getByRole("heading", { name: "2 good rows, none to mend" })).toBeVisible();
});

test("files in other alphabets' bytes are read, and files that are none are refused", async ({
  page,
  office,
}) => {
  await openNewBulk(page, office);
  const refusal = page.getByRole("alert").filter({ hasText: "The file cannot be used as it is" });
  const many = `Reference\n${"A\n".repeat(50_001)}`;
  for (const [content, sentence] of [
    ["", "This file is empty."],
    ["Reference,Uses\n", "headings and no rows"],
    ["Reference,reference\nA,B", "the same heading"],
    ["Reference,,Uses\nA,B,1", "Column 2 has no heading."],
    ['Reference\n"A\nB', "never closes"],
    ["PK\u0003\u0004", "an Excel workbook or a zip file"],
    [many, "more than 50,000 rows"],
    [Buffer.alloc(41 * 1024 * 1024, "x"), "larger than 40 MB"],
  ] as const) {
    await chooseFile(page, content);
    await expect(refusal).toContainText(sentence);
  }
  const utf16 = Buffer.from("\ufeffReference;Uses\r\nZoë;1\r\n", "utf16le");
  await chooseFile(page, utf16);
  await expect(
    page.getByText("1 row, 2 columns, separated by semicolons, read as UTF-16 LE."),
  ).toBeVisible();
  await expect(refusal).toHaveCount(0);
  await expect(page.getByRole("cell", { name: "Zoë" })).toBeVisible();

  await page.getByRole("button", { name: "Another file" }).click();
  await chooseFile(page, Buffer.from("Reference\nZo\u00eb\n", "latin1"));
  await expect(page.getByText("read as Windows-1252")).toBeVisible();
});

test("a cell of 10 MB and a NUL are faults of their cells", async ({ page, office }) => {
  await openNewBulk(page, office);
  await chooseFile(page, `Reference,Uses\n${"x".repeat(10_000_000)},1\nA\0B,1\nC,1\n`);
  await chooseWhat(page);
  await checkRows(page);
  await expect(page.getByRole("heading", { name: "1 good, 2 bad" })).toBeVisible();
  const table = page.getByRole("region", { name: "Bad cells" });
  await expect(table).toContainText("This cell has 10,000,000 characters.");
  await expect(table).toContainText("This has a NUL character in it.");
});

test("the page does not close silently while rows are only in it", async ({ page, office }) => {
  await openNewBulk(page, office);
  await chooseFile(page, "Reference\nA\n");
  await expect(page.getByText("1 row, 1 column")).toBeVisible();
  const question = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const dialog = await question;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await expect(page.getByText("1 row, 1 column")).toBeVisible();

  const room = page.getByRole("link", { name: "Practices", exact: true });
  page.once("dialog", (asked) => void asked.dismiss());
  await room.click();
  await expect(page.getByText("1 row, 1 column")).toBeVisible();
  page.once("dialog", (asked) => void asked.accept());
  await room.click();
  await expect(page.getByRole("heading", { level: 1, name: "Practices" })).toBeVisible();
});

test("rows that lost their way to the portal are sent again, and none twice", async ({
  page,
  office,
  watch,
}) => {
  await openNewBulk(page, office);
  await chooseFile(
    page,
    `Reference\n${Array.from({ length: 1500 }, (_, at) => `R${at}`).join("\n")}`,
  );
  await chooseWhat(page);
  await checkRows(page);
  await page.getByRole("button", { name: "Go on with all 1,500" }).click();
  // The second part arrives, and its answer gets lost.
  let parts = 0;
  await page.route(/bulk\.addRows/, async (route) => {
    parts += 1;
    if (parts !== 2) return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Send 1,500 rows" }).click();
  await expect(page.getByRole("heading", { name: "Ready to make 1,500 links" })).toBeVisible();
  expect(parts).toBe(3);
  expect((await office.portal.bulk.list.query())[0]?.receivedCount).toBe(1500);
  await page.getByRole("button", { name: "Cancel the bulk" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel the bulk" }).click();
  await expect(page.getByText("Cancelled", { exact: true }).first()).toBeVisible();
  // The lost answer is what the browser reports.
  const lost = watch.faults.filter((fault) => fault.includes("ERR_CONNECTION_RESET"));
  expect(lost).toHaveLength(1);
  watch.faults.splice(watch.faults.indexOf(lost[0] ?? ""), 1);
});

test("nothing about a patient stands in addresses, titles or the browser's stores", async ({
  page,
  house,
  office,
}) => {
  const [one] = await listCrowd(house, 1);
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await openNewBulk(page, office);
  await chooseFile(page, toText(makeRows(one ? [one] : [], 0)));
  await chooseWhat(page);
  await checkRows(page);
  await page.getByRole("button", { name: "Go on with all 1" }).click();
  await page.getByRole("button", { name: "Send 1 row" }).click();
  await expect(page.getByRole("heading", { name: "Ready to make 1 link" })).toBeVisible();
  const kept = await page.evaluate(() =>
    JSON.stringify([document.title, location.href, { ...localStorage }, { ...sessionStorage }]),
  );
  for (const text of [kept, ...addresses, await page.content()]) {
    expect(text).not.toContain(one?.nhsNumber ?? "-");
    expect(text).not.toContain(one?.dateOfBirth ?? "-");
  }
});
