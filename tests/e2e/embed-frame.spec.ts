import type { FrameLocator, Page } from "@playwright/test";
import { expect, waitBriefly, test } from "./support/loader-page";
import type { FakeBroker } from "./support/fake-broker";

type FrameMessage = { type: string; detail?: Record<string, unknown>; origin: string };

/** Adds the frame to the page, which stores all messages from it. */
async function embedFrame(
  page: Page,
  broker: FakeBroker,
  parent: string,
  placement = "",
): Promise<FrameLocator> {
  const src = `${broker.elementsOrigin}/frame?${encodeURIComponent(parent)}#${placement}`;
  await page.evaluate(async (address) => {
    const frameMessages: unknown[] = [];
    Object.assign(window, { frameMessages });
    window.addEventListener("message", ({ data, origin }) =>
      frameMessages.push({ ...data, origin }),
    );
    const frame = document.createElement("iframe");
    frame.src = address;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.append(frame);
    await loaded;
  }, src);
  return page.frameLocator("iframe");
}

const readMessages = (page: Page): Promise<FrameMessage[]> =>
  page.evaluate(() => (window as unknown as { frameMessages: FrameMessage[] }).frameMessages);

const postToFrame = (page: Page, message: unknown) =>
  page.evaluate((data) => {
    document.querySelector("iframe")?.contentWindow?.postMessage(data, "*");
  }, message);

const expectMessages = (page: Page, type: string, times = 1) =>
  expect
    .poll(async () => (await readMessages(page)).filter((message) => message.type === type).length)
    .toBe(times);

const readElement = (frame: FrameLocator) =>
  frame.locator("hh-message-builder").evaluate((node) => ({
    theme: (node as unknown as { theme: unknown }).theme,
    admin: node.getAttribute("admin-id"),
    patient: node.getAttribute("patient-id"),
  }));

test("the frame mounts what its page sends, and reports to that page only", async ({
  page,
  broker,
  partner,
  openPage,
}) => {
  await openPage({ body: "" });
  const frame = await embedFrame(page, broker, partner.origin);
  await waitBriefly(page);
  // Before the first message the frame has no recipient.
  expect(await readMessages(page)).toEqual([]);
  await postToFrame(page, { type: "hero:mount", session: "first" });
  await expectMessages(page, "hero:ready");
  await expect.poll(async () => (await readMessages(page)).at(-1)?.type).toBe("hero:height");
  const received = await readMessages(page);
  expect(new Set(received.map(({ origin }) => origin))).toEqual(new Set([broker.elementsOrigin]));
  expect(received.find(({ type }) => type === "hero:ready")?.detail).toEqual({
    expiresAt: "2040-01-01T00:30:00.000Z",
    expiresIn: 1800,
  });
  expect(received.at(-1)?.detail?.height).toBeGreaterThan(20);
  expect(JSON.stringify(received)).not.toContain("token-");

  await frame.getByRole("button", { name: "Send" }).click();
  await expectMessages(page, "hero:event");
  expect((await readMessages(page)).at(-1)?.detail).toEqual({
    name: "HHMB.MESSAGE_SENT",
    hint: true,
    data: { id: "m-1" },
  });

  await postToFrame(page, { type: "hero:unmount" });
  await expect(frame.locator("hh-message-builder")).toHaveCount(0);
});

test("a page that is not on the list is ignored", async ({ page, broker, openPage }) => {
  await openPage({ body: "" });
  await embedFrame(page, broker, "https://app.example.org");
  await postToFrame(page, { type: "hero:mount", session: "first" });
  await waitBriefly(page);
  expect(broker.exchanges).toEqual([]);
  expect(await readMessages(page)).toEqual([]);
});

test("a window that is not the parent is ignored, whatever its origin", async ({
  page,
  broker,
  partner,
  openPage,
}) => {
  await openPage({ body: "" });
  await embedFrame(page, broker, partner.origin);
  // Another frame of the parent's origin.
  await page.evaluate(() => {
    const otherFrame = document.createElement("iframe");
    otherFrame.srcdoc = `<script nonce="N">
      parent.frames[0].postMessage({ type: "hero:mount", session: "first" }, "*");</script>`;
    document.body.append(otherFrame);
  });
  await waitBriefly(page);
  expect(broker.exchanges).toEqual([]);
});

