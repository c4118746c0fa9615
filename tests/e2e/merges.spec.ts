import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { expectAccessibleAtAllWidths, expectErrorSummary } from "./support/assertions";
import { tabTo } from "./support/keyboard";
import { createPair, signInAs } from "./support/merges";

test.setTimeout(120_000);

type Person = Awaited<ReturnType<typeof signInAs>>;

const mergesTab = (page: Page) =>
  page.getByRole("navigation", { name: "Patients" }).getByRole("link", { name: /^Merges/ });

/** Expects the tab to say how many requests wait for a person. Other tests' requests come and go. */
async function expectWaiting({ page, portal, path }: Person, minWaiting: number): Promise<void> {
  await expect(async () => {
    await page.goto(`${path}/merges`);
    const { waitingForYou } = await portal.merges.summary.query();
    expect(waitingForYou).toBeGreaterThanOrEqual(minWaiting);
    await expect(mergesTab(page)).toHaveAccessibleName(
      waitingForYou > 0 ? `Merges ${waitingForYou} waiting for you` : "Merges",
      { timeout: 1_000 },
    );
  }).toPass();
}

test("one person requests a merge, and a second one compares for themselves and approves", async ({
  app,
  context,
  otherBrowser,
}) => {
  const { page, practice, path } = await signInAs(app, context, "owner");
  const pair = await createPair(app, practice.practiceGroupId, "mergeable");

  await test.step("the first person compares and requests", async () => {
    await page.goto(`${path}/patients/${practice.id}/${pair.patientId}`);
    await page.getByRole("link", { name: "Merge with another record" }).click();
    const other = page.getByLabel("Hero patient ID of the other record");
    await other.fill("not a number");
    await page.getByRole("button", { name: "Compare records" }).click();
    await expectErrorSummary(page, "digits");
    await other.fill(pair.otherPatientId);
    await page.getByRole("button", { name: "Compare records" }).click();
    await expect(page.getByRole("heading", { name: "Request the merge" })).toBeVisible();
    await expect(page.getByText(/demographics/i).first()).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    expect(page.url()).not.toContain(pair.otherPatientId);
    await page.getByRole("button", { name: "Request merge" }).click();
    await expect(page).toHaveURL(/\/merges\/[0-9a-f-]{36}$/);
    await expect(page.getByRole("button", { name: "Withdraw request" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Approve and merge" })).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
  });

  const second = await signInAs(app, await otherBrowser(), "admin");
  const requestUrl = page.url();

  await test.step("the second person's tab says how many requests wait for them", async () => {
    await expectWaiting(second, 1);
    await expect(mergesTab(second.page)).toHaveAttribute("aria-current", "page");
    await expectAccessibleAtAllWidths(second.page);
    await second.page.goto(`${second.path}/patients`);
    await expect(mergesTab(second.page)).toHaveAccessibleName(/^Merges [1-9]\d* waiting for you$/);
    await expectAccessibleAtAllWidths(second.page);
    await mergesTab(second.page).click();
    const row = second.page.getByRole("row").filter({ hasText: pair.otherPatientId });
    await row.getByRole("link").click();
    await expect(second.page).toHaveURL(requestUrl);
  });

  await test.step("the second person decides", async () => {
    await expect(second.page.getByRole("button", { name: "Approve and merge" })).toHaveCount(0);
    await second.page.getByRole("button", { name: "Compare records" }).click();
    await second.page.getByRole("button", { name: "Approve and merge" }).click();
    await expect(second.page.getByRole("alertdialog")).toContainText("cannot be undone");
    await expectAccessibleAtAllWidths(second.page);
    await second.page.getByRole("button", { name: "Merge records" }).click();
    await expect(second.page.getByText("Merged", { exact: true }).first()).toBeVisible();
    await expect(second.page.getByRole("button", { name: "Approve and merge" })).toHaveCount(0);
    await expectWaiting(second, 0);
    await expectAccessibleAtAllWidths(second.page);
  });
});

test("records that may be of two people are refused before a merge can be requested", async ({
  app,
  context,
}) => {
  const { page, practice, path } = await signInAs(app, context, "owner");
  for (const [name, sentence] of [
    ["different_nhs_numbers", "national back office"],
    ["same_number_other_name", "Possible confusion"],
    ["sex_changed", "Ask the practice"],
  ] as const) {
    const pair = await createPair(app, practice.practiceGroupId, name);
    await page.goto(`${path}/patients/${practice.id}/${pair.patientId}/merge`);
    await page.getByLabel("Hero patient ID of the other record").fill(pair.otherPatientId);
    await page.getByRole("button", { name: "Compare records" }).click();
    await expect(page.getByText(sentence).first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Request merge" })).toHaveCount(0);
  }
  await expectAccessibleAtAllWidths(page);
});

test("two people merge two records with the keyboard alone", async ({
  app,
  context,
  otherBrowser,
}) => {
  const { page, practice, path } = await signInAs(app, context, "owner");
  const pair = await createPair(app, practice.practiceGroupId, "mergeable");

  await test.step("the first person compares and requests", async () => {
    await page.goto(`${path}/patients/${practice.id}/${pair.patientId}`);
    await tabTo(page, page.getByRole("link", { name: "Merge with another record" }));
    await page.keyboard.press("Enter");
    const other = page.getByLabel("Hero patient ID of the other record");
    await expect(other).toBeVisible();
    await tabTo(page, other);
    await page.keyboard.type(pair.otherPatientId);
    await page.keyboard.press("Enter");
    const request = page.getByRole("button", { name: "Request merge" });
    await expect(request).toBeVisible();
    // The comparison has the focus, so that Tab goes on from it.
    await expect(page.locator(":focus")).toContainText("Request the merge");
    await tabTo(page, request);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/merges\/[0-9a-f-]{36}$/);
  });

  await test.step("the second person compares and approves", async () => {
    const second = await signInAs(app, await otherBrowser(), "admin");
    await second.page.goto(page.url());
    const { keyboard } = second.page;
    await tabTo(second.page, second.page.getByRole("button", { name: "Compare records" }));
    await keyboard.press("Enter");
    const approve = second.page.getByRole("button", { name: "Approve and merge" });
    await expect(approve).toBeVisible();
    await tabTo(second.page, approve);
    await keyboard.press("Enter");
    const dialog = second.page.getByRole("alertdialog");
    await expect(dialog.locator(":focus")).toHaveCount(1);
    await keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(approve).toBeFocused();
    await keyboard.press("Enter");
    await tabTo(second.page, dialog.getByRole("button", { name: "Merge records" }));
    await keyboard.press("Enter");
    await expect(second.page.getByText("Merged", { exact: true }).first()).toBeVisible();
    await expectAccessibleAtAllWidths(second.page);
  });
});
