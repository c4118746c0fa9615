import type { Locator, Page } from "@playwright/test";
import { type App, expect, test } from "./fixtures";
import {
  expectAccessibleAtAllWidths,
  expectErrorSummary,
  expectFieldError,
} from "./support/assertions";
import { addMember } from "./support/database";
import type { Organisation } from "./support/organisation";
import { createPersonDetails, signIn, signUpByApi } from "./support/people";

// An NHS practice whose patients have mobile numbers; the key of each organisation is its own.
test.use({ practiceGroupId: "20417" });
test.setTimeout(300_000);

const waitForWorker = { timeout: 60_000 };

const settings = {
  undoSeconds: 10,
  // None, so that the tests pass at night as well.
  quietFrom: "08:00",
  quietTo: "08:00",
  smsPence: 2.33,
  islandSmsPence: null,
  textDays: 7,
  batchUndoSeconds: 10,
  approvalThreshold: 20,
  firstSlice: 2,
  dailyLimit: 1_000,
  practiceDailyLimit: 1_000,
  recentDays: 0,
};

/** Patients of this test's own: so many whom a text message reaches, and one who has died. */
async function createRecipients({ sandbox }: App, reachable: number) {
  const names = [...Array.from({ length: reachable }, () => "found"), "deceased"];
  const patients = [];
  for (const name of names) patients.push(await sandbox.createPatientCase("20417", name));
  return patients;
}

type Recipients = Awaited<ReturnType<typeof createRecipients>>;

const toCsv = (patients: Recipients, ...extraRows: string[]) =>
  [
    "NHS number,Date of birth",
    ...patients.map(({ searchNhsNumber, dateOfBirth }) => `${searchNhsNumber},${dateOfBirth}`),
    ...extraRows,
  ].join("\r\n");

