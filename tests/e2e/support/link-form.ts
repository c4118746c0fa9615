import { expect, type Page } from "@playwright/test";
import { inDays, type Organisation } from "./organisation";
import type { SandboxClient } from "./sandbox";
import { selectOption } from "./assertions";

export const createLinkButton = (page: Page) => page.getByRole("button", { name: "Make the link" });

/** Opens the form for a new link, and waits for what makes it safe to send: its operation id. */
export async function openLinkForm(page: Page, office: Organisation): Promise<void> {
  await page.goto(`${office.path}/links/new`);
  await expect(page).toHaveURL(/[?&]operation=/);
}

type LinkFormValues = {
  kind?: "Patient invite" | "Generic link";
  patientId?: string;
  maxUses?: number;
};

/** Fills in everything the form must have. */
export async function fillLinkForm(page: Page, values: LinkFormValues = {}): Promise<void> {
  const { kind = "Generic link", patientId, maxUses = 4 } = values;
  await page.getByRole("radio", { name: kind }).check();
  if (patientId) await choosePatientById(page, patientId);
  await selectOption(page.getByLabel("Appointment type"), /^Blood test/);
  await page.getByLabel("Location").selectOption({ index: 1 });
  await page.getByLabel("Expires").fill(inDays(14));
  await page.getByLabel("Bookings").fill(String(maxUses));
  await expect(slotCount(page)).toContainText(/\d free slot|No free slots/);
}

/** What Hero counts for the choice as it stands. */
export const slotCount = (page: Page) => page.getByRole("status", { name: "Free slots" });

/** Chooses the patient of an invite by Hero's own id, and says yes to who it is. */
export async function choosePatientById(page: Page, patientId: string): Promise<void> {
  await page.getByRole("radio", { name: "Hero patient id" }).check();
  await page.getByRole("textbox", { name: "Hero patient id" }).fill(patientId);
  await page.getByRole("button", { name: "Look up the patient" }).click();
  await page.getByRole("button", { name: "Yes, this is the patient" }).click();
  await expect(page.getByRole("heading", { name: "The patient is chosen" })).toBeFocused();
}

/** The state of the link whose page this is. */
export const stateHeading = (page: Page, name: string) =>
  page.getByRole("heading", { level: 2, name, exact: true });

/**
 * A number of uses for links that are to be counted at Hero, and their count from now on. Others make
 * links at the same time, and numbers taken at random do meet; so earlier links are left out.
 */
export async function uniqueMaxUses(sandbox: SandboxClient) {
  const existingIds = new Set((await sandbox.listLinks()).map((link) => link.id));
  const uniqueUses = 1000 + Math.floor(Math.random() * 9000);
  const listCreated = async () =>
    (await sandbox.listLinks()).filter(
      ({ id, maxUses }) => !existingIds.has(id) && [uniqueUses, uniqueUses + 1].includes(maxUses),
    );
  return { uniqueUses: uniqueUses, listCreated: listCreated };
}
