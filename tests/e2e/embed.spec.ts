import type { FrameLocator, Page } from "@playwright/test";
import type { BrowserKind } from "@/components/elements/snippets/policy";
import { expect, test } from "./fixtures";
import type { Organisation } from "./support/organisation";
import { findMessageBuilder } from "./support/message-builder";

test.use({ practiceGroupId: "30183" });

const kinds: BrowserKind[] = ["html", "react", "next", "iframe"];
const frameFor = (kind: BrowserKind, page: Page): Page | FrameLocator =>
  kind === "iframe" ? page.frameLocator("iframe[title=Hero]") : page;

const errorText = (page: Page) => page.getByText("This part of the page is not working.");

for (const kind of kinds) {
  test(`${kind}: the snippet and policy as shown really send a message`, async ({
    page,
    app,
    organisation,
    partner,
    partnerPlacement,
    patient,
  }) => {
    const { partnerSetup } = partnerPlacement;
    const tokenCallsBefore = await app.sandbox.countCalls("createAccessToken", organisation.apiKey);
    await partner.serveSnippet(kind, partnerSetup);
    await page.goto(partner.origin);
    const element = findMessageBuilder(frameFor(kind, page));
    await expect(element.host).toHaveAttribute("patient-id", patient.patientId);
    await expect(element.host).toHaveAttribute("tenant-id", partnerSetup.facts.practiceGroupId);
    await expect(element.host).toHaveAttribute("env", "staging");

    const text = `Your results are here. ${crypto.randomUUID()}`;
    await element.send(text);
    await expect
      .poll(async () =>
        (await app.sandbox.listMessages()).filter((message) => message.text === text),
      )
      .toEqual([
        expect.objectContaining({
          patientId: patient.patientId,
          practiceGroupId: partnerSetup.facts.practiceGroupId,
        }),
      ]);
    await expect(errorText(page)).toBeHidden();
    expect(await app.sandbox.countCalls("createAccessToken", organisation.apiKey)).toBe(
      tokenCallsBefore + 1,
    );
    if (kind === "react" || kind === "next") {
      await page.evaluate(() => (window as unknown as { leave: () => void }).leave());
      await expect(page.locator("hh-message-builder")).toHaveCount(0);
    }
    // The frame is as high as its content.
    if (kind === "iframe") {
      const box = await page.locator("iframe").boundingBox();
      const elementBox = await element.host.boundingBox();
      expect(box?.height).toBeGreaterThanOrEqual(Math.floor(elementBox?.height ?? 0));
    }
  });
}

test("a page keeps working past 30 minutes, through sleep, and keeps a half-written message", async ({
  page,
  partner,
  partnerPlacement,
}) => {
  const { partnerSetup } = partnerPlacement;
  await partner.serveSnippet("html", partnerSetup);
  await page.clock.install();
  await page.goto(partner.origin);
  const element = findMessageBuilder(page);
  const token = () => element.host.getAttribute("jwt-token");
  const first = await token();
  await page.clock.runFor(25.1 * 60_000);
  await expect.poll(token).not.toBe(first);

  const second = await token();
  await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + 2 * 3_600_000);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(token).not.toBe(second);

  const third = await token();
  await element.write("Dear Mr Jones, your");
  await page.clock.runFor(31 * 60_000);
  const renewalPrompt = page.getByRole("alert").filter({ hasText: "reloading clears it" });
  await expect(renewalPrompt).toBeVisible();
  expect(await token()).toBe(third);
  await expect(element.field).toHaveValue("Dear Mr Jones, your");
  await renewalPrompt.getByRole("button", { name: "Reload now" }).click();
  await expect.poll(token).not.toBe(third);
  await element.send("Dear Mr Jones, your results are here.");
});

test("a page of an unlisted origin gets nothing, and Hero is not called", async ({
  browser,
  app,
  organisation,
  partner,
  partnerPlacement,
}) => {
  const { placement, partnerSetup } = partnerPlacement;
  await partner.serveSnippet("html", partnerSetup);
  const tokenCallsBefore = await app.sandbox.countCalls("createAccessToken", organisation.apiKey);
  // The browser logs the rejection, so this page is not monitored for errors.
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    document.addEventListener("hero:error", ({ detail }) => Object.assign(window, detail));
  });
  await page.goto(partner.unlistedOrigin);
  await expect(errorText(page)).toBeVisible();
  expect(await page.evaluate(() => Reflect.get(window, "code"))).toBe("origin-refused");
  await expect(page.locator("hh-message-builder")).toHaveCount(0);
  await context.close();
  expect(await app.sandbox.countCalls("createAccessToken", organisation.apiKey)).toBe(
    tokenCallsBefore,
  );
  await expectReport(organisation.portal, placement.id, "origin-refused");
});

