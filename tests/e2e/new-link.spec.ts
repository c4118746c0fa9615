import { z } from "zod";
import { addDays, formatLocalDate, ukDateOf } from "@/server/schemas/dates";
import { expect, test } from "./fixtures";
import { confirmPatient, lookUpByNhsNumber } from "./support/patient-lookup";
import {
  choosePatientById,
  uniqueMaxUses,
  fillLinkForm,
  createLinkButton,
  openLinkForm,
  slotCount,
  stateHeading,
  linkAddress,
} from "./support/link-form";
import { inDays } from "./support/organisation";
import {
  confirmBooking,
  confirmDateOfBirth,
  signInAsPatient,
  selectFirstSlot,
} from "./support/patient-pages";
import {
  selectOption,
  expectErrorSummary,
  expectFieldError,
  expectAccessibleAtAllWidths,
} from "./support/assertions";
import { dayBox, expectDate, fillDate, pasteDate } from "./support/dates";

test.use({ practiceGroupId: "30182" });
test.setTimeout(60_000);

/** The next clock change forward, and the next back. */
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
  app,
  organisation,
  patient,
  patientPage,
}) => {
  const { sandbox } = app;
  await openLinkForm(page, organisation, "Patient invite");
  await lookUpByNhsNumber(page, patient);
  await confirmPatient(page);
  await expect(page.getByLabel("Number of bookings")).toHaveValue("1");
  await expectDate(page, "Expiry date", inDays(7));
  await selectOption(page.getByLabel("Appointment type"), /^Blood test/);
  await page.getByLabel("Location").selectOption({ index: 1 });
  await expect(slotCount(page)).toContainText(/\d free slot/);
  await expectAccessibleAtAllWidths(page);
  await createLinkButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  const address = await linkAddress(page);
  expect((await sandbox.listLinks()).find(({ url }) => url === address)).toMatchObject({
    patientId: patient.patientId,
    maxUses: 1,
    expiryDate: inDays(7),
  });

  await patientPage.goto(address);
  await confirmDateOfBirth(patientPage, patient.dateOfBirth);
  await selectFirstSlot(patientPage);
  await confirmBooking(patientPage);
});

test("a generic link says how its patients sign in, and they do", async ({
  page,
  organisation,
  patient,
  patientPage,
}) => {
  await openLinkForm(page, organisation, "Generic link");
  await expect(
    page.getByText("Patients sign in with NHS login before they finish booking."),
  ).toBeVisible();
  await fillLinkForm(page, { maxUses: 2 });
  await page.getByText("Optional details").click();
  await page.getByLabel("Reference").fill("campaign-17");
  await page.getByLabel("Tags").fill("flu, Winter letters, FLU,");
  await createLinkButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
  const [link] = (await organisation.portal.links.list.query({})).items;
  expect(link).toMatchObject({ audience: "generic", reference: "campaign-17" });
  expect(link?.tags.map((tag) => tag.toLowerCase())).toEqual(["flu", "winter letters"]);

  await patientPage.goto(link?.url ?? "");
  await selectFirstSlot(patientPage);
  await signInAsPatient(patientPage, patient);
  await confirmBooking(patientPage);
});

test("free slots are counted for the exact selection, with a warning when there are too few", async ({
  page,
  app,
  organisation,
  pageMonitor,
}) => {
  const { appointmentTypes, locations } = await organisation.readOptions();
  const type = appointmentTypes.find(({ name }) => name.startsWith("Blood test"));
  const [location] = locations;
  if (!type || !location) throw new Error("The practice offers no blood tests.");
  const countSlotsAtHero = async (days: { start_date?: string; end_date?: string }) => {
    const query = new URLSearchParams({
      appointment_type_id: type.id,
      location_id: location.id,
      ...days,
    });
    const reply = await fetch(`${app.sandbox.url}/v1/slots/count?${query}`, {
      headers: {
        "x-api-key": organisation.apiKey,
        "x-practice-group-id": organisation.practice.practiceGroupId,
      },
    });
    return z.object({ count: z.number() }).parse(await reply.json()).count;
  };
  const slotCountText = (count: number) =>
    count === 0
      ? "No free slots"
      : new RegExp(`^${count.toLocaleString("en-GB")} free slots? for this selection`);

  await openLinkForm(page, organisation, "Generic link");
  await expect(slotCount(page)).toContainText("to see free slots");
  await page.getByLabel("Appointment type").selectOption(type.id);
  await page.getByLabel("Location").selectOption(location.id);
  await expect(slotCount(page)).toHaveText(slotCountText(await countSlotsAtHero({})));
  await fillDate(page, "First date", inDays(1));
  await fillDate(page, "Last date", inDays(3));
  await fillDate(page, "Expiry date", inDays(9));
  const fewSlots = await countSlotsAtHero({ start_date: inDays(1), end_date: inDays(3) });
  await expect(slotCount(page)).toHaveText(slotCountText(fewSlots));
  await page.getByLabel("Number of bookings").fill(String(fewSlots + 1));
  await expect(
    page.getByText(
      fewSlots === 0
        ? "No patient can book with this link now"
        : `Fewer free slots than bookings: ${fewSlots}`,
    ),
  ).toBeVisible();
  await page.getByLabel("Number of bookings").fill(String(Math.max(fewSlots, 1)));
  await expect(page.getByText("Fewer free slots than bookings")).toHaveCount(0);

  await app.sandbox.injectFault({ operation: "countSlots", key: organisation.apiKey, status: 403 });
  pageMonitor.expectFailedResponses(502, /slots\.count$/);
  await fillDate(page, "Last date", inDays(8));
  await expect(slotCount(page)).toContainText("Could not load free slots.");
  await slotCount(page).getByRole("button", { name: "Try again" }).click();
  await expect(slotCount(page)).toHaveText(
    slotCountText(await countSlotsAtHero({ start_date: inDays(1), end_date: inDays(8) })),
  );
});

