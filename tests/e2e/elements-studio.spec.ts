import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import type { Office } from "./support/office";
import { expectAccessible, expectErrorSummary, expectNoSidewaysScroll } from "./support/screen";
import { openStandIn } from "./support/stand-in-element";

test.use({ practiceGroupId: "20533" });

const makePlacement = ({ portal, practice }: Office) =>
  portal.placements.create.mutate({
    element: "hh-message-builder",
    name: "Record page",
    practiceIds: [practice.id],
    origins: ["https://app.example.org"],
    theme: null,
    attributes: {},
  });

const elementIn = (page: Page) => openStandIn(page.frameLocator("iframe[title='Message Builder']"));

const colourOf = (page: Page) =>
  elementIn(page)
    .host.getByRole("button", { name: "Send" })
    .evaluate((button) => getComputedStyle(button).backgroundColor);

const typeColour = (page: Page, group: string, step: string, colour: string) =>
  page
    .getByRole("group", { name: group })
    .getByRole("textbox", { name: step, exact: true })
    .fill(colour);

test("a theme without contrast is refused with its score; a good one is seen at once, and saved", async ({
  page,
  office,
}) => {
  const { id } = await makePlacement(office);
  const saved = async () => (await office.portal.placements.get.query({ placementId: id })).theme;
  await page.goto(`${office.path}/elements/${id}/studio`);
  await page.getByRole("button", { name: "Show the preview" }).click();
  await expect(elementIn(page).field).toBeVisible();
  const heroColour = await colourOf(page);

  await page.getByRole("radio", { name: "Colours of your own" }).check();
  await expect.poll(() => colourOf(page)).toBe("rgb(0, 94, 184)");
  await typeColour(page, "Text typography", "lightest", "#8fa3b8");
  const onButton = page
    .getByRole("list", { name: "Contrast" })
    .getByRole("listitem")
    .filter({ hasText: "Text on a button" });
  await expect(onButton).toContainText("2.45 to 1");
  await expect(onButton).toContainText("Under 4.5");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save the theme" }).click();
  await expectErrorSummary(page, "Text on a button has a contrast of 2.45 to 1");
  expect(await saved()).toBeNull();

  await typeColour(page, "Text typography", "lightest", "#ffffff");
  await typeColour(page, "Buttons and highlights primary", "base", "#5b1a8b");
  await expect(onButton).toContainText("Enough");
  await expect.poll(() => colourOf(page)).toBe("rgb(91, 26, 139)");
  // A colleague takes an origin out while the studio is open.
  await office.portal.placements.update.mutate({
    placementId: id,
    name: "Record page, narrowed",
    practiceIds: [office.practice.id],
    origins: [],
    attributes: {},
  });
  await page.getByRole("button", { name: "Save the theme" }).click();
  await expect(page.getByText("Theme saved")).toBeVisible();
  expect(await saved()).toMatchObject({ colours: { primary: { base: "#5b1a8b" } } });
  expect(await office.portal.placements.get.query({ placementId: id })).toMatchObject({
    name: "Record page, narrowed",
    origins: [],
  });

  await page.getByRole("radio", { name: "Hero's own colours" }).check();
  await expect.poll(() => colourOf(page)).toBe(heroColour);
  await page.getByRole("button", { name: "Save the theme" }).click();
  await expect.poll(saved).toBeNull();
});

test("the preview opens for a patient, counts its token down and tells what happens in it", async ({
  page,
  house,
  office,
}) => {
  const { id } = await makePlacement(office);
  const [patient] = await house.sandbox.patientsOf(office.practice.practiceGroupId);
  await page.goto(`${office.path}/elements/${id}/studio`);
  await page.getByLabel("Hero patient id").fill("Jones");
  await page.getByRole("button", { name: "Show the preview" }).click();
  await expectErrorSummary(page, "digits only");
  await expect(page.locator("iframe")).toHaveCount(0);
  await page.getByLabel("Hero patient id").fill(patient?.patientId ?? "");
  await page.getByLabel("Hero admin id").fill("4711");
  await page.getByRole("button", { name: "Show the preview" }).click();
  const element = elementIn(page);
  await expect(element.host).toHaveAttribute("patient-id", patient?.patientId ?? "");
  await expect(element.host).toHaveAttribute("admin-id", "4711");
  await expect(element.host).toHaveAttribute("env", "staging");
  await expect(page.getByRole("timer")).toHaveText(/^(30:00|29:\d\d)$/);

  const events = page.getByRole("log", { name: "Events" });
  await expect(events).toContainText("The element is there, with a new token.");
  await element.send(`From the studio ${crypto.randomUUID()}`);
  const sent = events.getByRole("listitem").filter({ hasText: "HHMB.MESSAGE_SENT" }).last();
  await expect(sent).toContainText("Hint");
  await expect(sent).toContainText(/\d\d:\d\d:\d\d/);
  expect(page.url()).not.toContain(patient?.patientId ?? "");
  await expectAccessible(page);
});

test("only the frame is heard, and only from the second origin", async ({ page, office }) => {
  const { id } = await makePlacement(office);
  await page.goto(`${office.path}/elements/${id}/studio`);
  await page.getByRole("button", { name: "Show the preview" }).click();
  const events = page.getByRole("log", { name: "Events" });
  await expect(events).toContainText("The element is there");
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

test("code stands ready to copy, with the placement's ids, its policy and never a key", async ({
  page,
  context,
  office,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { id } = await makePlacement(office);
  await page.goto(`${office.path}/elements/${id}/studio`);
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
    await expect(code).toContainText(office.practice.practiceGroupId);
    await expect(code).toContainText("PORTAL_API_KEY");
  }
  expect(await page.content()).not.toContain("hpp_");
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
    if (width !== 320) await expectAccessible(page);
  }
});
