import { z } from "zod";
import { addDays, formatBareDate, ukDateOf } from "@/server/schemas/dates";
import { expect, test } from "./fixtures";
import { confirmPatient, lookUpByNumber } from "./support/find-patient";
import {
  choosePatientById,
  countableUses,
  fillLinkForm,
  makeButton,
  openLinkForm,
  slotCount,
  stateHeading,
} from "./support/link-form";
import { inDays } from "./support/office";
import { confirmBooking, proveBirth, signInAsPatient, takeFirstTime } from "./support/patient";
import {
  choose,
  expectAccessible,
  expectErrorSummary,
  expectFieldError,
  expectNoSidewaysScroll,
} from "./support/screen";

test.use({ practiceGroupId: "30182" });
test.setTimeout(60_000);

/** The next Sunday on which the clocks go forward, and the next on which they go back. */
function clockChanges(): { spring: string; autumn: string } {
  const today = ukDateOf(new Date());
  const lastSunday = (year: number, month: "03" | "10") => {
    const last = `${year}-${month}-31`;
    return addDays(last, -new Date(`${last}T00:00:00Z`).getUTCDay());
  };
  const next = (month: "03" | "10") => {
    const year = Number(today.slice(0, 4));
    const thisYear = lastSunday(year, month);
    return thisYear > today ? thisYear : lastSunday(year + 1, month);
  };
  return { spring: next("03"), autumn: next("10") };
}

test("an invite by NHS number and date of birth is booked by its patient", async ({
  page,
  elsewhere,
  house,
  office,
}) => {
  const { sandbox } = house;
  const [patient] = await sandbox.patientsOf(office.practice.practiceGroupId);
  if (!patient) throw new Error("The practice has no patients.");
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Patient invite" }).check();
  await lookUpByNumber(page, patient);
  await confirmPatient(page);
  await expect(page.getByLabel("Bookings")).toHaveValue("1");
  await expect(page.getByLabel("Expires")).toHaveValue(inDays(7));
  await choose(page.getByLabel("Appointment type"), /^Blood test/);
  await page.getByLabel("Location").selectOption({ index: 1 });
  await expect(slotCount(page)).toContainText(/\d free slot/);
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
  await makeButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  const address = await page.getByText(/^http\S+\/s\/\S+$/).innerText();
  expect((await sandbox.links()).find(({ url }) => url === address)).toMatchObject({
    patientId: patient.patientId,
    maximumUses: 1,
    expiryDate: inDays(7),
  });

  const theirs = await (await elsewhere()).newPage();
  await theirs.goto(address);
  await proveBirth(theirs, patient.dateOfBirth);
  await takeFirstTime(theirs);
  await confirmBooking(theirs);
});

test("a generic link says which login its patients meet, and they meet it", async ({
  page,
  elsewhere,
  house,
  office,
}) => {
  const [patient] = await house.sandbox.patientsOf(office.practice.practiceGroupId);
  if (!patient) throw new Error("The practice has no patients.");
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Generic link" }).check();
  await expect(
    page.getByText("They sign in with NHS login before they finish booking."),
  ).toBeVisible();
  await fillLinkForm(page, { uses: 2 });
  await page.getByText("More: name, reference, tags").click();
  await page.getByLabel("Reference").fill("campaign-17");
  await page.getByLabel("Tags").fill("flu, Winter letters, FLU,");
  await makeButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  const [link] = (await office.portal.links.list.query({})).items;
  expect(link).toMatchObject({ audience: "generic", reference: "campaign-17" });
  expect(link?.tags.map((tag) => tag.toLowerCase())).toEqual(["flu", "winter letters"]);

  const theirs = await (await elsewhere()).newPage();
  await theirs.goto(link?.url ?? "");
  await takeFirstTime(theirs);
  await signInAsPatient(theirs, patient);
  await confirmBooking(theirs);
});

test("the slots are counted for exactly the choice, and too few are warned of", async ({
  page,
  house,
  office,
  watch,
}) => {
  const { appointmentTypes, locations } = await office.readOptions();
  const type = appointmentTypes.find(({ name }) => name.startsWith("Blood test"));
  const [location] = locations;
  if (!type || !location) throw new Error("The practice offers no blood tests.");
  const askHero = async (days: { start_date?: string; end_date?: string }) => {
    const query = new URLSearchParams({
      appointment_type_id: type.id,
      location_id: location.id,
      ...days,
    });
    const reply = await fetch(`${house.sandbox.url}/v1/slots/count?${query}`, {
      headers: {
        "x-api-key": office.apiKey,
        "x-practice-group-id": office.practice.practiceGroupId,
      },
    });
    return z.object({ count: z.number() }).parse(await reply.json()).count;
  };
  const said = (count: number) =>
    count === 0
      ? "No free slots"
      : new RegExp(`^${count.toLocaleString("en-GB")} free slots? for exactly this choice`);

  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Generic link" }).check();
  await expect(slotCount(page)).toContainText("are counted when");
  await page.getByLabel("Appointment type").selectOption(type.id);
  await page.getByLabel("Location").selectOption(location.id);
  await expect(slotCount(page)).toHaveText(said(await askHero({})));
  await page.getByLabel("First day").fill(inDays(1));
  await page.getByLabel("Last day").fill(inDays(3));
  await page.getByLabel("Expires").fill(inDays(9));
  const few = await askHero({ start_date: inDays(1), end_date: inDays(3) });
  await expect(slotCount(page)).toHaveText(said(few));
  await page.getByLabel("Bookings").fill(String(few + 1));
  await expect(
    page.getByText(
      few === 0 ? "Nobody could book with this link now" : `Fewer free slots than bookings: ${few}`,
    ),
  ).toBeVisible();
  await page.getByLabel("Bookings").fill(String(Math.max(few, 1)));
  await expect(page.getByText("Fewer free slots than bookings")).toHaveCount(0);

  await house.sandbox.breakNext({ operation: "countSlots", key: office.apiKey, status: 403 });
  watch.expectRefusals(502, /slots\.count$/);
  await page.getByLabel("Last day").fill(inDays(8));
  await expect(slotCount(page)).toContainText("The free slots could not be read.");
  await slotCount(page).getByRole("button", { name: "Count again" }).click();
  await expect(slotCount(page)).toHaveText(
    said(await askHero({ start_date: inDays(1), end_date: inDays(8) })),
  );
});

