import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { expectAccessible, expectAccessibleAtAllWidths } from "./support/assertions";
import { inDays, type Organisation } from "./support/organisation";
import { confirmDateOfBirth } from "./support/patient-pages";

test.use({ practiceGroupId: "30183" });
test.setTimeout(180_000);

/** Also where everything is in one narrow column. */
async function expectAccessibleOnPhones(page: Page): Promise<void> {
  await expectAccessibleAtAllWidths(page);
  await page.setViewportSize({ width: 320, height: 800 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function createFormLink({ portal, practice }: Organisation, patientId: string) {
  const forms = await portal.forms.list.query({ practiceId: practice.id });
  const form = forms.find(({ title }) => title === "Asthma control questionnaire");
  return portal.links.createForm.mutate({
    operationId: randomUUID(),
    practiceId: practice.id,
    formId: form?.id ?? "",
    patientId,
    expiresOn: inDays(7),
    maxUses: 1,
  });
}

/** A note that is stored in a month. */
async function scheduleNote({ portal, practice }: Organisation, patientId: string) {
  const draft = { practiceId: practice.id, patientId, channel: "note", text: "Rang." } as const;
  const { previewFingerprint, warnings } = await portal.messages.preview.mutate(draft);
  return portal.messages.send.mutate({
    ...draft,
    operationId: randomUUID(),
    previewFingerprint: previewFingerprint ?? "",
    confirmed: warnings.map(({ code }) => code),
    sendAt: `${inDays(30)}T12:00:00.000Z`,
  });
}

const taskOf = (page: Page) =>
  page
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name: "Asthma control questionnaire" }) });

test("a form that a patient sends becomes a task, which is read and changed", async ({
  page,
  app,
  organisation,
  patientPage,
}) => {
  const patient = await app.sandbox.createPatientCase("30183", "found");
  const patientId = patient.patientId ?? "";
  const link = await createFormLink(organisation, patientId);

  await test.step("the patient answers", async () => {
    await patientPage.goto(link.url ?? "");
    await confirmDateOfBirth(patientPage, patient.dateOfBirth);
    await patientPage.getByLabel("Do you smoke?").fill("Twice a day.");
    await patientPage.getByRole("button", { name: "Send answers" }).click();
    await expect(
      patientPage.getByRole("heading", { name: "Thank you, your form is sent" }),
    ).toBeVisible();
  });

  const section = page.getByRole("region", { name: "Form responses and tasks" });
  await test.step("the link's page shows the task without what the patient wrote", async () => {
    await page.goto(`${organisation.path}/links/${link.id}`);
    await expect(page).toHaveTitle(/^Asthma control questionnaire/);
    await expect(section.getByText("No form has been sent through this link.")).toBeVisible();
    await section.getByRole("button", { name: "Show tasks" }).click();
    await expect(taskOf(page).getByText("From this link")).toBeVisible();
    await expect(taskOf(page).getByText("Nobody")).toBeVisible();
    await expect(page.getByText("Twice a day.")).toHaveCount(0);
    await expect(page.getByText(patient.lastName)).toHaveCount(0);
    await expectAccessibleOnPhones(page);
  });

  await test.step("what the patient wrote is shown on request", async () => {
    await taskOf(page).getByRole("button", { name: "Show details" }).click();
    await expect(taskOf(page).getByText("Twice a day.")).toBeVisible();
    await taskOf(page).getByRole("button", { name: "Hide details" }).click();
    await expect(page.getByText("Twice a day.")).toHaveCount(0);
  });

  await test.step("status and assignee are changed", async () => {
    await taskOf(page).getByRole("button", { name: "Change" }).click();
    await taskOf(page).getByLabel("Status").selectOption("in_progress");
    await taskOf(page).getByLabel("Assigned to").selectOption({ label: "Ben Okafor" });
    await expectAccessibleOnPhones(page);
    await taskOf(page).getByRole("button", { name: "Save task" }).click();
    await expect(taskOf(page).getByText("Task saved in Hero")).toBeVisible();
    await expect(taskOf(page).getByText("In progress")).toBeVisible();
    await expect(taskOf(page).getByText("Ben Okafor")).toBeVisible();
    expect(await app.sandbox.countCalls("updateTask", organisation.apiKey)).toBe(1);
  });

  await test.step("a lost reply is said so, and nothing is sent again", async () => {
    const fault = { operation: "updateTask", key: organisation.apiKey, reset: true } as const;
    await app.sandbox.injectFault(fault);
    await taskOf(page).getByRole("button", { name: "Change" }).click();
    await taskOf(page).getByLabel("Priority").selectOption("highest");
    await taskOf(page).getByRole("button", { name: "Save task" }).click();
    await expect(
      taskOf(page).getByText("It is not known whether the task was changed"),
    ).toBeVisible();
    expect(await app.sandbox.countCalls("updateTask", organisation.apiKey)).toBe(2);
  });

  await test.step("the page of a message to the patient shows it too", async () => {
    const message = await scheduleNote(organisation, patientId);
    await page.goto(`${organisation.path}/messages/${message.id}`);
    await expect(page).toHaveTitle(/^Message – /);
    await section.getByRole("button", { name: "Show tasks" }).click();
    await expect(taskOf(page).getByText("In progress")).toBeVisible();
    await expectAccessibleOnPhones(page);
  });

  await test.step("the list of tasks is filtered", async () => {
    await page.goto(`${organisation.path}/tasks`);
    const own = taskOf(page).filter({ hasText: patientId });
    await expect(own).toHaveCount(1);
    await expectAccessibleOnPhones(page);
    await own.getByRole("button", { name: "Change" }).click();
    await own.getByLabel("Priority").selectOption("low");
    await own.getByRole("button", { name: "Save task" }).click();
    await expect(own.getByText("Task saved in Hero")).toBeVisible();
    // The list is read again, and the result stays.
    await expect(own.getByText("Low", { exact: true })).toBeVisible();
    await page.getByRole("form", { name: "Filters" }).getByLabel("Status").selectOption("closed");
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page).toHaveURL(/state=closed/);
    await expect(page.getByText("No tasks match")).toBeVisible();
    await page.getByRole("link", { name: "Clear the filters" }).click();
    await expect(own).toHaveCount(1);
  });
});

test("what Hero sends by itself is listed without its text", async ({ page, organisation }) => {
  await page.goto(`${organisation.path}/messages/automated`);
  const row = page.getByRole("row").filter({ hasText: "Registration welcome" });
  await expect(row).toBeVisible();
  await expect(page.getByText("Welcome to")).toHaveCount(0);
  await expectAccessibleOnPhones(page);
  await row.getByRole("button", { name: "Show text" }).click();
  await expect(row.getByText("Welcome to")).toBeVisible();
});
