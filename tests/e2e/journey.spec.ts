import { expect, test } from "./fixtures";
import { linkAddress } from "./support/link-form";
import { inDays } from "./support/organisation";
import { confirmBooking, signInAsPatient, selectFirstSlot } from "./support/patient-pages";
import { createPersonDetails } from "./support/people";
import { selectOption, expectErrorSummary, expectFieldError } from "./support/assertions";
import { fillDate } from "./support/dates";

const practiceGroupId = "20417";
const practiceName = "Northgate Surgery";

test.setTimeout(120_000);

test("a new customer goes from sign-up to a patient's booking in the ledger", async ({
  page,
  context,
  app,
  pageMonitor,
  patientPage,
}) => {
  const { sandbox } = app;
  const person = createPersonDetails();
  const slug = `journey-${person.email.slice(6, 14)}`;
  const apiKey = await sandbox.createUniqueKey(practiceGroupId);

  await test.step("sign up and confirm the address by email", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByLabel("Your name").fill(person.name);
    await page.getByLabel("Email address").fill(person.email);
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("heading", { name: "Check your email" })).toBeFocused();

    await sandbox.waitForEmail(person.email, /^Confirm/);
    await page.goto(app.demo.inboxUrl);
    const emailItem = page.getByRole("listitem").filter({ hasText: `To ${person.email}` });
    await emailItem.getByRole("link").click();
    const emailLinks = page.getByRole("region", { name: "Links in this email" });
    await emailLinks.getByRole("link").click();
    await expect(page.getByLabel("Password", { exact: true })).toHaveCount(0);
    await page.getByRole("button", { name: "Confirm and sign in" }).click();
  });

  await test.step("name the organisation", async () => {
    await expect(page.getByRole("heading", { name: "Name your organisation" })).toBeVisible();
    await page.getByLabel("Name", { exact: true }).fill("Journey Health");
    await expect(page.getByLabel("Short name")).toHaveValue("journey-health");
    await page.getByLabel("Short name").fill(slug);
    await page.getByRole("button", { name: "Create organisation" }).click();
    await expect(page).toHaveURL(`/${slug}/sandbox`);
    await expect(page.getByRole("button", { name: "Organisation: Journey Health" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Environment: Sandbox" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Practice: All practices" })).toBeVisible();
  });

  await test.step("a wrong key and a wrong id are rejected with the reason", async () => {
    pageMonitor.expectFailedResponses(400, /practices\.verify$/);
    await page.getByRole("main").getByRole("link", { name: "Connect a practice" }).click();
    const key = page.getByLabel("API key", { exact: true });
    const id = page.getByLabel("Practice group ID");
    const testButton = page.getByRole("button", { name: "Test connection" });

    const wrongKeyMessage = "Hero's Sandbox environment does not accept this key.";
    await key.fill(`wrong_${apiKey}`);
    await id.fill(practiceGroupId);
    await testButton.click();
    await expectErrorSummary(page, wrongKeyMessage);
    await expectFieldError(key, wrongKeyMessage);

    const wrongIdMessage = "This key cannot access that practice";
    await key.fill(apiKey);
    await id.fill("90001");
    await testButton.click();
    await expectErrorSummary(page, wrongIdMessage);
    await expectFieldError(id, wrongIdMessage);
    await expect(key).not.toHaveAttribute("aria-invalid");

    await id.fill(practiceGroupId);
    await testButton.click();
  });

  await test.step("check the practice of the key, then connect", async () => {
    await expect(page.getByRole("heading", { name: practiceName })).toBeFocused();
    await expect(page.getByText("Booking links").first()).toBeVisible();
    const capabilityChecks = page.getByRole("region", { name: "Capability checks" });
    await expect(capabilityChecks.getByRole("row")).toHaveCount(10);
    await expect(capabilityChecks.getByText("Passed", { exact: true })).toHaveCount(9);
    await page.getByRole("button", { name: `Connect ${practiceName}` }).click();
    await expect(page.getByText(`Connected ${practiceName}`)).toBeVisible();
    await expect(page.getByRole("heading", { level: 1, name: practiceName })).toBeVisible();
    await expect(page.getByText(apiKey)).toHaveCount(0);
    await expect(page.getByText(apiKey.slice(-4), { exact: true })).toBeVisible();
  });

  await test.step("create a generic link", async () => {
    await page.getByRole("main").getByRole("link", { name: "New link" }).click();
    await page.getByRole("radio", { name: "Generic link" }).check();
    await selectOption(page.getByLabel("Appointment type"), /^Blood test/);
    await selectOption(page.getByLabel("Location"), /^Northgate Surgery$/);
    await fillDate(page, "First date", inDays(1));
    await fillDate(page, "Last date", inDays(21));
    await fillDate(page, "Expiry date", inDays(10));
    await page.getByLabel("Number of bookings").fill("3");
    await page.getByText("Optional details").click();
    await page.getByLabel("Name").fill("Blood tests, letters");
    await expect(page.getByText(/^Anyone registered at Northgate Surgery can book/)).toContainText(
      "one Blood test at Northgate Surgery between",
    );
    await page.getByRole("button", { name: "Create link" }).click();
    await expect(page.getByRole("heading", { name: "Live", exact: true })).toBeVisible();
  });

  const address = await test.step("copy it", async () => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const shown = await linkAddress(page);
    await page.getByRole("button", { name: "Copy link" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Copied" })).toBeAttached();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
    return shown;
  });

  await test.step("a patient books with it in another browser", async () => {
    const [patient] = await sandbox.listBookablePatients(practiceGroupId);
    if (!patient) throw new Error("The practice has no patients.");
    await patientPage.goto(address);
    await selectFirstSlot(patientPage);
    await signInAsPatient(patientPage, patient);
    await confirmBooking(patientPage);
  });

  await test.step("the ledger shows the booking after a refresh", async () => {
    const usageCard = page.getByRole("region", { name: "Usage" });
    await expect(usageCard.getByText("0 of 3")).toBeVisible();
    await usageCard.getByRole("button", { name: "Refresh" }).click();
    await expect(usageCard.getByText("1 of 3")).toBeVisible();
    await expect(usageCard.getByRole("status")).toHaveText("Up to date.");

    await page.getByRole("link", { name: "Links" }).first().click();
    const row = page.getByRole("row").filter({ hasText: "Blood tests, letters" });
    await expect(row.getByRole("cell", { name: /^1 \/ 3/ })).toBeVisible();
    await expect(row.getByText("Live")).toBeVisible();
  });
});
