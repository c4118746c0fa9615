import { expect, type Page } from "@playwright/test";
import { inDays, type Office } from "./office";
import type { Sandbox } from "./sandbox";
import { choose } from "./screen";

export const makeButton = (page: Page) => page.getByRole("button", { name: "Make the link" });

/** Opens the form for a new link, and waits for what makes it safe to send: its operation id. */
export async function openLinkForm(page: Page, office: Office): Promise<void> {
  await page.goto(`${office.path}/links/new`);
  await expect(page).toHaveURL(/[?&]operation=/);
}

type Wanted = { audience?: "One patient" | "Many patients"; patientId?: string; uses?: number };

/** Fills in everything the form must have. */
export async function fillLinkForm(page: Page, wanted: Wanted = {}): Promise<void> {
  const { audience = "Many patients", patientId, uses = 4 } = wanted;
  await page.getByRole("radio", { name: audience }).check();
  if (patientId) await page.getByLabel("Hero patient id").fill(patientId);
  await choose(page.getByLabel("Appointment type"), /^Blood test/);
  await page.getByLabel("Location").selectOption({ index: 1 });
  await page.getByLabel("Expires").fill(inDays(14));
  await page.getByLabel("Bookings").fill(String(uses));
}

/** The state of the link whose page this is. */
export const stateHeading = (page: Page, name: string) =>
  page.getByRole("heading", { level: 2, name, exact: true });

/**
 * A number of uses for links that are to be counted at Hero, and their count from now on. Others make
 * links at the same time, and numbers taken at random do meet; so earlier links are left out.
 */
export async function countableUses(sandbox: Sandbox) {
  const known = new Set((await sandbox.links()).map((link) => link.id));
  const uses = 1000 + Math.floor(Math.random() * 9000);
  const made = async () =>
    (await sandbox.links()).filter(
      ({ id, maximumUses }) => !known.has(id) && [uses, uses + 1].includes(maximumUses),
    );
  return { uses, made };
}