const chooseFile = (page: Page, csv: string) =>
  page
    .getByLabel("Excel or CSV file")
    .setInputFiles({ name: "rows.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });

const createButton = (page: Page) => page.getByRole("button", { name: /^Create the batch/ });

/** Creates a batch of text messages from a file, and waits until its recipients are checked. */
async function createBatch(page: Page, { path }: Organisation, csv: string, name: string) {
  await page.goto(`${path}/messages/batches/new`);
  await chooseFile(page, csv);
  await expect(page.getByRole("heading", { name: /valid/ })).toBeVisible();
  await page.getByRole("radio", { name: "Text message", exact: true }).check();
  await page.getByLabel("Message", { exact: true }).fill("The surgery is closed on Monday.");
  await page.getByLabel("Name of this batch").fill(name);
  await createButton(page).click();
  await expect(page).toHaveURL(/\/messages\/batches\/[0-9a-f-]{36}$/, waitForWorker);
  await expect(page.getByRole("heading", { name: "Review", exact: true })).toBeVisible(
    waitForWorker,
  );
}

/** Ticks what the review asks to be confirmed. */
async function confirmWarnings(page: Page): Promise<void> {
  for (const box of await page.getByRole("checkbox").all()) await box.check();
}

const heading = (page: Page, name: string | RegExp): Locator => page.getByRole("heading", { name });

/** A second member of the organisation, in a browser of their own. */
async function openSecondPerson(
  app: App,
  { slug }: Organisation,
  context: { newPage: () => Promise<Page> },
): Promise<Page> {
  const person = createPersonDetails("Sam Second");
  await signUpByApi(app.url, app.sandbox, person);
  await addMember(app, { slug, email: person.email });
  const page = await context.newPage();
  await signIn(page, person);
  return page;
}

test("a batch from a file is reviewed, approved by a second person, paused and finished", async ({
  page,
  app,
  organisation,
  otherBrowser,
}) => {
  await organisation.portal.messageSettings.save.mutate({ ...settings, approvalThreshold: 2 });
  const recipients = await createRecipients(app, 4);
  const second = await openSecondPerson(app, organisation, await otherBrowser());

  await test.step("a file with a wrong row", async () => {
    await page.goto(`${organisation.path}/messages/batches`);
    await expect(page.getByText("No batches yet")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    await page.getByRole("link", { name: "New batch" }).first().click();
    await createButton(page).click();
    await expectErrorSummary(
      page,
      "Select a file with at least one valid row.",
      "Select a channel.",
      "Enter the message.",
    );
    await expectAccessibleAtAllWidths(page);
    await chooseFile(page, toCsv(recipients, "999 000 0019,1980-02-01"));
    await expect(heading(page, "5 valid, 1 with problems")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("the message is written, and the recipients are checked", async () => {
    await page.getByRole("radio", { name: "Text message", exact: true }).check();
    await page.getByLabel("Message", { exact: true }).fill("Dear {{first_name}}, please ring us.");
    await expect(page.getByRole("figure").getByText("Dear (First name)")).toBeVisible();
    await page.getByLabel("Name of this batch").fill("Ring us");
    await createButton(page).click();
    await expect(page).toHaveURL(/\/messages\/batches\/[0-9a-f-]{36}$/, waitForWorker);
    await expect(page).toHaveTitle(/^Ring us – Batches/);
    await expect(heading(page, "Review")).toBeVisible(waitForWorker);
    await expect(page.getByText("4 text messages", { exact: true })).toBeVisible();
    await expect(heading(page, "1 recipient left out")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("any row can be read before anything is sent", async () => {
    await expect(page.getByRole("figure").first()).toContainText("Dear Robin, please ring us.");
    await page.getByLabel("Row number").fill("6");
    await page.getByRole("button", { name: "Show this row" }).click();
    await expect(page.getByText("This recipient gets no message")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("the first person requests approval, and cannot decide", async () => {
    await confirmWarnings(page);
    await page.getByRole("button", { name: "Request approval of 4 text messages" }).click();
    await expect(heading(page, "Waiting for approval")).toBeVisible();
    await expect(page.getByRole("button", { name: "Withdraw request" })).toBeVisible();
    await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("the second person sees the same page, and approves", async () => {
    await second.goto(organisation.path);
    await second.getByRole("link", { name: /1 batch for you to approve or refuse/ }).click();
    await second.getByRole("link", { name: "Ring us" }).click();
    await expect(second.getByText("4 text messages", { exact: true })).toBeVisible();
    await expectAccessibleAtAllWidths(second);
    expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(0);
    await second.getByRole("button", { name: "Approve 4 text messages" }).click();
    await expect(second.getByText(/Sending 4 text messages/).first()).toBeVisible();
  });

  await test.step("the first messages leave, and the batch pauses", async () => {
    await expect(heading(page, "Paused. 2 text messages not sent yet")).toBeVisible(waitForWorker);
    expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(2);
    await expectAccessibleAtAllWidths(page);
    await page.getByRole("button", { name: "Continue" }).click();
  });

  await test.step("the rest follows, and the numbers add up", async () => {
    await expect(heading(page, "Finished")).toBeVisible(waitForWorker);
    await expect(page.getByText("4 sent + 1 not sent + 0 unknown = 5 recipients.")).toBeVisible();
    expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(4);
    await page.getByRole("link", { name: "Left out 1" }).click();
    await expect(page.getByRole("region", { name: "Recipients of this batch" })).toContainText(
      "died",
    );
    await expectAccessibleAtAllWidths(page);
  });
});

test("a batch that is undone sends nothing", async ({ page, app, organisation }) => {
  await organisation.portal.messageSettings.save.mutate({ ...settings, batchUndoSeconds: 600 });
  const recipients = await createRecipients(app, 2);
  await createBatch(page, organisation, toCsv(recipients), "Closed on Monday");
  await confirmWarnings(page);
  await page.getByRole("button", { name: "Send 2 text messages" }).click();
  await expect(page.getByText(/Sending 2 text messages in/)).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("The batch was cancelled before anything was sent.")).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(0);
});

test("a batch is withdrawn, refused with a reason, and stopped after its first messages", async ({
  page,
  app,
  organisation,
  otherBrowser,
}) => {
  await organisation.portal.messageSettings.save.mutate({ ...settings, approvalThreshold: 1 });
  const recipients = await createRecipients(app, 4);
  await createBatch(page, organisation, toCsv(recipients), "Closed on Monday");
  const second = await openSecondPerson(app, organisation, await otherBrowser());
  const request = async () => {
    await confirmWarnings(page);
    await page.getByRole("button", { name: "Request approval of 4 text messages" }).click();
    await expect(heading(page, "Waiting for approval")).toBeVisible();
  };

  await test.step("the first person withdraws", async () => {
    await request();
    await page.getByRole("button", { name: "Withdraw request" }).click();
    await expect(heading(page, "Review")).toBeVisible();
  });

  await test.step("the second person refuses, with a reason", async () => {
    await request();
    await second.goto(page.url());
    await second.getByRole("button", { name: "Refuse" }).click();
    const dialog = second.getByRole("dialog");
    await dialog.getByRole("button", { name: "Refuse batch" }).click();
    await expectFieldError(dialog.getByLabel("Reason"), "reason");
    await dialog.getByLabel("Reason").fill("The surgery is open on Monday.");
    await dialog.getByRole("button", { name: "Refuse batch" }).click();
    await expect(page.getByText("The surgery is open on Monday.")).toBeVisible(waitForWorker);
    // A refusal that approved would send the first two.
    expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(0);
  });

  await test.step("after the first messages it is stopped, which says how many had left", async () => {
    await request();
    await second.reload();
    await second.getByRole("button", { name: "Approve 4 text messages" }).click();
    await expect(heading(page, "Paused. 2 text messages not sent yet")).toBeVisible(waitForWorker);
    await page.getByRole("button", { name: "Stop batch" }).click();
    const dialog = page.getByRole("alertdialog");
    await expect(dialog).toContainText("2 text messages will not be sent.");
    await dialog.getByRole("button", { name: "Stop batch" }).click();
    await expect(heading(page, "Stopped. 2 messages had left")).toBeVisible();
    await expect(page.getByText("2 sent + 3 not sent + 0 unknown = 5 recipients.")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(2);
  });

  await test.step("a correction goes to exactly those who were reached", async () => {
    await page.getByRole("button", { name: "Prepare a correction" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Create the correction" }).click();
    await expectErrorSummary(page, "Enter the message.");
    await dialog.getByLabel("Message").fill("Sorry: the surgery is open.");
    await dialog.getByRole("button", { name: "Create the correction" }).click();
    await expect(page).toHaveTitle(/^Correction: Closed on Monday – Batches/);
    await expect(page.getByText("2 text messages", { exact: true })).toBeVisible(waitForWorker);
  });
});
