import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { confirmPatient, lookUpByNumber } from "./support/find-patient";
import { makeButton, openLinkForm, stateHeading } from "./support/link-form";
import { proveBirth, signInAsPatient } from "./support/patient";
import { expectAccessible, expectErrorSummary, expectNoSidewaysScroll } from "./support/screen";
import { inDays } from "./support/office";

test.use({ practiceGroupId: "20690" });
test.setTimeout(60_000);

const form = (page: Page, name: RegExp) => page.getByRole("button", { name });
const address = (page: Page) => page.getByText(/^http\S+\/s\/\S+$/).innerText();

/** Sees the form's questions as the patient and sends them answered. */
async function answer(theirs: Page): Promise<void> {
  await expect(theirs.getByRole("heading", { name: "How is your asthma?" })).toBeVisible();
  await theirs.getByLabel("Do you smoke?").fill("No.");
  await theirs.getByRole("button", { name: "Send answers" }).click();
  await expect(theirs.getByRole("heading", { name: "Thank you, your form is sent" })).toBeVisible();
}

test("a form for one patient is picked, looked at, sent and answered", async ({
  page,
  elsewhere,
  house,
  office,
}) => {
  const [patient] = await house.sandbox.patientsOf(office.practice.practiceGroupId);
  if (!patient) throw new Error("The practice has no patients.");
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Form link" }).check();
  await expect(page.getByText("Hero may refuse form links")).toBeVisible();

  await test.step("search and filter", async () => {
    await expect(form(page, /^Ask about a health problem/)).toBeVisible();
    await page.getByLabel("Type").selectOption("questionnaire");
    await expect(form(page, /^Ask about a health problem/)).toHaveCount(0);
    await expect(form(page, /^Asthma control/)).toBeVisible();
    await page.getByLabel("Search").fill("nothing like it");
    await expect(page.getByText("No form of this practice fits.")).toBeVisible();
    await page.getByLabel("Search").fill("999 000 0018");
    await expect(page.getByText("This looks like an NHS number.")).toBeVisible();
    await page.getByLabel("Type").selectOption("");
    await page.getByLabel("Search").fill("REPLY");
    await form(page, /^Reply to the practice/).click();
    await expect(page.getByText("This is a reply form")).toBeVisible();
    await page.getByRole("button", { name: "Another form" }).click();
  });

  await test.step("look at it with its questions", async () => {
    await form(page, /^Asthma control/).click();
    const preview = page.getByRole("region", { name: "What the patient reads" });
    await expect(preview.getByRole("heading")).toHaveText("How is your asthma?");
    await expect(preview.getByRole("listitem")).toHaveText([
      /How often did asthma wake you/,
      /How often did you use your reliever inhaler\? \(optional\)/,
      /Do you smoke\? \(optional\)/,
    ]);
    await expect(makeButton(page)).toBeHidden();
  });

  await page.getByRole("radio", { name: "One patient" }).check();
  await lookUpByNumber(page, patient);
  await confirmPatient(page);
  await expect(page.getByLabel("Answers")).toHaveValue("1");
  await expect(page.getByLabel("Expires")).toHaveValue(inDays(7));
  await expect(page.locator("#link-sentence")).toContainText(
    `Patient ${patient.patientId} of ${office.practice.name} may answer “Asthma control questionnaire” once`,
  );
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
  await makeButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Asthma control questionnaire");

  const theirs = await (await elsewhere()).newPage();
  await theirs.goto(await address(page));
  await proveBirth(theirs, patient.dateOfBirth);
  await answer(theirs);
});

test("a form for anyone is answered by somebody who signs in", async ({
  page,
  elsewhere,
  house,
  office,
}) => {
  const [, patient] = await house.sandbox.patientsOf(office.practice.practiceGroupId);
  if (!patient) throw new Error("The practice has no patients.");
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Form link" }).check();
  await form(page, /^Asthma control/).click();
  await page.getByRole("radio", { name: "Anyone with the link" }).check();
  await makeButton(page).click();
  await expectErrorSummary(page, "Enter how many answers the link may take.");
  await page.getByLabel("Answers").fill("20");
  await expect(page.locator("#link-sentence")).toContainText("until 20 answers are sent");
  await makeButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  const [link] = (await office.portal.links.list.query({ kind: "form" })).items;
  expect(link).toMatchObject({ kind: "form", audience: "generic", maximumUses: 20 });

  const theirs = await (await elsewhere()).newPage();
  await theirs.goto(await address(page));
  await signInAsPatient(theirs, patient);
  await answer(theirs);
});

test("when Hero refuses, one sentence says so with the operation id, and it can be tried again", async ({
  page,
  house,
  office,
}) => {
  const { sandbox } = house;
  await sandbox.breakNext({ operation: "createFormLink", key: office.apiKey, status: 403 });
  await openLinkForm(page, office);
  const operationId = new URL(page.url()).searchParams.get("operation") ?? "";
  await page.getByRole("radio", { name: "Form link" }).check();
  await form(page, /^Asthma control/).click();
  await page.getByRole("radio", { name: "Anyone with the link" }).check();
  await page.getByLabel("Answers").fill("20");
  const asked = await sandbox.countCalls("createFormLink", office.apiKey);
  await makeButton(page).click();
  await expect(stateHeading(page, "Not made")).toBeVisible();
  await expect(
    page.getByText(
      `Hero does not allow this key to do that for this practice. Hero may not offer form links to ${office.practice.name} yet. No link was made.`,
    ),
  ).toBeVisible();
  await expect(page.getByText(operationId)).toBeVisible();
  expect(await sandbox.countCalls("createFormLink", office.apiKey)).toBe(asked + 1);

  // What was chosen is not lost, and the refusal is remembered without barring the way.
  await page.getByRole("link", { name: "Start again with the same details" }).click();
  await expect(page.getByText("Hero refused to make a form link for this practice")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Try again anyway" }).click();
  await expect(page.getByRole("region", { name: "What the patient reads" })).toBeVisible();
  await expect(page.getByLabel("Answers")).toHaveValue("20");
  await makeButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Form link" }).check();
  await expect(form(page, /^Asthma control/)).toBeVisible();
  await expect(page.getByText("Hero may refuse form links")).toHaveCount(0);
});

test("when the forms cannot be read, it says why and reads them again", async ({
  page,
  house,
  office,
  watch,
}) => {
  await house.sandbox.breakNext({
    operation: "listForms",
    key: office.apiKey,
    malformed: true,
  });
  watch.expectRefusals(502, /forms\.list$/);
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Form link" }).check();
  const failure = page.getByRole("alert").filter({ hasText: "The forms could not be read" });
  await expect(failure).toContainText("Hero's answer could not be understood.");
  await failure.getByRole("button", { name: "Try again" }).click();
  await expect(form(page, /^Asthma control/)).toBeVisible();
});
