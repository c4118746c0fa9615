import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { expectAccessible, expectAccessibleAtAllWidths } from "./support/assertions";

// Its name changes here, which no other file may see.
test.use({ practiceGroupId: "kingsway-31" });
test.setTimeout(60_000);

const openForm = async (page: Page) => {
  await page.getByRole("button", { name: "Edit name and address" }).click();
  const dialog = page.getByRole("dialog", { name: "Name and address in Hero" });
  await expect(dialog.getByLabel("Name", { exact: true })).toBeFocused();
  return dialog;
};
const newTown = () => `Town ${randomUUID().slice(0, 6)}`;

test("an owner reads the settings, and changes name and address after seeing the difference", async ({
  page,
  organisation,
}) => {
  await page.goto(`${organisation.path}/practices/${organisation.practice.id}`);
  const card = page.getByRole("region", { name: "In Hero" });
  await expect(card.getByText("15 minutes")).toBeVisible();
  await expect(card.getByText("24 hours before")).toBeVisible();
  await expect(card).not.toContainText(/canary|password|credential/i);
  await expectAccessibleAtAllWidths(page);

  const dialog = await openForm(page);
  await page.keyboard.press("ControlOrMeta+a");
  const name = `Kingsway ${randomUUID().slice(0, 6)}`;
  await page.keyboard.type(name);
  await dialog.getByLabel("Town").fill(newTown());
  await dialog.getByLabel("Postcode").fill("nowhere");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Enter a full UK postcode.");
  await expectAccessible(page);
  await dialog.getByLabel("Postcode").fill("kt26qw");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("heading", { name: "Check the changes" })).toBeFocused();
  await expect(dialog.getByRole("definition")).toHaveCount(3);
  await expect(dialog).toContainText(`After: ${name}`);
  await expect(dialog).toContainText("After: KT2 6QW");
  await expectAccessibleAtAllWidths(page);
  await dialog.getByRole("button", { name: "Save in Hero" }).click();
  await expect(dialog).toBeHidden();
  await expect(card).toContainText(name);
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
});

test("the second of two owners is shown what the first changed, and keeps their own", async ({
  page,
  organisation,
}) => {
  const { portal, practice, path } = organisation;
  await page.goto(`${path}/practices/${practice.id}`);
  const dialog = await openForm(page);
  const { details } = await portal.practices.settings.query({ practiceId: practice.id });
  const [ownTown, otherCounty] = [newTown(), newTown()];
  await portal.practices.changeDetails.mutate({
    ...details,
    practiceId: practice.id,
    county: otherCounty,
  });
  await dialog.getByLabel("Town").fill(ownTown);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByRole("button", { name: "Save in Hero" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Someone changed this practice");
  await expect(dialog.getByRole("alert")).toContainText(`After: ${otherCounty}`);
  await expectAccessibleAtAllWidths(page);
  await expect(dialog.getByLabel("County")).toHaveValue(otherCounty);
  await expect(dialog.getByLabel("Town")).toHaveValue(ownTown);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await expect(dialog.getByRole("definition")).toHaveCount(1);
  await dialog.getByRole("button", { name: "Save in Hero" }).click();
  await expect(dialog).toBeHidden();
  const after = await portal.practices.settings.query({ practiceId: practice.id });
  expect(after.details).toMatchObject({ town: ownTown, county: otherCounty });
});

test("a change whose reply was lost is shown as not known, and is not sent again", async ({
  page,
  app,
  organisation,
}) => {
  await page.goto(`${organisation.path}/practices/${organisation.practice.id}`);
  const dialog = await openForm(page);
  await dialog.getByLabel("Town").fill(newTown());
  await dialog.getByRole("button", { name: "Continue" }).click();
  await app.sandbox.injectFault({
    operation: "updatePracticeGroup",
    key: organisation.apiKey,
    reset: true,
  });
  await dialog.getByRole("button", { name: "Save in Hero" }).click();
  await expect(dialog.getByRole("alert")).toContainText("We do not know whether Hero saved");
  await expectAccessibleAtAllWidths(page);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(dialog).toBeHidden();
  expect(await app.sandbox.countCalls("updatePracticeGroup", organisation.apiKey)).toBe(1);
});
