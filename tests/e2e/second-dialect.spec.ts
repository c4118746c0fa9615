import { expect, test } from "./fixtures";
import { expectAccessible, selectOption } from "./support/assertions";
import { fillLinkForm, linkAddress, openLinkForm, stateHeading } from "./support/link-form";
import { expectLookupResult, lookUpByNhsNumber } from "./support/patient-lookup";

test.use({ practiceGroupId: "20417" });
test.setTimeout(120_000);

const toUkDate = (date: string) => date.split("-").toReversed().join("/");

test("every screen says what Hero has when Hero speaks the second dialect", async ({
  page,
  app,
  organisation,
}) => {
  const { sandbox } = app;
  // The practice of the fixture has a key in the first dialect; this one's is in the second.
  await organisation.portal.practices.disconnect.mutate({ practiceId: organisation.practice.id });
  const practiceGroupId = "30183";
  const { name: practiceName } = await sandbox.getPractice(practiceGroupId);
  const uniqueKey = await sandbox.createUniqueKey(practiceGroupId);
  const apiKey = uniqueKey.replace(/\.([\w-]+)$/, ".second-$1");
  const createPatient = (name: string) => sandbox.createPatientCase(practiceGroupId, name);
  const [firstPatient, secondPatient, deceasedPatient] = [
    await createPatient("found"),
    await createPatient("found"),
    await createPatient("deceased"),
  ];

  await test.step("connect the practice", async () => {
    await page.goto(`${organisation.path}/practices/connect`);
    await page.getByLabel("API key", { exact: true }).fill(apiKey);
    await page.getByLabel("Practice group ID").fill(practiceGroupId);
    await page.getByRole("button", { name: "Test connection" }).click();
    const checks = page.getByRole("region", { name: "Capability checks" });
    await expect(checks.getByText("Passed", { exact: true })).toHaveCount(9);
    await page.getByRole("button", { name: `Connect ${practiceName}` }).click();
    await expect(page.getByRole("heading", { level: 1, name: practiceName })).toBeVisible();
    await expect(page.getByText("Working", { exact: true }).first()).toBeVisible();
  });
  const practiceId = new URL(page.url()).pathname.split("/").at(-1) ?? "";

  const address = await test.step("create a link", async () => {
    await openLinkForm(page, organisation, "Generic link");
    await fillLinkForm(page, { maxUses: 3 });
    await page.getByText("Optional details").click();
    await page.getByLabel("Name").fill("Second dialect");
    await page.getByRole("button", { name: "Create link" }).click();
    await expect(stateHeading(page, "Live")).toBeVisible();
    const shown = await linkAddress(page);
    const atHero = (await sandbox.listLinks()).find(({ url }) => url === shown);
    expect(atHero).toMatchObject({ practiceGroupId, maxUses: 3, patientId: null });
    return shown;
  });

  await test.step("the list shows the link, and its page Hero's record of it", async () => {
    await page.goto(`${organisation.path}/links?q=${address.split("/").at(-1)}`);
    const row = page.getByRole("row").filter({ hasText: "Second dialect" });
    await expect(row.getByText("Live")).toBeVisible();
    await expect(row.getByRole("cell", { name: /^0 \/ 3/ })).toBeVisible();
    await row.getByRole("link", { name: "Second dialect" }).click();
    const usage = page.getByRole("region", { name: "Usage" });
    await usage.getByRole("button", { name: "Refresh" }).click();
    await expect(usage.getByRole("status")).toHaveText("Up to date.");
    await expect(usage.getByText("0 of 3")).toBeVisible();
    await expect(stateHeading(page, "Live")).toBeVisible();
  });

  await test.step("two rows of a file become links, and the third is refused with the reason", async () => {
    await page.goto(`${organisation.path}/links/bulk-uploads/new`);
    const rows = [firstPatient, secondPatient, deceasedPatient].map(
      ({ searchNhsNumber, dateOfBirth }, index) =>
        `Letter ${index + 1},${searchNhsNumber},${toUkDate(dateOfBirth)}`,
    );
    await page.getByLabel("CSV file").setInputFiles({
      name: "rows.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(["Reference,NHS number,Date of birth", ...rows].join("\r\n")),
    });
    await expect(page.getByText("3 rows, 3 columns, separated by commas")).toBeVisible();
    await page.getByLabel("Appointment type", { exact: true }).selectOption({ index: 1 });
    await page.getByLabel("Location", { exact: true }).selectOption({ index: 1 });
    await page.getByRole("button", { name: "Check rows" }).click();
    await page.getByRole("button", { name: "Upload 3 rows" }).click();
    await page.getByRole("button", { name: "Create 3 links" }).click();
    await expect(page.getByText("Finished", { exact: true })).toBeVisible({ timeout: 30_000 });
    const uploadRows = page.getByRole("region", { name: "Rows of this upload" });
    await expect(uploadRows.getByRole("link", { name: /^View link/ })).toHaveCount(2);
    await expect(uploadRows.getByRole("row").filter({ hasText: "Letter 3" })).toContainText(
      "Hero's record says that this patient has died. No link was created.",
    );
    await expectAccessible(page);
    const invited = (await sandbox.listLinks()).map(({ patientId }) => patientId);
    for (const { patientId } of [firstPatient, secondPatient]) {
      expect(invited.filter((id) => id === patientId)).toHaveLength(1);
    }
    expect(invited).not.toContain(deceasedPatient.patientId);
  });

  await test.step("find a patient, hold a time and book it", async () => {
    await page.goto(`${organisation.path}/patients`);
    const { searchNhsNumber: nhsNumber, dateOfBirth } = firstPatient;
    await lookUpByNhsNumber(page, { nhsNumber, dateOfBirth });
    await expectLookupResult(page, "Patient found");
    await page.getByRole("link", { name: "Open record" }).click();
    await page.getByRole("link", { name: "Book an appointment" }).click();
    await selectOption(page.getByLabel("Appointment type"), /^GP appointment/);
    await page.getByLabel("Location").selectOption({ index: 1 });
    await page.getByRole("button", { name: "Next week" }).click();
    await page
      .getByRole("button", { name: /\d+ free slots?$/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Hold this time" }).click();
    await expect(page.getByText(/^Held until/)).toBeVisible();
    await page.getByLabel("Reason for the appointment").fill("Knee pain");
    await page.getByRole("radio", { name: /^No\. Hero sends nothing/ }).check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Book appointment" }).click();
    await expect(
      page.getByText("Hero's record says that this appointment is booked."),
    ).toBeVisible();
    for (const operation of ["createAppointment", "bookAppointment"]) {
      expect(await sandbox.countCalls(operation, apiKey)).toBe(1);
    }
    await page.goto(`${organisation.path}/patients/${practiceId}/${firstPatient.patientId}`);
    const appointments = page.getByRole("region", { name: "Appointments" });
    await expect(appointments.getByText("Booked", { exact: true })).toBeVisible();
    await expectAccessible(page);
  });
});