test("days that cannot be are refused beside the field before anything is sent", async ({
  page,
  house,
  office,
}) => {
  const field = (label: string) => page.getByLabel(label);
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Generic link" }).check();
  // Nothing else is filled in yet: the days are judged all the same.
  await field("First day").fill(inDays(5));
  await field("Last day").fill(inDays(4));
  await expectFieldError(field("Last day"), "must not be before the first day");
  await field("First day").fill(inDays(4));
  await expect(field("Last day")).not.toHaveAttribute("aria-invalid");
  await field("Expires").fill(inDays(3));
  await expectFieldError(field("First day"), "must not be after the link stops working");
  await field("Expires").fill(inDays(-1));
  await expectFieldError(field("Expires"), "must be today or later");
  await field("Expires").fill(inDays(4));
  for (const label of ["First day", "Last day", "Expires"]) {
    await expect(field(label)).not.toHaveAttribute("aria-invalid");
  }
  await field("First day").fill(inDays(9));
  const asked = await house.sandbox.countCalls("createBookingLink", office.apiKey);
  await makeButton(page).click();
  await expectErrorSummary(page, "The first day must not be after the link stops working.");
  expect(await house.sandbox.countCalls("createBookingLink", office.apiKey)).toBe(asked);
});

test.describe("in a browser on the other side of the world", () => {
  test.use({ timezoneId: "Pacific/Auckland", locale: "en-NZ" });

  for (const season of ["spring", "autumn"] as const) {
    test(`a link for the day the clocks change in ${season} is for that day`, async ({
      page,
      house,
      office,
    }) => {
      const day = clockChanges()[season];
      const { uses, made } = await countableUses(house.sandbox);
      await openLinkForm(page, office);
      await fillLinkForm(page, { uses });
      await page.getByLabel("Expires").fill(day);
      await page.getByLabel("First day").fill(day);
      await page.getByLabel("Last day").fill(addDays(day, -1));
      await expectFieldError(page.getByLabel("Last day"), "must not be before the first day");
      await page.getByLabel("Last day").fill(day);
      const words = formatBareDate(day);
      await expect(page.locator("#link-sentence")).toContainText(`on ${words}, until`);
      await expect(page.locator("#link-sentence")).toContainText(`the end of ${words}, UK time`);
      // A Sunday, beyond the weeks that the practices here are open for.
      await expect(slotCount(page)).toContainText("No free slots");
      await makeButton(page).click();
      await expect(stateHeading(page, "Live")).toBeVisible();
      await expect(page.getByText(`End of ${words}, UK time`, { exact: true })).toBeVisible();
      expect(await made()).toMatchObject([{ fromDate: day, toDate: day, expiryDate: day }]);
    });
  }
});

test("the kind of link stands in the address, and the patient does not", async ({
  page,
  house,
  office,
}) => {
  const [patient] = await house.sandbox.patientsOf(office.practice.practiceGroupId);
  if (!patient) throw new Error("The practice has no patients.");
  await openLinkForm(page, office);
  await page.getByRole("radio", { name: "Patient invite" }).check();
  await expect(page).toHaveURL(/[?&]kind=invite/);
  await choosePatientById(page, patient.patientId);
  expect(page.url()).not.toContain(patient.patientId);
  await page.reload();
  await expect(page.getByRole("radio", { name: "Patient invite" })).toBeChecked();
  await expect(page.getByRole("heading", { name: "Which patient?" })).toBeVisible();

  const link = await office.makeLink({ patientId: patient.patientId, maximumUses: 1 });
  await page.goto(`${office.path}/links/new?practice=${office.practice.id}&from=${link.id}`);
  await expect(page.getByRole("radio", { name: "Patient invite" })).toBeChecked();
  await expect(page.getByText(new RegExp(`^Patient ${patient.patientId} of`))).toBeVisible();
  await page.goto(`${office.path}/links/new?kind=poem`);
  await expect(page.getByRole("radio", { name: "Patient invite" })).not.toBeChecked();
});
