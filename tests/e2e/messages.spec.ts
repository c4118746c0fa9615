import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { expectAccessibleAtAllWidths, expectErrorSummary } from "./support/assertions";
import { tabTo } from "./support/keyboard";
import type { Organisation } from "./support/organisation";
import { lookUpByNhsNumber } from "./support/patient-lookup";

// An NHS practice whose patients have mobile numbers; the key of each organisation is its own.
test.use({ practiceGroupId: "20417" });
test.setTimeout(120_000);

const newMessagePath = ({ path, practice }: Organisation, patientId: string) =>
  `${path}/messages/new?practice=${practice.id}&patient=${patientId}`;

const defaultSettings = {
  undoSeconds: 10,
  // None, so that the tests pass at night as well.
  quietFrom: "08:00",
  quietTo: "08:00",
  smsPence: 2.33,
  islandSmsPence: null,
  textDays: 7,
  batchUndoSeconds: 60,
  approvalThreshold: 20,
  firstSlice: 20,
  dailyLimit: 20_000,
  practiceDailyLimit: 10_000,
  recentDays: 7,
};

const checkButton = (page: Page) => page.getByRole("button", { name: "Check the message" });
const sendButton = (page: Page) => page.getByRole("button", { name: "Send text message" });

/** Writes a text message and opens the review of it. */
async function writeTextMessage(page: Page, text: string): Promise<void> {
  await page.getByRole("radio", { name: "Text message", exact: true }).check();
  await page.getByLabel("Message", { exact: true }).fill(text);
  await checkButton(page).click();
  await expect(page.getByRole("heading", { name: "Check the message" })).toBeFocused();
}

