import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { confirmPatient, lookUpByNhsNumber } from "./support/patient-lookup";
import { createLinkButton, openLinkForm, stateHeading } from "./support/link-form";
import { confirmDateOfBirth, signInAsPatient } from "./support/patient-pages";
import {
  expectAccessible,
  expectErrorSummary,
  expectAccessibleAtAllWidths,
} from "./support/assertions";
import { inDays } from "./support/organisation";
import { expectDate } from "./support/dates";

test.use({ practiceGroupId: "20690" });
test.setTimeout(60_000);

const form = (page: Page, name: RegExp) => page.getByRole("button", { name });
const address = (page: Page) => page.getByText(/^http\S+\/s\/\S+$/).innerText();

/** Answers the form's questions as the patient. */
async function answerForm(patientPage: Page): Promise<void> {
  await expect(patientPage.getByRole("heading", { name: "How is your asthma?" })).toBeVisible();
  await patientPage.getByLabel("Do you smoke?").fill("No.");
  await patientPage.getByRole("button", { name: "Send answers" }).click();
  await expect(
    patientPage.getByRole("heading", { name: "Thank you, your form is sent" }),
  ).toBeVisible();
}

test("a form for one patient is selected, previewed, sent and answered", async ({
  page,
  organisation,
  patient,
  patientPage,
}) => {
  await openLinkForm(page, organisation, "Form link");
  await expect(page.getByText("Form links may not be available for this practice")).toBeVisible();

  await test.step("search and filter", async () => {
    await expect(form(page, /^Ask about a health problem/)).toBeVisible();
    await page.getByLabel("Type").selectOption("questionnaire");
    await expect(form(page, /^Ask about a health problem/)).toHaveCount(0);
    await expect(form(page, /^Asthma control/)).toBeVisible();
    await page.getByLabel("Search").fill("nothing like it");
    await expect(
      page.getByText("No forms match your search. Change the words or the type."),
    ).toBeVisible();
    await page.getByLabel("Search").fill("999 000 0018");
    await expect(page.getByText("This looks like an NHS number.")).toBeVisible();
    await page.getByLabel("Type").selectOption("");
    await page.getByLabel("Search").fill("REPLY");
    await form(page, /^Reply to the practice/).click();
    await expect(page.getByText("This is a reply form")).toBeVisible();
    await page.getByRole("button", { name: "Change form" }).click();
  });

  await test.step("preview its questions", async () => {
    await form(page, /^Asthma control/).click();
    const preview = page.getByRole("region", { name: "What the patient sees" });
    await expect(preview.getByRole("heading")).toHaveText("How is your asthma?");
    await expect(preview.getByRole("listitem")).toHaveText([
      /How often did asthma wake you/,
      /How often did you use your reliever inhaler\? \(optional\)/,
      /Do you smoke\? \(optional\)/,
    ]);
    await expect(createLinkButton(page)).toBeHidden();
  });

  await page.getByRole("radio", { name: "One patient" }).check();
  await lookUpByNhsNumber(page, patient);
  await confirmPatient(page);
  await expect(page.getByLabel("Number of responses")).toHaveValue("1");
  await expectDate(page, "Expiry date", inDays(7));
  await expect(page.locator("#link-summary")).toContainText(
    `Patient ${patient.patientId} of ${organisation.practice.name} can fill in “Asthma control questionnaire” once`,
  );
  await expectAccessibleAtAllWidths(page);
  await createLinkButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Asthma control questionnaire");

  await patientPage.goto(await address(page));
  await confirmDateOfBirth(patientPage, patient.dateOfBirth);
  await answerForm(patientPage);
});

test("a form for anyone is answered by a patient who signs in", async ({
  page,
  organisation,
  patient,
  patientPage,
}) => {
  await openLinkForm(page, organisation, "Form link");
  await form(page, /^Asthma control/).click();
  await page.getByRole("radio", { name: "Anyone with the link" }).check();
  await createLinkButton(page).click();
  await expectErrorSummary(page, "Enter a whole number from 1 to 10,000.");
  await page.getByLabel("Number of responses").fill("20");
  await expect(page.locator("#link-summary")).toContainText("until 20 responses are sent");
  await createLinkButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  const [link] = (await organisation.portal.links.list.query({ kind: "form" })).items;
  expect(link).toMatchObject({ kind: "form", audience: "generic", maxUses: 20 });

  await patientPage.goto(await address(page));
  await signInAsPatient(patientPage, patient);
  await answerForm(patientPage);
});

test("when Hero rejects a form link, the page gives the operation ID and can retry", async ({
  page,
  app,
  organisation,
}) => {
  const { sandbox } = app;
  await sandbox.injectFault({ operation: "createFormLink", key: organisation.apiKey, status: 403 });
  await openLinkForm(page, organisation);
  const operationId = new URL(page.url()).searchParams.get("operation") ?? "";
  await page.getByRole("radio", { name: "Form link" }).check();
  await form(page, /^Asthma control/).click();
  await page.getByRole("radio", { name: "Anyone with the link" }).check();
  await page.getByLabel("Number of responses").fill("20");
  const callsBefore = await sandbox.countCalls("createFormLink", organisation.apiKey);
  await createLinkButton(page).click();
  await expect(stateHeading(page, "Not created")).toBeVisible();
  await expect(
    page.getByText(
      `Hero does not allow this key to do that for this practice. Hero may not offer form links to ${organisation.practice.name} yet. No link was created.`,
    ),
  ).toBeVisible();
  await expect(page.getByText(operationId)).toBeVisible();
  expect(await sandbox.countCalls("createFormLink", organisation.apiKey)).toBe(callsBefore + 1);

  // The selection is kept, and the rejection is remembered without blocking a retry.
  await page.getByRole("link", { name: "Try again with the same details" }).click();
  await expect(page.getByText("Hero did not allow a form link for this practice")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Try again anyway" }).click();
  await expect(page.getByRole("region", { name: "What the patient sees" })).toBeVisible();
  await expect(page.getByLabel("Number of responses")).toHaveValue("20");
  await createLinkButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  await openLinkForm(page, organisation, "Form link");
  await expect(form(page, /^Asthma control/)).toBeVisible();
  await expect(page.getByText("Form links may not be available for this practice")).toHaveCount(0);
});

test("when forms cannot be loaded, the page says why and can reload them", async ({
  page,
  app,
  organisation,
  pageMonitor,
}) => {
  await app.sandbox.injectFault({
    operation: "listForms",
    key: organisation.apiKey,
    malformed: true,
  });
  pageMonitor.expectFailedResponses(502, /forms\.list$/);
  await openLinkForm(page, organisation, "Form link");
  const failure = page.getByRole("alert").filter({ hasText: "Could not load forms" });
  await expect(failure).toContainText("Hero's reply could not be read.");
  await failure.getByRole("button", { name: "Try again" }).click();
  await expect(form(page, /^Asthma control/)).toBeVisible();
});
