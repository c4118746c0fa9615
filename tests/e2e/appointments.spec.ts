import type { Page } from "@playwright/test";
import { type App, expect, test } from "./fixtures";
import {
  expectAccessible,
  expectAccessibleAtAllWidths,
  expectErrorSummary,
  selectOption,
} from "./support/assertions";
import { tabTo } from "./support/keyboard";
import type { Organisation } from "./support/organisation";

// An NHS practice with many free slots; each test holds other times of it.
test.use({ practiceGroupId: "20417" });
test.setTimeout(90_000);

const freeTimes = (page: Page) => page.getByRole("button", { name: /\d+ free slots?$/ });

/** Opens the form to book for a patient, and waits for the times of a week that has some. */
async function openBooking(page: Page, patientPath: string): Promise<void> {
  await page.goto(`${patientPath}/book`);
  await selectOption(page.getByLabel("Appointment type"), /^GP appointment/);
  await page.getByLabel("Location").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Next week" }).click();
  await expect(freeTimes(page).first()).toBeVisible();
}

async function hold(page: Page, index: number): Promise<void> {
  await freeTimes(page).nth(index).click();
  await page.getByRole("button", { name: "Hold this time" }).click();
  await expect(page.getByText(/^Held until/)).toBeVisible();
}

/** The appointment that the address of the booking form names. */
const heldId = (page: Page): string => new URL(page.url()).searchParams.get("appointment") ?? "";

/** Ends a hold as Hero would, or has the practice's staff take its time. */
async function changeHold(
  app: App,
  organisation: Organisation,
  appointmentId: string,
  change: "take" | "expire",
): Promise<void> {
  const { heroAppointmentId } = await organisation.portal.appointments.get.query({
    appointmentId,
  });
  const reply = await fetch(
    `${app.demo.sandboxUrl}/_sandbox/appointments/${heroAppointmentId}/${change}`,
    { method: "POST" },
  );
  expect(reply.status).toBe(204);
}

/** Answers the questions about a held time and confirms it. */
async function confirmHold(page: Page): Promise<void> {
  await page.getByRole("radio", { name: /^No\. Hero sends nothing/ }).check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Book appointment" }).click();
}

