import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { confirmPatient, expectAnswer, lookUpButton, lookUpByNumber } from "./support/find-patient";
import { makeButton, openLinkForm } from "./support/link-form";
import { fillBirth } from "./support/patient";
import {
  expectAccessible,
  expectErrorSummary,
  expectFieldError,
  expectNoSidewaysScroll,
} from "./support/screen";

test.use({ practiceGroupId: "20533" });
test.setTimeout(60_000);

const number = (page: Page) => page.getByLabel("NHS number", { exact: true });
const birth = (page: Page) => page.getByRole("group", { name: "Date of birth" });

async function expectGood(page: Page): Promise<void> {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    // Half hidden behind the frame, anything is too small a target.
    await page.evaluate(() => window.scrollTo(0, 0));
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("the three answers are three screens, and only a yes leads on", async ({
  page,
  house,
  office,
}) => {
  const { sandbox } = house;
  const [patient] = await sandbox.patientsOf(office.practice.practiceGroupId);
  const stranger = (await sandbox.strangers()).find(({ needsLogin }) => needsLogin);
  if (!patient || !stranger) throw new Error("The sandbox is empty.");
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Patient invite" }).check();
  await expect(makeButton(page)).toBeHidden();
  await expect(lookUpButton(page)).toHaveAccessibleDescription(
    new RegExp(`may register a temporary patient in the record of ${office.practice.name}`),
  );
  await expectGood(page);

  await test.step("not found", async () => {
    await lookUpByNumber(page, { nhsNumber: "999 000 0018", dateOfBirth: "1980-01-01" });
    await expectAnswer(page, "Hero found nobody for certain");
    await expect(number(page)).toBeHidden();
    await expectGood(page);
    await page.getByRole("button", { name: "Check and look again" }).click();
    // What was typed is still there, to be put right.
    await expect(number(page)).toHaveValue("999 000 0018");
    await expect(birth(page).getByLabel("Year")).toHaveValue("1980");
  });

  await test.step("must verify", async () => {
    await lookUpByNumber(page, stranger);
    await expectAnswer(page, "The patient has to prove who they are");
    const open = page.getByRole("link", { name: "Open it" });
    await expect(open).toHaveAttribute("rel", "noreferrer");
    await expect(open).toHaveAttribute("href", /^http:\/\/localhost:\d+\/verify\/20533$/);
    await expect(page.getByRole("button", { name: "Copy sign-in address" })).toBeVisible();
    await expectGood(page);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("button", { name: "Try again" })).not.toHaveAttribute(
      "aria-disabled",
    );
    await page.getByRole("button", { name: "Look up someone else" }).click();
  });

  await test.step("found, hidden until it is asked for", async () => {
    await lookUpByNumber(page, patient);
    await expectAnswer(page, "Is this the patient?");
    await expect(page.getByText(patient.lastName)).toHaveCount(0);
    await expectGood(page);
    await page.getByRole("button", { name: "Show the details" }).click();
    await expect(page.getByText(`${patient.firstName} ${patient.lastName}`)).toBeVisible();
    await page.getByRole("button", { name: "Hide the details" }).click();
    await expect(page.getByText(patient.lastName)).toHaveCount(0);
    await expect(makeButton(page)).toBeHidden();
    await page.getByRole("button", { name: "No, look again" }).click();
    await expect(number(page)).toBeVisible();
    await lookUpButton(page).click();
    await confirmPatient(page);
    await expect(makeButton(page)).toBeVisible();
    await expect(page.getByText(new RegExp(`^Patient ${patient.patientId} of`))).toBeVisible();
  });

  await page.getByRole("button", { name: "Another patient" }).click();
  await expect(page.getByRole("heading", { name: "Which patient?" })).toBeFocused();
  // Nothing of the one before is left.
  await expect(number(page)).toHaveValue("");
});

test("a patient who is restricted or archived is not offered", async ({ page, house, office }) => {
  const all = await house.sandbox.everyone(office.practice.practiceGroupId);
  const restricted = all.find((one) => one.isRestricted);
  const archived = all.find((one) => one.isArchived);
  if (!restricted || !archived) throw new Error("The sandbox has no such patients.");
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Patient invite" }).check();
  for (const patient of [restricted, archived]) {
    await lookUpByNumber(page, patient);
    await expectAnswer(page, "No link can be made for this patient");
    await expect(page.getByText(patient.isArchived ? /archived/ : /restricted/)).toBeVisible();
    await expect(page.getByRole("button", { name: /^Yes/ })).toHaveCount(0);
    await expect(makeButton(page)).toBeHidden();
    await page.getByRole("button", { name: "Look up someone else" }).click();
  }
});

