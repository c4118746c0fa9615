import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import {
  confirmPatient,
  expectLookupResult,
  lookupButton,
  lookUpByNhsNumber,
} from "./support/patient-lookup";
import { createLinkButton, openLinkForm } from "./support/link-form";
import { fillDateOfBirth } from "./support/patient-pages";
import {
  expectErrorSummary,
  expectFieldError,
  expectAccessibleAtAllWidths,
} from "./support/assertions";

test.use({ practiceGroupId: "20533" });
test.setTimeout(60_000);

const nhsNumberField = (page: Page) => page.getByLabel("NHS number", { exact: true });
const dateOfBirthGroup = (page: Page) => page.getByRole("group", { name: "Date of birth" });

test("the three results are three screens, and only a match can continue", async ({
  page,
  app,
  organisation,
  patient,
}) => {
  const { sandbox } = app;
  const unregistered = (await sandbox.listUnregisteredPatients()).find(
    ({ needsLogin }) => needsLogin,
  );
  if (!patient || !unregistered) throw new Error("The sandbox is empty.");
  await openLinkForm(page, organisation, "Patient invite");
  await expect(createLinkButton(page)).toBeHidden();
  await expect(lookupButton(page)).toHaveAccessibleDescription(
    new RegExp(`may register a temporary patient at ${organisation.practice.name}`),
  );
  await expectAccessibleAtAllWidths(page);

  await test.step("not found", async () => {
    await lookUpByNhsNumber(page, { nhsNumber: "999 000 0018", dateOfBirth: "1980-01-01" });
    await expectLookupResult(page, "No exact match found");
    await expect(nhsNumberField(page)).toBeHidden();
    await expectAccessibleAtAllWidths(page);
    await page.getByRole("button", { name: "Search again" }).click();
    // The typed values are kept, to be corrected.
    await expect(nhsNumberField(page)).toHaveValue("999 000 0018");
    await expect(dateOfBirthGroup(page).getByLabel("Year")).toHaveValue("1980");
  });

  await test.step("verification required", async () => {
    await lookUpByNhsNumber(page, unregistered);
    await expectLookupResult(page, "The patient must confirm who they are");
    const open = page.getByRole("link", { name: "Open sign-in page" });
    await expect(open).toHaveAttribute("rel", "noreferrer");
    await expect(open).toHaveAttribute("href", /^http:\/\/localhost:\d+\/verify\/20533$/);
    await expect(page.getByRole("button", { name: "Copy sign-in address" })).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("button", { name: "Try again" })).not.toHaveAttribute(
      "aria-disabled",
    );
    await page.getByRole("button", { name: "Find another patient" }).click();
  });

  await test.step("found, hidden until requested", async () => {
    await lookUpByNhsNumber(page, patient);
    await expectLookupResult(page, "Is this the patient?");
    await expect(page.getByText(patient.lastName)).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
    await page.getByRole("button", { name: "Show details" }).click();
    await expect(page.getByText(`${patient.firstName} ${patient.lastName}`)).toBeVisible();
    await page.getByRole("button", { name: "Hide details" }).click();
    await expect(page.getByText(patient.lastName)).toHaveCount(0);
    await expect(createLinkButton(page)).toBeHidden();
    await page.getByRole("button", { name: "No, search again" }).click();
    await expect(nhsNumberField(page)).toBeVisible();
    await lookupButton(page).click();
    await confirmPatient(page);
    await expect(createLinkButton(page)).toBeVisible();
    await expect(page.getByText(new RegExp(`^Patient ${patient.patientId} of`))).toBeVisible();
  });

  await page.getByRole("button", { name: "Change patient" }).click();
  await expect(page.getByRole("heading", { name: "Find the patient" })).toBeFocused();
  // The previous patient is gone.
  await expect(nhsNumberField(page)).toHaveValue("");
});

test("a restricted or archived patient is not offered", async ({ page, app, organisation }) => {
  const all = await app.sandbox.listPatients(organisation.practice.practiceGroupId);
  const restricted = all.find((candidate) => candidate.isRestricted);
  const archived = all.find((candidate) => candidate.isArchived);
  if (!restricted || !archived) throw new Error("The sandbox has no such patients.");
  await openLinkForm(page, organisation, "Patient invite");
  for (const patient of [restricted, archived]) {
    await lookUpByNhsNumber(page, patient);
    await expectLookupResult(page, "You cannot create a link for this patient");
    await expect(page.getByText(patient.isArchived ? /archived/ : /restricted/)).toBeVisible();
    await expect(page.getByRole("button", { name: /^Yes/ })).toHaveCount(0);
    await expect(createLinkButton(page)).toBeHidden();
    await page.getByRole("button", { name: "Find another patient" }).click();
  }
});