test("an appointment is held, booked, moved and cancelled, and the list shows it", async ({
  page,
  organisation,
  patient,
}) => {
  const patientPath = `${organisation.path}/patients/${organisation.practice.id}/${patient.patientId}`;

  await test.step("from the record to a held time", async () => {
    await page.goto(patientPath);
    await expect(page).toHaveTitle(/^Patient – /);
    await page.getByRole("link", { name: "Book an appointment" }).click();
    await expect(
      page.getByRole("heading", { level: 1, name: "Book an appointment" }),
    ).toBeVisible();
    await openBooking(page, patientPath);
    await expectAccessibleAtAllWidths(page);
    await hold(page, 3);
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("the answers are asked for and checked", async () => {
    await page.getByRole("button", { name: "Continue" }).click();
    await expectErrorSummary(page, "Select whether to tell the patient.");
    await page.getByLabel("Reason for the appointment").fill("Knee pain since Monday");
    await page.getByRole("radio", { name: /^No\. Hero sends nothing/ }).check();
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByText("Knee pain since Monday")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Book appointment" }).click();
    await expect(page).toHaveURL(/\/appointments\/[0-9a-f-]{36}$/);
    await expect(
      page.getByText("Hero's record says that this appointment is booked."),
    ).toBeVisible();
    await expect(page.getByText("Knee pain")).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
  });

  const appointmentPath = new URL(page.url()).pathname;

  await test.step("the appointment moves to another time", async () => {
    await page.getByRole("link", { name: "Move appointment" }).click();
    await page.getByRole("button", { name: "Next week" }).click();
    await freeTimes(page).nth(6).click();
    await page.getByRole("button", { name: "Continue with this time" }).click();
    await page.getByRole("radio", { name: /^No\. Hero sends nothing/ }).check();
    await page.getByRole("button", { name: "Move appointment" }).click();
    await expect(page).toHaveURL(new RegExp(`${appointmentPath}$`));
    await expect(page.getByText("Moved an appointment")).toBeVisible();
  });

  await test.step("the list and the record show it", async () => {
    await page.goto(`${organisation.path}/appointments`);
    await expect(page.getByRole("link", { name: /20\d\d$/ })).toHaveCount(1);
    await expectAccessibleAtAllWidths(page);
    await page.goto(patientPath);
    const appointments = page.getByRole("region", { name: "Appointments" });
    await expect(appointments.getByText("Booked", { exact: true })).toBeVisible();
  });

  await test.step("the appointment is cancelled once", async () => {
    await page.goto(appointmentPath);
    await page.getByRole("button", { name: "Cancel appointment" }).click();
    const dialog = page.getByRole("alertdialog");
    await expect(dialog.getByRole("status")).toHaveCount(0);
    await dialog.getByRole("radio", { name: /^No\. Hero sends nothing/ }).check();
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Cancel appointment" }).click();
    await expect(page.getByText("Cancelled", { exact: true }).first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Cancel appointment" })).toHaveCount(0);
  });
});

test("a time can be found and held with the keyboard only, and released again", async ({
  page,
  organisation,
  patient,
}) => {
  const patientPath = `${organisation.path}/patients/${organisation.practice.id}/${patient.patientId}`;
  await openBooking(page, patientPath);
  await freeTimes(page).first().focus();
  const first = await page.locator(":focus").getAttribute("data-starts-at");
  await page.keyboard.press("ArrowDown");
  const second = await page.locator(":focus").getAttribute("data-starts-at");
  expect(second).not.toBe(first);
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Hold this time" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^Held until/)).toBeVisible();
  await page.reload();
  await expect(page.getByText(/^Held until/)).toBeVisible();
  await tabTo(page, page.getByRole("button", { name: "Release this time" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("The time was released. Nothing is booked")).toBeVisible();
  await expect(page.getByText(/^Held until/)).toHaveCount(0);
});

test("a time that the practice takes while it is held is not booked, and others are offered", async ({
  page,
  app,
  organisation,
  patient,
}) => {
  const patientPath = `${organisation.path}/patients/${organisation.practice.id}/${patient.patientId}`;
  await openBooking(page, patientPath);
  await hold(page, 9);
  await changeHold(app, organisation, heldId(page), "take");
  await confirmHold(page);
  const taken = page.getByRole("alert").filter({ hasText: "Nothing was booked." });
  await expect(taken.getByText("The nearest free slots are:")).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  const offered = taken.getByRole("button");
  await expect(offered).toHaveCount(5);
  expect(await app.sandbox.countCalls("bookAppointment", organisation.apiKey)).toBe(1);

  const offer = await offered.first().innerText();
  await tabTo(page, offered.first(), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(taken).toHaveCount(0);
  await expect(page.getByText(/^Held until/)).toBeVisible();
  // The offer ends with the practitioner's name.
  await expect(page.getByText(offer.replace(/,[^,]+$/, "")).first()).toBeVisible();
  await page.getByRole("button", { name: "Book appointment" }).click();
  await expect(page).toHaveURL(/\/appointments\/[0-9a-f-]{36}$/);
  await expect(page.getByText("Hero's record says that this appointment is booked.")).toBeVisible();
});

test("an expired hold is reported at once and when it is confirmed, and nothing is booked", async ({
  page,
  app,
  organisation,
  patient,
}) => {
  const patientPath = `${organisation.path}/patients/${organisation.practice.id}/${patient.patientId}`;
  await page.clock.install();

  await test.step("confirmed too late", async () => {
    await openBooking(page, patientPath);
    await hold(page, 12);
    await changeHold(app, organisation, heldId(page), "expire");
    await confirmHold(page);
    const ended = page.getByRole("alert").filter({ hasText: "The hold has ended" });
    await expect(ended).toContainText("Nothing was booked.");
    await expect(page.getByText(/^Held until/)).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("left until the time is over", async () => {
    await openBooking(page, patientPath);
    await hold(page, 15);
    await changeHold(app, organisation, heldId(page), "expire");
    await page.clock.fastForward("16:00");
    await expect(
      page.getByRole("alert").filter({ hasText: "The hold has ended. Nothing is booked." }),
    ).toBeVisible();
    await expect(page.getByRole("button", { name: "Book appointment" })).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
  });
  const { items } = await organisation.portal.appointments.list.query({});
  expect(items.map(({ state }) => state)).toEqual(["lapsed", "lapsed"]);
});

test("a booking whose reply is lost is shown as unknown, with what to check, and not sent again", async ({
  page,
  app,
  organisation,
  patient,
}) => {
  const patientPath = `${organisation.path}/patients/${organisation.practice.id}/${patient.patientId}`;
  const lose = (operation: string) =>
    app.sandbox.injectFault({ operation, key: organisation.apiKey, reset: true });
  const countCalls = (operation: string) => app.sandbox.countCalls(operation, organisation.apiKey);

  await test.step("the reply to holding a time", async () => {
    await openBooking(page, patientPath);
    await lose("createAppointment");
    await freeTimes(page).nth(18).click();
    await page.getByRole("button", { name: "Hold this time" }).click();
    await expect(page).toHaveURL(/\/appointments\/[0-9a-f-]{36}$/);
    await expect(page.getByText("Unknown", { exact: true }).first()).toBeVisible();
    await expect(page.getByText("What to check at the practice")).toBeVisible();
    await expect(page.getByText("that could book twice")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    await page.reload();
    await expect(page.getByText("Unknown", { exact: true }).first()).toBeVisible();
    await expect(page.getByRole("button", { name: /^(Book|Hold|Send)/ })).toHaveCount(0);
    expect(await countCalls("createAppointment")).toBe(1);
  });

  await test.step("the reply to confirming a held time", async () => {
    await openBooking(page, patientPath);
    await hold(page, 21);
    await lose("bookAppointment");
    await confirmHold(page);
    await expect(page).toHaveURL(/\/appointments\/[0-9a-f-]{36}$/);
    await expect(page.getByText("Booking: not known whether it happened")).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    await expect(page.getByRole("button", { name: /^(Book|Move|Cancel)/ })).toHaveCount(0);
    expect(await countCalls("bookAppointment")).toBe(1);
  });
});