test("a message is written, checked and undone, and nothing is sent", async ({
  page,
  app,
  organisation,
  patient,
}) => {
  await organisation.portal.messageSettings.save.mutate({ ...defaultSettings, undoSeconds: 120 });

  await test.step("from the list to the patient", async () => {
    await page.goto(`${organisation.path}/messages`);
    await expect(page.getByText("No messages yet")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    await page.getByRole("link", { name: "New message" }).first().click();
    await lookUpByNhsNumber(page, patient);
    await page.getByRole("button", { name: "Yes, this is the patient" }).click();
    await expect(page.getByRole("radio", { name: "Text message", exact: true })).toBeEnabled();
    await expect(page).toHaveTitle(/^New message – Messages/);
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("the length is counted while typing, and the costly character is named", async () => {
    await page.getByRole("radio", { name: "Text message", exact: true }).check();
    await page
      .getByLabel("Message", { exact: true })
      .fill("Your blood test is due. Llŷr will call you.");
    await expect(page.getByText("“ŷ” raises the price")).toBeVisible();
    await expect(page.getByRole("figure").getByText("Your blood test is due.")).toBeVisible();
    await page.getByLabel("Message", { exact: true }).fill("Your blood test is due.");
    await expect(page.getByText("raises the price")).toHaveCount(0);
  });

  await test.step("the review shows everything that is sent", async () => {
    await checkButton(page).click();
    await expect(page.getByRole("heading", { name: "Check the message" })).toBeFocused();
    await expect(page.getByRole("figure").getByText("Your blood test is due.")).toBeVisible();
    await expect(page.getByText("2.33p, an estimate without VAT")).toBeVisible();
    await expect(page.getByText("Do not write to the record")).toBeVisible();
    await expect(page.getByText(patient.lastName)).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("undo stops it", async () => {
    await sendButton(page).click();
    const undo = page.getByRole("button", { name: "Undo" });
    await expect(undo).toBeFocused();
    await expectAccessibleAtAllWidths(page);
    await undo.click();
    await expect(page.getByText("Undone. Nothing was sent")).toBeVisible();
    await expect(page.getByLabel("Message", { exact: true })).toHaveValue(
      "Your blood test is due.",
    );
  });

  const { items } = await organisation.portal.messages.list.query({});
  expect(items.map(({ state }) => state)).toEqual(["cancelled"]);
  expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(0);
  await page.goto(`${organisation.path}/messages`);
  await expect(page.getByRole("row").getByText("Cancelled", { exact: true })).toBeVisible();
  await expectAccessibleAtAllWidths(page);
});

test("a message that is sent becomes delivered on its page without a reload", async ({
  page,
  app,
  organisation,
  patient,
}) => {
  await organisation.portal.messageSettings.save.mutate({ ...defaultSettings, undoSeconds: 5 });
  const link = await organisation.createLink({ name: "Flu clinic" });

  await test.step("from a link's page, with the link in the text", async () => {
    await page.goto(`${organisation.path}/links/${link.id}`);
    await page.getByRole("link", { name: "Send in a message" }).click();
    await lookUpByNhsNumber(page, patient);
    await page.getByRole("button", { name: "Yes, this is the patient" }).click();
    await expect(page.getByLabel("Link (optional)")).toHaveValue(link.id);
    await writeTextMessage(page, "Book your flu jab here:");
    await expect(page.getByRole("figure").getByText(link.url ?? "no address")).toBeVisible();
  });

  await test.step("sent once, then delivered", async () => {
    await sendButton(page).click();
    await expect(page).toHaveURL(/\/messages\/[0-9a-f-]{36}$/, { timeout: 30_000 });
    await expect(page).toHaveTitle(/^Message – /);
    await page.evaluate(() => {
      document.body.dataset.isFirstLoad = "yes";
    });
    await expect(page.getByText("Hero reports that the message was delivered.")).toBeVisible({
      timeout: 60_000,
    });
    expect(await page.evaluate(() => document.body.dataset.isFirstLoad)).toBe("yes");
    expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(1);
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("its text is shown on request, and that is in its history", async () => {
    await expect(page.getByText("Book your flu jab here:")).toHaveCount(0);
    await page.getByRole("button", { name: "Show text" }).click();
    await expect(page.getByText("Book your flu jab here:")).toBeVisible();
    await page.reload();
    await expect(page.getByRole("region", { name: "History" })).toContainText(/text/i);
  });

  await test.step("the patient's page leads to another message", async () => {
    await page.goto(
      `${organisation.path}/patients/${organisation.practice.id}/${patient.patientId}`,
    );
    await page.getByRole("link", { name: "Message", exact: true }).click();
    await expect(page.getByRole("radio", { name: "Text message", exact: true })).toBeEnabled();
  });
});

test("a missing variable, a link in a variable and a restricted patient are refused", async ({
  page,
  app,
  organisation,
  patient,
}) => {
  await organisation.portal.messageSettings.save.mutate(defaultSettings);

  await test.step("a template is created", async () => {
    await page.goto(`${organisation.path}/messages/templates`);
    await expectAccessibleAtAllWidths(page);
    await page.getByRole("button", { name: "New template" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Clinic day");
    await dialog
      .getByLabel("Message", { exact: true })
      .fill("Dear {{first_name}}, your clinic is on {{clinic_day}}.");
    await dialog.getByRole("button", { name: "Save template" }).click();
    await expect(page.getByRole("heading", { name: "Clinic day" })).toBeVisible();
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("without its variable it is not checked", async () => {
    await page.goto(newMessagePath(organisation, patient.patientId));
    await page.getByRole("radio", { name: "Text message", exact: true }).check();
    await page.getByLabel("Template").selectOption({ label: "Clinic day" });
    await checkButton(page).click();
    await expectErrorSummary(page, "Enter a value for “Clinic day”.");
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("a variable cannot bring a web address into the message", async () => {
    await page.getByLabel("Clinic day").fill("www.example.com");
    await checkButton(page).click();
    await expectErrorSummary(page, "has a web or email address");
    await page.getByLabel("Clinic day").fill("Monday");
    await checkButton(page).click();
    await expect(page.getByRole("figure")).toContainText(`Dear ${patient.firstName}, your clinic`);
  });

  await test.step("a restricted patient cannot be messaged", async () => {
    const restricted = (await app.sandbox.listPatients("20417")).find(
      ({ isRestricted, patientId }) => isRestricted && patientId,
    );
    await page.goto(newMessagePath(organisation, restricted?.patientId ?? ""));
    await expect(page.getByText("You cannot message this patient")).toBeVisible();
    await expect(page.getByRole("radio")).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
  });

  expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(0);
});

test("a message can be written, checked and undone with the keyboard only", async ({
  page,
  app,
  organisation,
  patient,
}) => {
  await organisation.portal.messageSettings.save.mutate({ ...defaultSettings, undoSeconds: 120 });
  await page.goto(newMessagePath(organisation, patient.patientId));
  const channel = page.getByRole("radio", { name: "Text message", exact: true });
  await expect(channel).toBeEnabled();
  await channel.focus();
  await page.keyboard.press("Space");
  await tabTo(page, page.getByLabel("Message", { exact: true }));
  await page.keyboard.type("Please ring us.");
  await tabTo(page, checkButton(page));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Check the message" })).toBeFocused();
  await tabTo(page, sendButton(page));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Undone. Nothing was sent")).toBeVisible();
  expect(await app.sandbox.countCalls("sendMessage", organisation.apiKey)).toBe(0);
});

test("a file is checked by its content, reviewed, and goes with the message", async ({
  page,
  app,
  organisation,
  patient,
}) => {
  await organisation.portal.messageSettings.save.mutate({ ...defaultSettings, undoSeconds: 5 });
  await page.goto(newMessagePath(organisation, patient.patientId));
  await expect(page.getByRole("radio", { name: "Text message", exact: true })).toBeEnabled();
  const attach = (name: string, content: string) =>
    page
      .getByLabel("File to attach")
      .setInputFiles({ name, mimeType: "application/pdf", buffer: Buffer.from(content) });

  await test.step("a file that is not what its name says is refused", async () => {
    await attach("Letter.pdf", "MZ, a program");
    await expect(
      page.getByText("The content of this file is not a PDF, PNG or JPEG."),
    ).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    expect(await app.sandbox.countCalls("createAttachmentLink", organisation.apiKey)).toBe(0);
  });

  await test.step("a file is attached, removed, and attached again", async () => {
    await attach("Letter.pdf", "%PDF-1.7\n%%EOF\n");
    await expect(page.getByText("Letter.pdf, 15 bytes")).toBeVisible();
    await page.getByRole("button", { name: "Remove Letter.pdf" }).click();
    await expect(page.getByText("Letter.pdf, 15 bytes")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Attach a file" })).toBeFocused();
    await attach("Letter.pdf", "%PDF-1.7\n%%EOF\n");
    await expect(page.getByText("Letter.pdf, 15 bytes")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("the review shows it, and the message has it", async () => {
    await writeTextMessage(page, "Your letter is attached.");
    await expect(page.getByText("1 file: Letter.pdf, 15 bytes")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    await sendButton(page).click();
    await expect(page).toHaveURL(/\/messages\/[0-9a-f-]{36}$/, { timeout: 30_000 });
    await expect(page.getByText("One file")).toBeVisible();
    await expect
      .poll(() => app.sandbox.countCalls("sendMessage", organisation.apiKey), { timeout: 30_000 })
      .toBe(1);
  });
});

test("the focus stays in the page when a control goes away by itself", async ({
  page,
  organisation,
  patient,
}) => {
  await organisation.portal.messageSettings.save.mutate({ ...defaultSettings, undoSeconds: 30 });

  await test.step("when the sensitive mark is set and removed", async () => {
    await page.goto(newMessagePath(organisation, patient.patientId));
    await page.getByRole("button", { name: "Mark as a sensitive contact" }).click();
    await expect(page.getByRole("button", { name: "Remove mark" })).toBeFocused();
    await page.getByRole("button", { name: "Remove mark" }).click();
    await expect(page.getByRole("button", { name: "Mark as a sensitive contact" })).toBeFocused();
  });

  await test.step("when the time to undo ends on the message's page", async () => {
    const draft = {
      practiceId: organisation.practice.id,
      patientId: patient.patientId,
      channel: "sms" as const,
      text: "Please ring us.",
    };
    const { previewFingerprint } = await organisation.portal.messages.preview.mutate(draft);
    const { id } = await organisation.portal.messages.send.mutate({
      ...draft,
      operationId: crypto.randomUUID(),
      previewFingerprint: previewFingerprint ?? "",
    });
    await page.goto(`${organisation.path}/messages/${id}`);
    await page.getByRole("button", { name: "Undo" }).focus();
    await expect(page.getByRole("region", { name: "State" })).toBeFocused({ timeout: 80_000 });
  });
});

test("a patient without a number in the record is reached by one that a person confirms", async ({
  page,
  app,
  organisation,
}) => {
  await organisation.portal.messageSettings.save.mutate({ ...defaultSettings, undoSeconds: 120 });
  const { patientId } = await app.sandbox.createPatientCase("20417", "no_contact_details");
  await page.goto(newMessagePath(organisation, patientId ?? ""));
  const channel = page.getByRole("radio", { name: "Text message", exact: true });
  await expect(channel).toBeEnabled();
  await expect(page.getByText("has no mobile number. You can enter another one.")).toBeVisible();
  await channel.check();
  await page.getByLabel("Message", { exact: true }).fill("Please ring us.");
  await checkButton(page).click();
  await expectErrorSummary(page, "Enter a contact, or select another channel.");
  await expectAccessibleAtAllWidths(page);
  await page.getByLabel("Another mobile number").fill("07700 900456");
  await checkButton(page).click();
  await expect(page.getByText("is not the one in the patient's record")).toBeVisible();
  await sendButton(page).click();
  await expectErrorSummary(page, "Confirm each warning, or go back.");
  await page.getByRole("checkbox", { name: /not the one in the patient's record/ }).check();
  await sendButton(page).click();
  await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
});