test("the fields accept what people type and paste, and show errors", async ({
  page,
  context,
  organisation,
  patient,
}) => {
  await openLinkForm(page, organisation, "Patient invite");

  await lookupButton(page).click();
  const summary = await expectErrorSummary(page, "Enter the NHS number.");
  await summary.getByRole("link", { name: "Enter the date of birth." }).click();
  await expect(dateOfBirthGroup(page).getByLabel("Day")).toBeFocused();

  const invalidInputs = [
    ["123 456 7891", "not a valid NHS number"],
    ["999 123 4567", "not a valid NHS number"],
    ["000 000 0000", "not a valid NHS number"],
    ["111 111 1111", "not a valid NHS number"],
    ["999 000 001", "too short"],
    ["999 000 00180", "too long"],
    ["999 000 OO18", "only digits"],
    ["QQ 12 34 56 C", "National Insurance number"],
  ] as const;
  for (const [text, sentence] of invalidInputs) {
    await nhsNumberField(page).fill(text);
    await dateOfBirthGroup(page).getByLabel("Day").focus();
    await expectFieldError(nhsNumberField(page), sentence);
  }
  await nhsNumberField(page).fill(patient.nhsNumber);
  await dateOfBirthGroup(page).getByLabel("Day").focus();
  const { nhsNumber: digits } = patient;
  await expect(nhsNumberField(page)).toHaveValue(
    `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`,
  );
  await expect(nhsNumberField(page)).not.toHaveAttribute("aria-invalid");

  await fillDateOfBirth(page, "1989-02-31");
  await lookupButton(page).click();
  await expectFieldError(dateOfBirthGroup(page).getByLabel("Day"), "as a real date");
  await dateOfBirthGroup(page).getByLabel("Month").fill("");
  await lookupButton(page).click();
  await expectFieldError(dateOfBirthGroup(page).getByLabel("Day"), "Enter the month");

  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const [year, month, day] = patient.dateOfBirth.split("-");
  await page.evaluate((text) => navigator.clipboard.writeText(text), `${day}/${month}/${year}`);
  await dateOfBirthGroup(page).getByLabel("Day").focus();
  await page.keyboard.press("Control+V");
  await expect(dateOfBirthGroup(page).getByLabel("Year")).toHaveValue(year ?? "");

  // The same person by name: the date stays.
  await page.getByRole("radio", { name: "Name, date of birth and postcode" }).check();
  await expect(dateOfBirthGroup(page).getByLabel("Year")).toHaveValue(year ?? "");
  await page.getByLabel("First name").fill(` ${patient.firstName.toUpperCase()}`);
  await page.getByLabel("Last name").fill(patient.lastName);
  await page.getByRole("textbox", { name: "Postcode" }).fill("nowhere");
  await lookupButton(page).click();
  await expectFieldError(
    page.getByRole("textbox", { name: "Postcode" }),
    "Enter a full UK postcode.",
  );
  await page
    .getByRole("textbox", { name: "Postcode" })
    .fill(patient.postcode.toLowerCase().replace(" ", ""));
  await lookupButton(page).click();
  await confirmPatient(page);
  await expect(page.getByText(new RegExp(`^Patient ${patient.patientId} of`))).toBeVisible();

  await page.getByRole("button", { name: "Change patient" }).click();
  await page.getByRole("radio", { name: "Hero patient ID" }).check();
  const id = page.getByRole("textbox", { name: "Hero patient ID" });
  await expect(page.getByText("may register a temporary patient")).toHaveCount(0);
  for (const text of ["Shanthi Perera", "4020１", "🙂", "9".repeat(21)]) {
    await id.fill(text);
    await lookupButton(page).click();
    await expectFieldError(id, "It has only digits.");
  }
});

test("when Hero does not respond, the form says why, keeps its values and can retry", async ({
  page,
  app,
  organisation,
  pageMonitor,
  patient,
}) => {
  await openLinkForm(page, organisation, "Patient invite");
  await app.sandbox.injectFault({
    operation: "registerPatientPds",
    key: organisation.apiKey,
    malformed: true,
  });
  pageMonitor.expectFailedResponses(502, /patients\.lookUp$/);
  await lookUpByNhsNumber(page, patient);
  await expectErrorSummary(page, "Hero's reply could not be read.");
  await lookupButton(page).click();
  await confirmPatient(page);
});

test("c30: a patient leaves no trace in addresses, titles, logs, the audit log or the browser", async ({
  page,
  context,
  app,
  organisation,
}) => {
  const patients = await app.sandbox.listBookablePatients(organisation.practice.practiceGroupId);
  const canary = patients.find((candidate) => !candidate.isRestricted);
  if (!canary) throw new Error("The practice has no patients.");
  const { nhsNumber: digits, dateOfBirth, firstName, lastName, postcode } = canary;
  const secrets = [
    digits,
    `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`,
    dateOfBirth,
    dateOfBirth.split("-").reverse().join("/"),
    `${firstName} ${lastName}`,
    lastName,
    postcode,
  ];
  const visited: string[] = [];
  context.on("request", (request) => visited.push(request.url(), request.headers().referer ?? ""));
  page.on("framenavigated", (frame) => visited.push(frame.url()));
  const recordLocation = async () => visited.push(page.url(), await page.title());

  await openLinkForm(page, organisation, "Patient invite");
  await lookUpByNhsNumber(page, canary);
  await recordLocation();
  await page.getByRole("button", { name: "Show details" }).click();
  await page.getByRole("button", { name: "No, search again" }).click();
  await page.getByRole("radio", { name: "Name, date of birth and postcode" }).check();
  await page.getByLabel("First name").fill(firstName);
  await page.getByLabel("Last name").fill(lastName);
  await page.getByRole("textbox", { name: "Postcode" }).fill(postcode);
  await lookupButton(page).click();
  await confirmPatient(page);
  await recordLocation();
  await page.getByLabel("Appointment type").selectOption({ index: 1 });
  await page.getByLabel("Location").selectOption({ index: 1 });
  await createLinkButton(page).click();
  await expect(page.getByRole("heading", { level: 2, name: "Live", exact: true })).toBeVisible();
  await recordLocation();

  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  );
  const cookies = JSON.stringify(await context.cookies());
  const audit = JSON.stringify(await organisation.portal.activity.list.query({ limit: 100 }));
  expect(audit).toContain("Looked up a patient");
  const sources = { seen: visited.join("\n"), stored, cookies, audit, log: app.readLogs() };
  for (const [source, text] of Object.entries(sources)) {
    for (const secret of secrets) {
      const hits =
        text.split(secret).length - 1 + text.split(encodeURIComponent(secret)).length - 1;
      expect({ source, secret, hits }).toEqual({
        source,
        secret,
        hits: 0,
      });
    }
  }
});
