import { expect, test } from "./fixtures";
import { inDays } from "./support/organisation";
import {
  choosePatientById,
  uniqueMaxUses,
  fillLinkForm,
  createLinkButton,
  openLinkForm,
  stateHeading,
  linkAddress,
} from "./support/link-form";
import { confirmBooking, confirmDateOfBirth, selectFirstSlot } from "./support/patient-pages";
import { expectErrorSummary, expectFieldError } from "./support/assertions";
import { dayBox, expectDate, fillDate } from "./support/dates";

test.use({ practiceGroupId: "20533" });

test("an invite asks its patient for the date of birth and allows one booking", async ({
  page,
  otherBrowser,
  organisation,
  patient,
  patientPage,
}) => {
  await openLinkForm(page, organisation, "Patient invite");
  // An NHS number is not a Hero patient ID, and people mix them up.
  await page.getByRole("radio", { name: "Hero patient ID" }).check();
  await page.getByRole("textbox", { name: "Hero patient ID" }).fill(patient.nhsNumber);
  await expect(page.getByText("Is this an NHS number?")).toBeVisible();
  await choosePatientById(page, patient);
  await expect(page.getByLabel("Number of bookings")).toHaveValue("1");
  await expectDate(page, "Expiry date", inDays(7));
  await fillLinkForm(page, { kind: "Patient invite", maxUses: 1 });
  await createLinkButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  const address = await linkAddress(page);

  await patientPage.goto(address);
  await confirmDateOfBirth(patientPage, "1900-01-01");
  await expect(patientPage.getByRole("alert")).toContainText("does not match");
  await confirmDateOfBirth(patientPage, patient.dateOfBirth);
  await selectFirstSlot(patientPage);
  await confirmBooking(patientPage);

  const usageCard = page.getByRole("region", { name: "Usage" });
  await usageCard.getByRole("button", { name: "Refresh" }).click();
  await expect(stateHeading(page, "Booked")).toBeVisible();
  await expect(page.getByText("Could not refresh this link")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Copy link" })).toHaveCount(0);

  const latePage = await (await otherBrowser()).newPage();
  await latePage.goto(address);
  await expect(latePage.getByRole("heading", { name: "This link has been used" })).toBeVisible();
});

test("a created link can be changed, here and at Hero", async ({ page, app, organisation }) => {
  const { uniqueUses, listCreated } = await uniqueMaxUses(app.sandbox);
  const link = await organisation.createLink({
    maxUses: uniqueUses,
    slotsFrom: inDays(1),
    name: "Before",
  });
  await page.goto(`${organisation.path}/links/${link.id}`);
  await page.getByRole("link", { name: "Edit" }).click();
  await expectDate(page, "First date", inDays(1));

  await fillDate(page, "Expiry date", inDays(-1));
  await page.getByRole("button", { name: "Save changes" }).click();
  await expectErrorSummary(page, "The expiry date must be today or later.");
  await expectFieldError(dayBox(page, "Expiry date"), "The expiry date must be today or later.");

  await fillDate(page, "Expiry date", inDays(1));
  await fillDate(page, "Last date", inDays(20));
  await page.getByLabel("Name").fill("After 🌱");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Link updated")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "After 🌱" })).toBeVisible();
  await expect(stateHeading(page, "Ends soon")).toBeVisible();

  expect(await listCreated()).toMatchObject([{ expiryDate: inDays(1), toDate: inDays(20) }]);
});

test("a closed link does not work for patients and cannot be copied", async ({
  page,
  organisation,
  patientPage,
}) => {
  const link = await organisation.createLink({ name: "To be closed" });
  await page.goto(`${organisation.path}/links`);
  await expect(page.getByRole("button", { name: "Copy link: To be closed" })).toBeVisible();
  await page.getByRole("link", { name: "To be closed" }).click();

  await page.getByRole("button", { name: "Close link" }).click();
  await expect(stateHeading(page, "Closed")).toBeVisible();
  await expect(page.getByRole("button", { name: /Copy link/ })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Edit" })).toHaveCount(0);

  await page.getByRole("link", { name: "Links" }).first().click();
  await expect(page.getByRole("cell", { name: "Closed", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: /Copy link/ })).toHaveCount(0);

  await patientPage.goto(link.url ?? "");
  await expect(patientPage.getByRole("heading", { name: "This link has expired" })).toBeVisible();
});

test("two clicks create one link", async ({ page, app, organisation }) => {
  const { uniqueUses: maxUses, listCreated } = await uniqueMaxUses(app.sandbox);
  await openLinkForm(page, organisation);
  await fillLinkForm(page, { maxUses });
  await createLinkButton(page).dblclick();
  await expect(stateHeading(page, "Live")).toBeVisible();
  expect(await listCreated()).toHaveLength(1);
});

test("reloading during creation creates one link and opens it", async ({
  page,
  app,
  organisation,
}) => {
  const { uniqueUses: maxUses, listCreated } = await uniqueMaxUses(app.sandbox);
  await app.sandbox.injectFault({
    operation: "createBookingLink",
    key: organisation.apiKey,
    delayMs: 4000,
  });
  await openLinkForm(page, organisation);
  await fillLinkForm(page, { maxUses });
  await createLinkButton(page).click();
  await expect(page.getByRole("button", { name: "Creating…" })).toBeVisible();
  await expect
    .poll(async () => (await organisation.portal.links.list.query({})).items.length)
    .toBe(1);
  await page.reload();
  await expect(stateHeading(page, "Creating")).toBeVisible();
  await expect(stateHeading(page, "Live")).toBeVisible();
  expect(await listCreated()).toHaveLength(1);
});

test("the same form in two tabs creates one link", async ({
  page,
  context,
  app,
  organisation,
  pageMonitor,
}) => {
  const { uniqueUses: maxUses, listCreated } = await uniqueMaxUses(app.sandbox);
  await openLinkForm(page, organisation);
  const copy = await context.newPage();
  await copy.goto(page.url());
  const changed = await context.newPage();
  await changed.goto(page.url());
  for (const tab of [page, copy]) await fillLinkForm(tab, { maxUses });
  await fillLinkForm(changed, { maxUses: maxUses + 1 });

  await Promise.all([page, copy].map((tab) => createLinkButton(tab).click()));
  for (const tab of [page, copy]) await expect(tab).toHaveURL(/\/links\/[0-9a-f-]{36}$/);
  await expect(stateHeading(page, "Live")).toBeVisible();
  expect(new URL(copy.url()).pathname).toBe(new URL(page.url()).pathname);

  pageMonitor.expectFailedResponses(422, /links\.create$/);
  await createLinkButton(changed).click();
  await expectErrorSummary(changed, "This form was already sent with different values");
  expect(await listCreated()).toHaveLength(1);
});

test("each field shows its own error", async ({ page, organisation }) => {
  const field = (label: string) => page.getByLabel(label, { exact: true });
  await openLinkForm(page, organisation, "Generic link");
  await page.getByLabel("Number of bookings").fill("");
  await fillDate(page, "Expiry date", "");
  await createLinkButton(page).click();
  const summary = await expectErrorSummary(
    page,
    "Select an appointment type.",
    "Select a location.",
    "Enter the expiry date.",
    "Enter a whole number from 1 to 10,000.",
  );
  // In the order of the fields on the screen.
  await expect(summary.getByRole("link").first()).toHaveText("Select an appointment type.");
  await summary.getByRole("link", { name: "Select a location." }).click();
  await expect(field("Location")).toBeFocused();

  const invalidValues = [
    ["Number of bookings", "0", "Enter a whole number"],
    ["Number of bookings", "1.5", "Enter a whole number"],
    ["Number of bookings", "ten", "Enter a whole number"],
    ["Number of bookings", "10001", "from 1 to 10,000"],
    ["Number of bookings", "🙂", "Enter a whole number"],
    ["Name (optional)", "Flu \u202ednuora", "Remove hidden or control characters."],
    ["Name (optional)", "Flu\u0007", "Remove hidden or control characters."],
    ["Name (optional)", "x".repeat(81), "Use 80 characters or fewer."],
    ["Reference (optional)", "letter 999 000 0018", "This looks like an NHS number."],
    ["Tags (optional)", "flu, #winter", "A tag cannot contain a comma or #."],
    ["Tags (optional)", "flu, 9990000018", "This looks like an NHS number."],
    ["Tags (optional)", "a,b,c,d,e,f,g,h,i,j,k", "up to 10 tags"],
  ] as const;
  await fillLinkForm(page);
  await page.getByText("Optional details").click();
  for (const [label, value, sentence] of invalidValues) {
    const validValue = await field(label).inputValue();
    await field(label).fill(value);
    await createLinkButton(page).click();
    await expectFieldError(field(label), sentence);
    await expectErrorSummary(page, sentence);
    await field(label).fill(validValue);
  }
  for (const [label, date, sentence] of [
    ["Expiry date", inDays(-1), "The expiry date must be today or later."],
    ["Expiry date", inDays(800), "within two years"],
    ["Expiry date", `${inDays(14).slice(0, 4)}--01`, "Enter the month of the expiry date."],
    ["Last date", inDays(-3), "The last date must be today or later."],
  ] as const) {
    await fillDate(page, label, date);
    await createLinkButton(page).click();
    await expectFieldError(dayBox(page, label), sentence);
    await expectErrorSummary(page, sentence);
    await fillDate(page, label, label === "Expiry date" ? inDays(14) : "");
  }
  await fillDate(page, "First date", inDays(9));
  await fillDate(page, "Last date", inDays(8));
  await createLinkButton(page).click();
  await expectErrorSummary(page, "The last date must not be before the first date.");
  await expectFieldError(dayBox(page, "Last date"), "must not be before the first date");
  expect((await organisation.portal.links.list.query({})).items).toEqual([]);
});

test("the list continues with older links from any page", async ({ page, organisation }) => {
  await organisation.createLink({ name: "Older link" });
  const newerLink = await organisation.createLink({ name: "Newer link" });
  await page.goto(`${organisation.path}/links?cursor=${newerLink.id}`);
  await expect(page.getByRole("link", { name: "Older link" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Newer link" })).toHaveCount(0);
  await page.getByRole("navigation", { name: "Pages of links" }).getByRole("link").click();
  await expect(page.getByRole("link", { name: "Newer link" })).toBeVisible();
});
