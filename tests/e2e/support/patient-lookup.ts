import { expect, type Page } from "@playwright/test";
import type { Patient } from "./sandbox";
import { fillDateOfBirth } from "./patient-pages";

export const lookupButton = (page: Page) => page.getByRole("button", { name: "Find patient" });

/** Looks up a patient by NHS number and date of birth. */
export async function lookUpByNhsNumber(
  page: Page,
  { nhsNumber, dateOfBirth }: Pick<Patient, "nhsNumber" | "dateOfBirth">,
): Promise<void> {
  await page.getByLabel("NHS number", { exact: true }).fill(nhsNumber);
  await fillDateOfBirth(page, dateOfBirth);
  await lookupButton(page).click();
}

/** Expects the screen of a look-up result, with focus. */
export async function expectLookupResult(page: Page, title: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 3, name: title })).toBeFocused();
}

export async function confirmPatient(page: Page): Promise<void> {
  await expectLookupResult(page, "Is this the patient?");
  await page.getByRole("button", { name: "Yes, this is the patient" }).click();
  await expect(page.getByRole("heading", { name: "Patient selected" })).toBeFocused();
}
