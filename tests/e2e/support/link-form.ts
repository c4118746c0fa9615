import { expect, type Page } from "@playwright/test";
import { inDays, type Organisation } from "./organisation";
import { fillDateOfBirth } from "./patient-pages";
import type { BookablePatient, SandboxClient } from "./sandbox";
import { selectOption } from "./assertions";
import { fillDate } from "./dates";

export const createLinkButton = (page: Page) => page.getByRole("button", { name: "Create link" });

/** Opens the form for a new link and waits for its operation ID. */
export async function openLinkForm(
  page: Page,
  organisation: Organisation,
  kind?: "Patient invite" | "Generic link" | "Form link" | "Video link",
): Promise<void> {
  await page.goto(`${organisation.path}/links/new`);
  await expect(page).toHaveURL(/[?&]operation=/);
  if (kind) await page.getByRole("radio", { name: kind }).check();
}

/** The address for patients on the link's page. */
export const linkAddress = (page: Page) => page.getByText(/^http\S+\/s\/\S+$/).innerText();

type LinkFormValues = {
  kind?: "Patient invite" | "Generic link";
  patient?: BookablePatient;
  maxUses?: number;
};

/** Fills in the required fields. */
export async function fillLinkForm(page: Page, values: LinkFormValues = {}): Promise<void> {
  const { kind = "Generic link", patient, maxUses = 4 } = values;
  await page.getByRole("radio", { name: kind }).check();
  if (patient) await choosePatientById(page, patient);
  await selectOption(page.getByLabel("Appointment type"), /^Blood test/);
  await page.getByLabel("Location").selectOption({ index: 1 });
  await fillDate(page, "Expiry date", inDays(14));
  await page.getByLabel("Number of bookings").fill(String(maxUses));
  await expect(slotCount(page)).toContainText(/\d free slot|No free slots/);
}

/** Hero's slot count for the current selection. */
export const slotCount = (page: Page) => page.getByRole("status", { name: "Free slots" });

/** Looks up the patient by Hero's ID and date of birth, and confirms them. */
export async function choosePatientById(
  page: Page,
  { patientId, dateOfBirth }: Pick<BookablePatient, "patientId" | "dateOfBirth">,
): Promise<void> {
  await page.getByRole("radio", { name: "Hero patient ID" }).check();
  await page.getByRole("textbox", { name: "Hero patient ID" }).fill(patientId);
  await fillDateOfBirth(page, dateOfBirth);
  await page.getByRole("button", { name: "Find patient" }).click();
  await page.getByRole("button", { name: "Yes, this is the patient" }).click();
  await expect(page.getByRole("heading", { name: "Patient selected" })).toBeFocused();
}

/** The link's state on its page. */
export const stateHeading = (page: Page, name: string) =>
  page.getByRole("heading", { level: 2, name, exact: true });

/**
 * A random number of uses that marks a test's links at Hero, and the links created with it from now on.
 * Other tests create links at the same time, and random numbers can collide.
 */
export async function uniqueMaxUses(sandbox: SandboxClient) {
  const existingIds = new Set((await sandbox.listLinks()).map((link) => link.id));
  const uniqueUses = 1000 + Math.floor(Math.random() * 9000);
  const listCreated = async () =>
    (await sandbox.listLinks()).filter(
      ({ id, maxUses }) =>
        !existingIds.has(id) && (maxUses === uniqueUses || maxUses === uniqueUses + 1),
    );
  return { uniqueUses, listCreated };
}