test("impossible dates are rejected beside their field before anything is sent", async ({
  page,
  app,
  organisation,
}) => {
  await openLinkForm(page, organisation, "Generic link");
  // Dates are validated although nothing else is filled in.
  await fillDate(page, "First date", inDays(5));
  await fillDate(page, "Last date", inDays(4));
  await expectFieldError(dayBox(page, "Last date"), "must not be before the first date");
  await fillDate(page, "First date", inDays(4));
  await expect(dayBox(page, "Last date")).not.toHaveAttribute("aria-invalid");
  await fillDate(page, "Expiry date", inDays(3));
  await expectFieldError(dayBox(page, "First date"), "must not be after the expiry date");
  await fillDate(page, "Expiry date", inDays(-1));
  await expectFieldError(dayBox(page, "Expiry date"), "must be today or later");
  await fillDate(page, "Expiry date", inDays(4));
  for (const label of ["First date", "Last date", "Expiry date"]) {
    await expect(dayBox(page, label)).not.toHaveAttribute("aria-invalid");
  }
  await fillDate(page, "First date", inDays(9));
  const callsBefore = await app.sandbox.countCalls("createBookingLink", organisation.apiKey);
  await createLinkButton(page).click();
  await expectErrorSummary(page, "The first date must not be after the expiry date.");
  expect(await app.sandbox.countCalls("createBookingLink", organisation.apiKey)).toBe(callsBefore);
});

test("E11: a date pasted into any box fills all three, the day first", async ({
  page,
  organisation,
}) => {
  await openLinkForm(page, organisation, "Generic link");
  const [year = ""] = inDays(400).split("-");
  await pasteDate(page, { label: "Expiry date", box: "Day", text: `01/02/${year}` });
  await expectDate(page, "Expiry date", `${year}-02-01`);
  await pasteDate(page, { label: "First date", box: "Year", text: `1 Feb ${year}` });
  await expectDate(page, "First date", `${year}-02-01`);
  await fillDate(page, "First date", "");
  await expect(page.locator("#link-summary")).toContainText(`the end of 1 February ${year}`);
});

test.describe("in a browser on the other side of the world", () => {
  test.use({ timezoneId: "Pacific/Auckland", locale: "en-NZ" });

  for (const clockChange of ["spring", "autumn"] as const) {
    test(`a link for the day the clocks change in ${clockChange} is for that day`, async ({
      page,
      app,
      organisation,
    }) => {
      const day = clockChanges()[clockChange];
      const { uniqueUses: maxUses, listCreated } = await uniqueMaxUses(app.sandbox);
      await openLinkForm(page, organisation);
      await fillLinkForm(page, { maxUses });
      await fillDate(page, "Expiry date", day);
      await fillDate(page, "First date", day);
      await fillDate(page, "Last date", addDays(day, -1));
      await expectFieldError(dayBox(page, "Last date"), "must not be before the first date");
      await fillDate(page, "Last date", day);
      const formattedDate = formatLocalDate(day);
      await expect(page.locator("#link-summary")).toContainText(`on ${formattedDate}, until`);
      await expect(page.locator("#link-summary")).toContainText(
        `the end of ${formattedDate}, UK time`,
      );
      // A Sunday after the weeks with slots.
      await expect(slotCount(page)).toContainText("No free slots");
      await createLinkButton(page).click();
      await expect(stateHeading(page, "Live")).toBeVisible();
      await expect(
        page.getByText(`End of ${formattedDate}, UK time`, { exact: true }),
      ).toBeVisible();
      expect(await listCreated()).toMatchObject([{ fromDate: day, toDate: day, expiryDate: day }]);
    });
  }
});

test("the address holds the kind of link and not the patient", async ({
  page,
  organisation,
  patient,
}) => {
  await openLinkForm(page, organisation, "Patient invite");
  await expect(page).toHaveURL(/[?&]kind=invite/);
  await choosePatientById(page, patient);
  expect(page.url()).not.toContain(patient.patientId);
  await page.reload();
  await expect(page.getByRole("radio", { name: "Patient invite" })).toBeChecked();
  await expect(page.getByRole("heading", { name: "Find the patient" })).toBeVisible();

  const link = await organisation.createLink({ patientId: patient.patientId, maxUses: 1 });
  await page.goto(
    `${organisation.path}/links/new?practice=${organisation.practice.id}&from=${link.id}`,
  );
  await expect(page.getByRole("radio", { name: "Patient invite" })).toBeChecked();
  await expect(page.getByText(new RegExp(`^Patient ${patient.patientId} of`))).toBeVisible();
  await page.goto(`${organisation.path}/links/new?kind=poem`);
  await expect(page.getByRole("radio", { name: "Patient invite" })).not.toBeChecked();
});
