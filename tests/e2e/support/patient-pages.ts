import { expect, type Page } from "@playwright/test";
import type { Patient } from "./sandbox";

export async function fillDateOfBirth(page: Page, dateOfBirth: string): Promise<void> {
  const [year = "", month = "", day = ""] = dateOfBirth.split("-");
  const group = page.getByRole("group", { name: "Date of birth" });
  await group.getByLabel("Day").fill(day);
  await group.getByLabel("Month").fill(month);
  await group.getByLabel("Year").fill(year);
}

export async function confirmDateOfBirth(page: Page, dateOfBirth: string): Promise<void> {
  await fillDateOfBirth(page, dateOfBirth);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Selects the first time and accepts the practice's notice. */
export async function selectFirstSlot(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Choose a day and time" })).toBeVisible();
  await page
    .getByRole("button", { name: /^\d{1,2}[:.]\d{2}/ })
    .first()
    .click();
  await page.getByRole("button", { name: "I understand, continue" }).click();
}

/** Signs in at the stand-in for NHS login. */
export async function signInAsPatient(page: Page, patient: Patient): Promise<void> {
  await page.getByLabel("NHS number").fill(patient.nhsNumber);
  await fillDateOfBirth(page, patient.dateOfBirth);
  await page.getByRole("button", { name: "Sign in and continue" }).click();
}

export async function confirmBooking(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Confirm booking" }).click();
  await expect(page.getByRole("heading", { name: "Your appointment is booked" })).toBeVisible();
}
