import type { Page } from "@playwright/test";
import { z } from "zod";
import { type App, expect, test } from "./fixtures";
import { expectAccessibleAtAllWidths, expectErrorSummary } from "./support/assertions";
import type { Organisation } from "./support/organisation";
import { fillDateOfBirth } from "./support/patient-pages";

test.use({ practiceGroupId: "20417" });
test.setTimeout(90_000);

const caseSchema = z.object({
  patients: z.array(z.object({ patientId: z.string(), dateOfBirth: z.string() })),
});

/** Opens the page for a new patient of one of the sandbox's cases. */
async function openCase(page: Page, app: App, organisation: Organisation, name: string) {
  const { practiceGroupId, id } = organisation.practice;
  const reply = await fetch(`${app.demo.sandboxUrl}/_sandbox/patient-cases`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ practiceGroupId, name }),
  });
  const [patient] = caseSchema.parse(await reply.json()).patients;
  if (!patient) throw new Error("The case has no patient.");
  await page.goto(`${organisation.path}/patients/${id}/${patient.patientId}/ehr`);
  return patient;
}

const compareButton = (page: Page) => page.getByRole("button", { name: "Compare records" });

async function compare(page: Page, dateOfBirth: string): Promise<void> {
  await fillDateOfBirth(page, dateOfBirth);
  await compareButton(page).click();
}

test("a patient is connected with the keyboard alone, after a difference was confirmed", async ({
  page,
  app,
  organisation,
  pageMonitor,
}) => {
  pageMonitor.expectFailedResponses(400, /patientEhr\.compare$/);
  const { dateOfBirth } = await openCase(page, app, organisation, "candidate_differs_in_name");
  await expectAccessibleAtAllWidths(page);
  await compare(page, "1901-01-01");
  await expectErrorSummary(page, "This is not the date of birth in Hero's record");
  await expect(page.getByRole("heading", { name: /may be this patient/ })).toHaveCount(0);
  await expectAccessibleAtAllWidths(page);

  await fillDateOfBirth(page, dateOfBirth);
  await compareButton(page).press("Enter");
  const list = page.getByRole("heading", { name: "1 clinical record may be this patient" });
  await expect(list).toBeFocused();
  await expect(page.getByText("Different last name")).toBeVisible();
  await expect(page.getByText("Same date of birth")).toBeVisible();
  await expectAccessibleAtAllWidths(page);

  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Connect this record" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "The two records differ" })).toBeFocused();
  const connect = page.getByRole("button", { name: "Connect despite the differences" });
  await connect.press("Enter");
  await expectErrorSummary(page, "Confirm that you checked that this is the same person.");
  await expectAccessibleAtAllWidths(page);
  await page.getByRole("checkbox").press("Space");
  await connect.press("Enter");
  await expect(page.getByRole("heading", { name: "The patient is connected" })).toBeFocused();
  await expectAccessibleAtAllWidths(page);
  expect(await app.sandbox.countCalls("connectPatientEhr", organisation.apiKey)).toBe(1);
  expect(await page.title()).not.toMatch(/Penrose|Polly/);
});

test("a record that is not the same person can be set aside and taken back", async ({
  page,
  app,
  organisation,
}) => {
  const { dateOfBirth } = await openCase(page, app, organisation, "one_candidate");
  await compare(page, dateOfBirth);
  await page.getByRole("button", { name: "Not the same person" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expectErrorSummary(page, "Select why this is not the same person.");
  await expectAccessibleAtAllWidths(page);
  await page.getByRole("radio", { name: "A relative or twin" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Reason: A relative or twin")).toBeVisible();
  await expect(page.getByRole("button", { name: "Connect this record" })).toHaveCount(0);
  await expectAccessibleAtAllWidths(page);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "Connect this record" })).toBeVisible();
});

test("a record of another Hero patient points to merging, and a lost reply is unknown", async ({
  page,
  app,
  organisation,
}) => {
  const taken = await openCase(page, app, organisation, "candidate_is_hero_patient");
  await compare(page, taken.dateOfBirth);
  await expect(page.getByText("Connected to another Hero patient")).toBeVisible();
  await expect(page.getByRole("link", { name: "Compare and merge" })).toHaveAttribute(
    "href",
    new RegExp(`/${taken.patientId}/merge$`),
  );
  await expect(page.getByRole("button", { name: "Connect this record" })).toHaveCount(0);
  await expectAccessibleAtAllWidths(page);

  const none = await openCase(page, app, organisation, "no_candidates");
  await compare(page, none.dateOfBirth);
  await expect(page.getByRole("heading", { name: "No clinical records to compare" })).toBeFocused();
  await expectAccessibleAtAllWidths(page);

  const lost = await openCase(page, app, organisation, "one_candidate");
  await compare(page, lost.dateOfBirth);
  await app.sandbox.injectFault({
    operation: "connectPatientEhr",
    key: organisation.apiKey,
    reset: true,
  });
  await page.getByRole("button", { name: "Connect this record" }).click();
  const unknown = page.getByRole("heading", {
    name: "We do not know whether the patient is connected",
  });
  await expect(unknown).toBeFocused();
  await expectAccessibleAtAllWidths(page);
  await page.getByRole("button", { name: "Check again" }).click();
  await expect(page.getByText("We do not know whether this patient is connected")).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  expect(await app.sandbox.countCalls("connectPatientEhr", organisation.apiKey)).toBe(1);
});
