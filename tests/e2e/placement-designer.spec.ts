import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import {
  expectAccessible,
  expectErrorSummary,
  expectAccessibleAtAllWidths,
} from "./support/assertions";
import { findMessageBuilder } from "./support/message-builder";

test.use({ practiceGroupId: "20533" });

const previewElement = (page: Page) =>
  findMessageBuilder(page.frameLocator("iframe[title='Message Builder']"));

const buttonColour = (page: Page) =>
  previewElement(page)
    .host.getByRole("button", { name: "Send" })
    .evaluate((button) => getComputedStyle(button).backgroundColor);

const fillColour = (page: Page, group: string, step: string, colour: string) =>
  page
    .getByRole("group", { name: group })
    .getByRole("textbox", { name: step, exact: true })
    .fill(colour);

test("a theme without contrast is rejected with its score; a good one is previewed and saved", async ({
  page,
  organisation,
}) => {
  const { id } = await organisation.createPlacement({ name: "Record page" });
  const readSavedTheme = async () =>
    (await organisation.portal.placements.get.query({ placementId: id })).theme;
  await page.goto(`${organisation.path}/elements/${id}/designer`);
  await page.getByRole("button", { name: "Show preview" }).click();
  await expect(previewElement(page).field).toBeVisible();
  const heroColour = await buttonColour(page);

  await page.getByRole("radio", { name: "Custom colours" }).check();
  await expect.poll(() => buttonColour(page)).toBe("rgb(0, 94, 184)");
  await fillColour(page, "Text typography", "lightest", "#8fa3b8");
  const contrastRow = page
    .getByRole("list", { name: "Contrast" })
    .getByRole("listitem")
    .filter({ hasText: "Text on a button" });
  await expect(contrastRow).toContainText("2.45 to 1");
  await expect(contrastRow).toContainText("Below 4.5");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save theme" }).click();
  await expectErrorSummary(page, "Text on a button has a contrast of 2.45 to 1");
  expect(await readSavedTheme()).toBeNull();

  await fillColour(page, "Text typography", "lightest", "#ffffff");
  await fillColour(page, "Buttons and highlights primary", "base", "#5b1a8b");
  await expect(contrastRow).toContainText("Pass");
  await expect.poll(() => buttonColour(page)).toBe("rgb(91, 26, 139)");
  // A colleague removes an origin while the designer is open.
  await organisation.portal.placements.update.mutate({
    placementId: id,
    name: "Record page, narrowed",
    practiceIds: [organisation.practice.id],
    origins: [],
    attributes: {},
  });
  await page.getByRole("button", { name: "Save theme" }).click();
  await expect(page.getByText("Theme saved")).toBeVisible();
  expect(await readSavedTheme()).toMatchObject({ colours: { primary: { base: "#5b1a8b" } } });
  expect(await organisation.portal.placements.get.query({ placementId: id })).toMatchObject({
    name: "Record page, narrowed",
    origins: [],
  });

  await page.getByRole("radio", { name: "Hero's default colours" }).check();
  await expect.poll(() => buttonColour(page)).toBe(heroColour);
  await page.getByRole("button", { name: "Save theme" }).click();
  await expect.poll(readSavedTheme).toBeNull();
});

test("the preview opens for a patient, counts down its token and logs its events", async ({
  page,
  organisation,
  patient,
}) => {
  const { id } = await organisation.createPlacement({ name: "Record page" });
  await page.goto(`${organisation.path}/elements/${id}/designer`);
  await page.getByLabel("Hero patient ID").fill("Jones");
  await page.getByRole("button", { name: "Show preview" }).click();
  await expectErrorSummary(page, "digits only");
  await expect(page.locator("iframe")).toHaveCount(0);
  await page.getByLabel("Hero patient ID").fill(patient.patientId);
  await page.getByLabel("Hero staff ID").fill("4711");
  await page.getByRole("button", { name: "Show preview" }).click();
  const element = previewElement(page);
  await expect(element.host).toHaveAttribute("patient-id", patient.patientId);
  await expect(element.host).toHaveAttribute("admin-id", "4711");
  await expect(element.host).toHaveAttribute("env", "staging");
  await expect(page.getByRole("timer")).toHaveText(/^(30:00|29:\d\d)$/);

  const events = page.getByRole("log", { name: "Events" });
  await expect(events).toContainText("The element is ready with a new token.");
  await element.send(`From the designer ${crypto.randomUUID()}`);
  const sent = events.getByRole("listitem").filter({ hasText: "HHMB.MESSAGE_SENT" }).last();
  await expect(sent).toContainText("Hint");
  await expect(sent).toContainText(/\d\d:\d\d:\d\d/);
  expect(page.url()).not.toContain(patient.patientId);
  await expectAccessible(page);
});

test("messages are accepted from the frame on the second origin only", async ({
  page,
  organisation,
}) => {
  const { id } = await organisation.createPlacement({ name: "Record page" });
  await page.goto(`${organisation.path}/elements/${id}/designer`);
  await page.getByRole("button", { name: "Show preview" }).click();
  const events = page.getByRole("log", { name: "Events" });
  await expect(events).toContainText("The element is ready");
  await page.evaluate(() =>
    window.postMessage({ type: "hero:event", detail: { name: "FORGED.HERE" } }, "*"),
  );
  await page.evaluate(() => {
    const other = document.createElement("iframe");
    document.body.append(other);
    const event = new MessageEvent("message", {
      data: { type: "hero:event", detail: { name: "FORGED.SOURCE" } },
      origin: new URL(document.querySelector("iframe")?.src ?? "").origin,
      source: other.contentWindow,
    });
    window.dispatchEvent(event);
    other.remove();
  });
  await page.waitForTimeout(200);
  await expect(events).not.toContainText("FORGED");
});

test("the code can be copied, with the placement's IDs and policy and without a key", async ({
  page,
  context,
  organisation,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { id } = await organisation.createPlacement({ name: "Record page" });
  await page.goto(`${organisation.path}/elements/${id}/code`);
  const code = page.getByRole("region", { name: "Code", exact: true });
  await expect(code.getByRole("tab", { name: "HTML" })).toHaveAttribute("aria-selected", "true");
  await expect(code).toContainText(`placement="${id}"`);
  await code.getByRole("tab", { name: "HTML" }).press("End");
  await expect(code.getByRole("tab", { name: "iframe" })).toBeFocused();
  await expect(code).toContainText("frame-src http://elements.localhost");
  await code.getByRole("button", { name: "Copy Content-Security-Policy" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("'nonce-NONCE'");
  for (const name of ["Node", "Python", "PHP", "C#", "curl"]) {
    await code.getByRole("tab", { name, exact: true }).click();
    await expect(code).toContainText(organisation.practice.practiceGroupId);
    await expect(code).toContainText("PORTAL_API_KEY");
  }
  expect(await page.content()).not.toContain("hpp_");
  await expectAccessibleAtAllWidths(page);
});