test("an iframe in a page of another origin is not shown", async ({
  browser,
  partner,
  partnerPlacement,
}) => {
  const { partnerSetup } = partnerPlacement;
  await partner.serveSnippet("iframe", partnerSetup);
  const context = await browser.newContext();
  const page = await context.newPage();
  const framingError = page.waitForEvent("console", (message) =>
    /frame-ancestors/.test(message.text()),
  );
  await page.goto(partner.unlistedOrigin);
  await framingError;
  await expect(page.frameLocator("iframe").locator("hh-message-builder")).toHaveCount(0);
  await context.close();
});

test("a placement that is turned off issues no more tokens", async ({
  page,
  pageMonitor,
  organisation,
  partner,
  partnerPlacement,
}) => {
  const { placement, partnerSetup } = partnerPlacement;
  await partner.serveSnippet("html", partnerSetup);
  await page.clock.install();
  await page.goto(partner.origin);
  const { host } = findMessageBuilder(page);
  const token = await host.getAttribute("jwt-token");

  const placementOff = await organisation.portal.placements.switch.mutate({
    placementId: placement.id,
    isOn: false,
  });
  // Issued tokens stay valid, and the portal says so.
  expect(placementOff.tokensExpireAt).not.toBeNull();
  pageMonitor.expectFailedResponses(403, /\/api\/v1\/element-sessions\/token$/);
  pageMonitor.expectFailedResponses(502, /\/hero-session$/);
  await page.clock.runFor(25.1 * 60_000);
  await expect(errorText(page)).toBeVisible();
  expect(await host.getAttribute("jwt-token")).toBe(token);
  await expectReport(organisation.portal, placement.id, "placement-off");

  await page.reload();
  await expect(errorText(page)).toBeVisible();
  await expect(page.locator("hh-message-builder")).toHaveCount(0);

  await organisation.portal.placements.switch.mutate({ placementId: placement.id, isOn: true });
  await page.reload();
  await expect(host).toBeVisible();
});

test("a forged event of Hero's sends, requests and changes nothing", async ({
  page,
  app,
  organisation,
  partner,
  partnerPlacement,
}) => {
  const { partnerSetup } = partnerPlacement;
  await partner.serveSnippet("html", partnerSetup);
  await page.goto(partner.origin);
  const { host } = findMessageBuilder(page);
  const token = await host.getAttribute("jwt-token");
  const listPracticeMessages = async () =>
    (await app.sandbox.listMessages()).filter(
      (message) => message.practiceGroupId === partnerSetup.facts.practiceGroupId,
    ).length;
  const [sent, tokenCalls] = [
    await listPracticeMessages(),
    await countTokenCalls(organisation.apiKey),
  ];
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.evaluate(() => {
    for (const name of ["HHMB.MESSAGE_SENT", "HHMB.MESSAGE_SENT_CONFIRM"]) {
      window.dispatchEvent(new CustomEvent(name, { detail: { id: "forged" } }));
    }
    window.postMessage({ type: "hero:mount", session: "forged" }, "*");
  });
  await page.waitForTimeout(500);
  expect(requests).toEqual([]);
  expect(await host.getAttribute("jwt-token")).toBe(token);
  expect([await listPracticeMessages(), await countTokenCalls(organisation.apiKey)]).toEqual([
    sent,
    tokenCalls,
  ]);

  function countTokenCalls(key: string) {
    return app.sandbox.countCalls("createAccessToken", key);
  }
});

/** The loader's report arrived, with nothing but its code. */
async function expectReport(
  portal: Organisation["portal"],
  placementId: string,
  code: "origin-refused" | "placement-off",
) {
  const count = async () =>
    (await portal.placements.listReports.query({ placementId })).reduce(
      (sum, { counts }) => sum + (counts[code] ?? 0),
      0,
    );
  await expect.poll(count).toBeGreaterThanOrEqual(1);
}