test("the boxes take what people type and paste, and say what is wrong", async ({
  page,
  context,
  house,
  office,
}) => {
  const [patient] = await house.sandbox.patientsOf(office.practice.practiceGroupId);
  if (!patient) throw new Error("The practice has no patients.");
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Patient invite" }).check();

  await lookUpButton(page).click();
  const summary = await expectErrorSummary(page, "Enter the NHS number.");
  await summary.getByRole("link", { name: "Enter the date of birth." }).click();
  await expect(birth(page).getByLabel("Day")).toBeFocused();

  const wrong = [
    ["123 456 7891", "not a valid NHS number"],
    ["999 123 4567", "not a valid NHS number"],
    ["000 000 0000", "not a valid NHS number"],
    ["111 111 1111", "not a valid NHS number"],
    ["999 000 001", "too short"],
    ["999 000 00180", "too long"],
    ["999 000 OO18", "only digits"],
    ["QQ 12 34 56 C", "National Insurance number"],
  ] as const;
  for (const [typed, sentence] of wrong) {
    await number(page).fill(typed);
    await birth(page).getByLabel("Day").focus();
    await expectFieldError(number(page), sentence);
  }
  await number(page).fill(patient.nhsNumber);
  await birth(page).getByLabel("Day").focus();
  const { nhsNumber: digits } = patient;
  await expect(number(page)).toHaveValue(
    `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`,
  );
  await expect(number(page)).not.toHaveAttribute("aria-invalid");

  await fillBirth(page, "1989-02-31");
  await lookUpButton(page).click();
  await expectFieldError(birth(page).getByLabel("Day"), "as a real date");
  await birth(page).getByLabel("Month").fill("");
  await lookUpButton(page).click();
  await expectFieldError(birth(page).getByLabel("Day"), "Enter the month");

  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const [year, month, day] = patient.dateOfBirth.split("-");
  await page.evaluate((text) => navigator.clipboard.writeText(text), `${day}/${month}/${year}`);
  await birth(page).getByLabel("Day").focus();
  await page.keyboard.press("Control+V");
  await expect(birth(page).getByLabel("Year")).toHaveValue(year ?? "");

  // The same person by name: the date stays.
  await page.getByRole("radio", { name: "Name, date of birth and postcode" }).check();
  await expect(birth(page).getByLabel("Year")).toHaveValue(year ?? "");
  await page.getByLabel("First name").fill(` ${patient.firstName.toUpperCase()}`);
  await page.getByLabel("Last name").fill(patient.lastName);
  await page.getByRole("textbox", { name: "Postcode" }).fill("nowhere");
  await lookUpButton(page).click();
  await expectFieldError(
    page.getByRole("textbox", { name: "Postcode" }),
    "Enter a whole UK postcode.",
  );
  await page
    .getByRole("textbox", { name: "Postcode" })
    .fill(patient.postcode.toLowerCase().replace(" ", ""));
  await lookUpButton(page).click();
  await confirmPatient(page);
  await expect(page.getByText(new RegExp(`^Patient ${patient.patientId} of`))).toBeVisible();

  await page.getByRole("button", { name: "Another patient" }).click();
  await page.getByRole("radio", { name: "Hero patient id" }).check();
  const id = page.getByRole("textbox", { name: "Hero patient id" });
  await expect(page.getByText("may register a temporary patient")).toHaveCount(0);
  for (const typed of ["Shanthi Perera", "4020１", "🙂", "9".repeat(21)]) {
    await id.fill(typed);
    await lookUpButton(page).click();
    await expectFieldError(id, "which has only digits");
  }
});

test("when Hero cannot answer, it says why, keeps what was typed and can be asked again", async ({
  page,
  house,
  office,
  watch,
}) => {
  const [patient] = await house.sandbox.patientsOf(office.practice.practiceGroupId);
  if (!patient) throw new Error("The practice has no patients.");
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Patient invite" }).check();
  await house.sandbox.breakNext({
    operation: "registerPatientPds",
    key: office.apiKey,
    malformed: true,
  });
  watch.expectRefusals(502, /patients\.lookUp$/);
  await lookUpByNumber(page, patient);
  await expectErrorSummary(page, "Hero's answer could not be understood.");
  await lookUpButton(page).click();
  await confirmPatient(page);
});

test("c30: a patient leaves no trace in addresses, titles, the log, the audit or the browser", async ({
  page,
  context,
  house,
  office,
}) => {
  const patients = await house.sandbox.patientsOf(office.practice.practiceGroupId);
  const canary = patients.find((one) => !one.isRestricted);
  if (!canary) throw new Error("The practice has no patients.");
  const { nhsNumber: digits, dateOfBirth, firstName, lastName, postcode } = canary;
  const words = [
    digits,
    `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`,
    dateOfBirth,
    dateOfBirth.split("-").reverse().join("/"),
    `${firstName} ${lastName}`,
    lastName,
    postcode,
  ];
  const seen: string[] = [];
  context.on("request", (request) => seen.push(request.url(), request.headers().referer ?? ""));
  page.on("framenavigated", (frame) => seen.push(frame.url()));
  const look = async () => seen.push(page.url(), await page.title());

  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Patient invite" }).check();
  await lookUpByNumber(page, canary);
  await look();
  await page.getByRole("button", { name: "Show the details" }).click();
  await page.getByRole("button", { name: "No, look again" }).click();
  await page.getByRole("radio", { name: "Name, date of birth and postcode" }).check();
  await page.getByLabel("First name").fill(firstName);
  await page.getByLabel("Last name").fill(lastName);
  await page.getByRole("textbox", { name: "Postcode" }).fill(postcode);
  await lookUpButton(page).click();
  await confirmPatient(page);
  await look();
  await page.getByLabel("Appointment type").selectOption({ index: 1 });
  await page.getByLabel("Location").selectOption({ index: 1 });
  await makeButton(page).click();
  await expect(page.getByRole("heading", { level: 2, name: "Live", exact: true })).toBeVisible();
  await look();

  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  );
  const cookies = JSON.stringify(await context.cookies());
  const audit = JSON.stringify(await office.portal.activity.list.query({ limit: 100 }));
  expect(audit).toContain("Looked a patient up");
  const places = { seen: seen.join("\n"), stored, cookies, audit, log: house.readLogs() };
  for (const [place, text] of Object.entries(places)) {
    for (const word of words) {
      const hits = text.split(word).length - 1 + text.split(encodeURIComponent(word)).length - 1;
      expect({ place, word, hits }).toEqual({ place, word, hits: 0 });
    }
  }
});
