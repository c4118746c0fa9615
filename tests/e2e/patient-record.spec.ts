import { expect, test } from "./fixtures";
import { expectAccessibleAtAllWidths } from "./support/assertions";

test.use({ practiceGroupId: "20533" });
test.setTimeout(90_000);

test("identifiers are masked until they are shown, which is recorded, and files can be shared", async ({
  page,
  app,
  organisation,
}) => {
  const { practiceGroupId, id: practiceId } = organisation.practice;
  const patient = await app.sandbox.createPatientCase(practiceGroupId, "attachments");
  await page.goto(`${organisation.path}/patients/${practiceId}/${patient.patientId}`);
  await expect(page).toHaveTitle(/^Patient – /);
  const identifiers = page.getByRole("region", { name: "Identifiers" });
  await expect(identifiers.getByText("Hidden").first()).toBeAttached();
  await expect(page.getByText(patient.lastName)).toHaveCount(0);
  await expectAccessibleAtAllWidths(page);

  await identifiers.getByRole("button", { name: "Show" }).click();
  await expect(identifiers.getByText(`${patient.firstName} ${patient.lastName}`)).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  await page.reload();
  await expect(page.getByText(patient.lastName)).toHaveCount(0);

  const files = page.getByRole("region", { name: "Files" });
  await files.getByRole("button", { name: "List files" }).click();
  await files
    .getByRole("button", { name: /^Create link/ })
    .first()
    .click();
  await expect(files.getByRole("button", { name: /^Copy link/ })).toBeVisible();
  await expectAccessibleAtAllWidths(page);

  await page.goto(`${organisation.path}/activity`);
  await expect(page.getByText("Showed a patient's identifiers")).toHaveCount(1);
  await expect(page.getByText("Created a link to a patient's file")).toHaveCount(1);
  await expect(page.getByText(patient.lastName)).toHaveCount(0);
});

test("all actions are refused for a patient who has died, each with its reason", async ({
  page,
  app,
  organisation,
}) => {
  const { practiceGroupId, id: practiceId } = organisation.practice;
  const patient = await app.sandbox.createPatientCase(practiceGroupId, "deceased");
  const path = `${organisation.path}/patients/${practiceId}/${patient.patientId}`;
  await page.goto(path);
  const actions = page.getByRole("region", { name: "Actions" });
  await expect(actions.getByRole("link")).toHaveCount(0);
  for (const button of await actions.getByRole("button").all()) {
    await expect(button).toBeDisabled();
    await expect(button).toHaveAccessibleDescription(/has died/);
  }
  await expectAccessibleAtAllWidths(page);
});

test("a booking for a restricted patient is interrupted, and a merge needs a second person", async ({
  page,
  app,
  organisation,
}) => {
  const { practiceGroupId, id: practiceId } = organisation.practice;
  const restricted = await app.sandbox.createPatientCase(practiceGroupId, "restricted");
  await page.goto(`${organisation.path}/patients/${practiceId}/${restricted.patientId}/book`);
  await expect(
    page.getByRole("heading", { name: "This patient's record is restricted" }),
  ).toBeVisible();
  await expect(page.getByLabel("Appointment type")).toHaveCount(0);
  await expectAccessibleAtAllWidths(page);
  await page.getByRole("button", { name: "I have read this. Continue to book" }).click();
  await expect(page.getByLabel("Appointment type")).toBeVisible();

  const other = await app.sandbox.createPatientCase(practiceGroupId, "mergeable");
  await page.goto(`${organisation.path}/patients/${practiceId}/${other.patientId}/merge`);
  await expect(page.getByText("You need a second person")).toBeVisible();
  await expectAccessibleAtAllWidths(page);
});
