import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { expectAccessibleAtAllWidths, expectErrorSummary } from "./support/assertions";
import { expectLookupResult, lookupButton } from "./support/patient-lookup";
import { fillDateOfBirth } from "./support/patient-pages";

test.use({ practiceGroupId: "20533" });
test.setTimeout(90_000);

async function lookUp(
  page: Page,
  patient: { searchNhsNumber: string; dateOfBirth: string },
): Promise<void> {
  await page.getByLabel("NHS number", { exact: true }).fill(patient.searchNhsNumber);
  await fillDateOfBirth(page, patient.dateOfBirth);
  await lookupButton(page).click();
}

const searchAgain = async (page: Page, name: string) => {
  await page.getByRole("button", { name }).click();
  await expect(page.getByRole("heading", { name: "Identify the patient" })).toBeFocused();
};

test("each outcome of a look-up is a screen with one next step", async ({
  page,
  app,
  organisation,
}) => {
  const { practiceGroupId } = organisation.practice;
  const createCase = (name: string) => app.sandbox.createPatientCase(practiceGroupId, name);
  await page.goto(`${organisation.path}/patients`);
  await expect(page).toHaveTitle(/^Patients/);
  await expect(lookupButton(page)).toHaveAccessibleDescription(
    new RegExp(`may register a temporary patient at ${organisation.practice.name}`),
  );
  await expectAccessibleAtAllWidths(page);

  await test.step("must verify identity", async () => {
    await lookUp(page, await createCase("must_verify"));
    await expectLookupResult(page, "The patient must confirm who they are");
    await expect(page.getByRole("button", { name: "Copy sign-in address" })).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    await searchAgain(page, "Find another patient");
  });

  for (const name of ["several_matches", "queued"]) {
    await test.step(name, async () => {
      await lookUp(page, await createCase(name));
      await expectLookupResult(page, "We could not check this patient");
      await searchAgain(page, "Find another patient");
    });
  }

  await test.step("another NHS number", async () => {
    const patient = await createCase("superseded_number");
    await lookUp(page, patient);
    await expectLookupResult(page, "This may not be the right patient");
    await expect(page.getByText("it has another NHS number")).toBeVisible();
    await expect(page.getByText(patient.lastName)).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Open record" })).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
    await searchAgain(page, "Search again");
  });

  await test.step("a Hero ID with another date of birth", async () => {
    const { patientId } = await createCase("found");
    await page.getByRole("radio", { name: "Hero patient ID and date of birth" }).check();
    await expect(page.getByText("may register a temporary patient")).toHaveCount(0);
    await page.getByRole("textbox", { name: "Hero patient ID" }).fill(patientId ?? "");
    await fillDateOfBirth(page, "1930-01-01");
    await lookupButton(page).click();
    await expectLookupResult(page, "This may not be the right patient");
    await searchAgain(page, "Search again");
    await page.getByRole("radio", { name: "NHS number and date of birth" }).check();
  });

  await test.step("found", async () => {
    const patient = await createCase("restricted");
    await lookUp(page, patient);
    await expectLookupResult(page, "Patient found");
    await expect(page.getByText(/record is restricted/)).toBeVisible();
    await expect(page.getByText(patient.lastName)).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Open record" })).toHaveAttribute(
      "href",
      new RegExp(`/patients/[0-9a-f-]{36}/${patient.patientId}$`),
    );
    await expectAccessibleAtAllWidths(page);
    await expect(page).toHaveURL(new RegExp(`${organisation.path}/patients$`));
  });
});

test("a patient who is not found is registered from their own details with the keyboard", async ({
  page,
  app,
  organisation,
}) => {
  const patient = await app.sandbox.createPatientCase(
    organisation.practice.practiceGroupId,
    "not_found",
  );
  await page.goto(`${organisation.path}/patients`);
  await page.getByRole("radio", { name: "Name, date of birth and postcode" }).check();
  await page.getByLabel("First name").fill(patient.firstName);
  await page.getByLabel("Last name").fill(patient.lastName);
  await fillDateOfBirth(page, patient.dateOfBirth);
  await page.getByRole("textbox", { name: "Postcode" }).fill(patient.postcode);
  await page.keyboard.press("Enter");
  await expectLookupResult(page, "No exact match found");
  await expectAccessibleAtAllWidths(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Search again" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");

  await expectLookupResult(page, "Register from the patient's own details");
  await expect(page.getByLabel("Last name")).toHaveValue(patient.lastName);
  await expectAccessibleAtAllWidths(page);
  await page.getByLabel("Last name").fill("");
  await page.keyboard.press("Enter");
  await expectErrorSummary(page, "Enter the last name.");
  await page.getByLabel("Last name").fill(patient.lastName);
  await page.keyboard.press("Enter");
  await expectLookupResult(page, "Check the patient's details");
  await expect(page.getByText(`${patient.firstName} ${patient.lastName}`)).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expectLookupResult(page, "Patient registered");
  await expect(page.getByRole("link", { name: "Open record" })).toBeVisible();
  await expectAccessibleAtAllWidths(page);
});

test("after a lost reply the page does not know if the patient was registered", async ({
  page,
  app,
  organisation,
}) => {
  await page.goto(`${organisation.path}/patients`);
  await page.getByRole("radio", { name: "Name, date of birth and postcode" }).check();
  await page.getByLabel("First name").fill("Nobody");
  await page.getByLabel("Last name").fill("Atall");
  await fillDateOfBirth(page, "1980-02-03");
  await page.getByRole("textbox", { name: "Postcode" }).fill("KT2 6QW");
  await lookupButton(page).click();
  await page.getByRole("button", { name: /^Register from/ }).click();
  await page.getByRole("button", { name: "Check details" }).click();
  await app.sandbox.injectFault({
    operation: "registerPatient",
    key: organisation.apiKey,
    malformed: true,
  });
  await page.getByRole("button", { name: "Register patient" }).click();
  await expectLookupResult(page, "We do not know if the patient was registered");
  await expect(page.getByText("Check with the practice")).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  expect(await app.sandbox.countCalls("registerPatient", organisation.apiKey)).toBe(1);
});
