import { expect, test } from "./fixtures";
import { expectAccessible, expectAccessibleAtAllWidths } from "./support/assertions";
import { expectDate } from "./support/dates";
import {
  choosePatientById,
  createLinkButton,
  linkAddress,
  openLinkForm,
  stateHeading,
} from "./support/link-form";
import { inDays } from "./support/organisation";
import { confirmDateOfBirth } from "./support/patient-pages";

test.setTimeout(60_000);

test.describe("at a practice with video consultations", () => {
  test.use({ practiceGroupId: "30182" });

  test("a video link is created for a patient, who joins with it more than once", async ({
    page,
    organisation,
    patient,
    patientPage,
  }) => {
    await openLinkForm(page, organisation, "Video link");
    await expect(createLinkButton(page)).toBeHidden();
    await choosePatientById(page, patient);
    await expectDate(page, "Expiry date", inDays(7));
    for (const absent of ["Number of bookings", "Number of responses", "First date", "Form"]) {
      await expect(page.getByLabel(absent, { exact: true })).toHaveCount(0);
    }
    await expect(page.locator("#link-summary")).toContainText(
      `Patient ${patient.patientId} of ${organisation.practice.name} can join a video consultation, until the end of`,
    );
    await expectAccessibleAtAllWidths(page);
    await createLinkButton(page).click();

    await expect(stateHeading(page, "Live")).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Video consultation");
    await expect(
      page.getByText(/^The patient can join until the end of .*, UK time/),
    ).toBeVisible();
    await expect(page.getByText("Video links cannot be edited or closed")).toBeVisible();
    await expect(page.getByRole("link", { name: "Edit" })).toHaveCount(0);
    const usage = page.getByRole("region", { name: "Usage" });
    await expect(usage).toContainText("JoinedNot yet");
    await expectAccessibleAtAllWidths(page);

    const address = await linkAddress(page);
    await patientPage.goto(address);
    await confirmDateOfBirth(patientPage, patient.dateOfBirth);
    for (let visit = 1; visit <= 2; visit += 1) {
      await patientPage.goto(address);
      await expect(
        patientPage.getByRole("heading", { name: "Your video consultation" }),
      ).toBeVisible();
      await patientPage.getByRole("button", { name: "Join the call" }).click();
      await expect(
        patientPage.getByRole("heading", { name: "You are in the waiting room" }),
      ).toBeVisible();
    }
    await expectAccessible(patientPage);

    await usage.getByRole("button", { name: "Refresh" }).click();
    await expect(usage).toContainText("JoinedYes");
    await expect(stateHeading(page, "Live")).toBeVisible();
    await page.goto(`${organisation.path}/links?kind=video`);
    const row = page.getByRole("row", { name: /Video consultation/ });
    await expect(row).toContainText("Video link · One patient");
    await expect(row).toContainText("Joined");
    await expectAccessible(page);
  });
});

test.describe("at a practice without video consultations", () => {
  test.use({ practiceGroupId: "20533" });

  test("video links are not offered, a person can try one, and Hero's refusal is shown", async ({
    page,
    organisation,
    patient,
  }) => {
    const { name } = organisation.practice;
    await openLinkForm(page, organisation);
    const choice = page.getByRole("radio", { name: "Video link" });
    await expect(choice).toHaveCount(0);
    await expect(
      page.getByText(
        `Video links are not offered. Hero does not list video consultations among the capabilities of ${name}.`,
      ),
    ).toBeVisible();
    await expectAccessible(page);

    await page.getByRole("button", { name: "Offer video links anyway" }).click();
    await choice.check();
    await choosePatientById(page, patient);
    await createLinkButton(page).click();
    await expect(stateHeading(page, "Not created")).toBeVisible();
    await expect(
      page.getByText(`Hero may not offer video links to ${name} yet. No link was created.`),
    ).toBeVisible();

    await page.getByRole("link", { name: "Try again with the same details" }).click();
    await expect(page.getByText(`Hero refused the last video link for ${name}.`)).toBeVisible();
    await expect(choice).toHaveCount(0);
    await expect(createLinkButton(page)).toHaveCount(0);
  });
});
