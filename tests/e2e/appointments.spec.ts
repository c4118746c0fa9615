import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import {
  expectAccessible,
  expectAccessibleAtAllWidths,
  expectErrorSummary,
  selectOption,
} from "./support/assertions";
import { tabTo } from "./support/keyboard";

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