test("every theme reaches the element at once", async ({ page, broker, partner, openPage }) => {
  await openPage({ body: "" });
  const frame = await embedFrame(page, broker, partner.origin);
  const theme = (sans: string) => ({ font: { sans } });
  await postToFrame(page, { type: "hero:mount", session: "first", theme: theme("Arial") });
  await expectMessages(page, "hero:ready");
  expect((await readElement(frame)).theme).toEqual(theme("Arial"));
  await postToFrame(page, { type: "hero:theme", theme: theme("Georgia") });
  await expect.poll(async () => (await readElement(frame)).theme).toEqual(theme("Georgia"));
  await page.clock.runFor(25.1 * 60_000);
  await expectMessages(page, "hero:ready", 2);
  expect((await readElement(frame)).theme).toEqual(theme("Georgia"));
});

test("attributes can be tried in the portal's own frame, where the session sets none", async ({
  page,
  broker,
  partner,
  openPage,
}) => {
  await openPage({ body: "" });
  const attributes = {
    "admin-id": "5",
    "patient-id": "666",
    "jwt-token": "forged",
    env: "production",
  };
  const frame = await embedFrame(page, broker, partner.origin);
  await postToFrame(page, { type: "hero:mount", session: "first", attributes });
  await expectMessages(page, "hero:ready");
  expect(await readElement(frame)).toMatchObject({ admin: "5", patient: "77" });
  const element = frame.locator("hh-message-builder");
  await expect(element).toHaveAttribute("env", "staging");
  await expect(element).toHaveAttribute("jwt-token", /^token-/);
});

test("in a partner's frame attributes are ignored, and its own placement is reported", async ({
  page,
  broker,
  partner,
  openPage,
}) => {
  const own = "0199f3a0-aaaa-7222-8333-444455556666";
  await openPage({ body: "" });
  const frame = await embedFrame(page, broker, partner.origin, own);
  const attributes = { "admin-id": "5" };
  await postToFrame(page, {
    type: "hero:mount",
    session: "first",
    placement: "another",
    attributes,
  });
  await expectMessages(page, "hero:ready");
  expect((await readElement(frame)).admin).toBeNull();
  broker.plannedResponses.push({ status: 403, problem: "placement-off" });
  await postToFrame(page, { type: "hero:mount", session: "second", placement: "another" });
  await expectMessages(page, "hero:error");
  expect((await readMessages(page)).findLast(({ type }) => type === "hero:error")?.detail).toEqual({
    code: "placement-off",
  });
  await expect.poll(() => broker.reports).toEqual([{ placement: own, code: "placement-off" }]);
});

test("messages of other shapes do nothing", async ({ page, broker, partner, openPage }) => {
  await openPage({ body: "" });
  await embedFrame(page, broker, partner.origin);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  for (const message of [null, "hero:mount", 5, [], {}, { type: "hero:mount" }]) {
    await postToFrame(page, message);
  }
  await postToFrame(page, { type: "hero:mount", session: 5 });
  await waitBriefly(page);
  expect(broker.exchanges).toEqual([]);
  expect(errors).toEqual([]);
});

test("the frame asks about a half-written message, and its page is informed", async ({
  page,
  broker,
  partner,
  openPage,
}) => {
  await openPage({ body: "" });
  const frame = await embedFrame(page, broker, partner.origin);
  await postToFrame(page, { type: "hero:mount", session: "first" });
  await expectMessages(page, "hero:ready");
  await frame.locator("textarea").fill("Dear Mr Jones");
  await page.clock.runFor(25.1 * 60_000);
  await expectMessages(page, "hero:warning");
  await expect(frame.getByRole("alert")).toBeVisible();
  await frame.getByRole("button", { name: "Reload now" }).click();
  await expectMessages(page, "hero:ready", 2);
});
