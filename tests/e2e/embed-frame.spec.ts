import type { FrameLocator, Page } from "@playwright/test";
import { expect, settle, test } from "./support/loader-page";
import type { Broker } from "./support/stand-in-broker";

type Told = { type: string; detail?: Record<string, unknown>; origin: string };

/** Puts the frame into the page, which keeps all that it is told. */
async function frameIn(
  page: Page,
  broker: Broker,
  parent: string,
  own = "",
): Promise<FrameLocator> {
  const src = `${broker.elementsOrigin}/frame?${encodeURIComponent(parent)}#${own}`;
  await page.evaluate(async (address) => {
    const told: unknown[] = [];
    Object.assign(window, { told });
    window.addEventListener("message", ({ data, origin }) => told.push({ ...data, origin }));
    const frame = document.createElement("iframe");
    frame.src = address;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.append(frame);
    await loaded;
  }, src);
  return page.frameLocator("iframe");
}

const readTold = (page: Page): Promise<Told[]> =>
  page.evaluate(() => (window as unknown as { told: Told[] }).told);

const say = (page: Page, message: unknown) =>
  page.evaluate((data) => {
    document.querySelector("iframe")?.contentWindow?.postMessage(data, "*");
  }, message);

const expectTold = (page: Page, type: string, times = 1) =>
  expect
    .poll(async () => (await readTold(page)).filter((each) => each.type === type).length)
    .toBe(times);

const readElement = (frame: FrameLocator) =>
  frame.locator("hh-message-builder").evaluate((node) => ({
    theme: (node as unknown as { theme: unknown }).theme,
    admin: node.getAttribute("admin-id"),
    patient: node.getAttribute("patient-id"),
  }));

test("the frame mounts what its page hands it, and tells that page alone", async ({
  page,
  broker,
  partner,
  open,
}) => {
  await open({ body: "" });
  const frame = await frameIn(page, broker, partner.origin);
  await settle(page);
  // Until it was spoken to it does not know whom to tell.
  expect(await readTold(page)).toEqual([]);
  await say(page, { type: "hero:mount", session: "first" });
  await expectTold(page, "hero:ready");
  await expect.poll(async () => (await readTold(page)).at(-1)?.type).toBe("hero:height");
  const told = await readTold(page);
  expect(new Set(told.map(({ origin }) => origin))).toEqual(new Set([broker.elementsOrigin]));
  expect(told.find(({ type }) => type === "hero:ready")?.detail).toEqual({
    expiresAt: "2040-01-01T00:30:00.000Z",
    expiresIn: 1800,
  });
  expect(told.at(-1)?.detail?.height).toBeGreaterThan(20);
  expect(JSON.stringify(told)).not.toContain("token-");

  await frame.getByRole("button", { name: "Send" }).click();
  await expectTold(page, "hero:event");
  expect((await readTold(page)).at(-1)?.detail).toEqual({
    name: "HHMB.MESSAGE_SENT",
    hint: true,
    data: { id: "m-1" },
  });

  await say(page, { type: "hero:unmount" });
  await expect(frame.locator("hh-message-builder")).toHaveCount(0);
});

test("a page that is not on the list is not heard", async ({ page, broker, open }) => {
  await open({ body: "" });
  await frameIn(page, broker, "https://app.example.org");
  await say(page, { type: "hero:mount", session: "first" });
  await settle(page);
  expect(broker.exchanges).toEqual([]);
  expect(await readTold(page)).toEqual([]);
});

test("a window that is not its parent is not heard, of whatever origin", async ({
  page,
  broker,
  partner,
  open,
}) => {
  await open({ body: "" });
  await frameIn(page, broker, partner.origin);
  // A frame of the parent's own origin, beside it.
  await page.evaluate(() => {
    const neighbour = document.createElement("iframe");
    neighbour.srcdoc = `<script nonce="N">
      parent.frames[0].postMessage({ type: "hero:mount", session: "first" }, "*");</script>`;
    document.body.append(neighbour);
  });
  await settle(page);
  expect(broker.exchanges).toEqual([]);
});

test("a theme reaches the element at once, and every one after it", async ({
  page,
  broker,
  partner,
  open,
}) => {
  await open({ body: "" });
  const frame = await frameIn(page, broker, partner.origin);
  const theme = (sans: string) => ({ font: { sans } });
  await say(page, { type: "hero:mount", session: "first", theme: theme("Arial") });
  await expectTold(page, "hero:ready");
  expect((await readElement(frame)).theme).toEqual(theme("Arial"));
  await say(page, { type: "hero:theme", theme: theme("Georgia") });
  await expect.poll(async () => (await readElement(frame)).theme).toEqual(theme("Georgia"));
  await page.clock.runFor(25.1 * 60_000);
  await expectTold(page, "hero:ready", 2);
  expect((await readElement(frame)).theme).toEqual(theme("Georgia"));
});

test("attributes are tried out in the portal's own frame, and only where the session says nothing", async ({
  page,
  broker,
  partner,
  open,
}) => {
  await open({ body: "" });
  const attributes = {
    "admin-id": "5",
    "patient-id": "666",
    "jwt-token": "forged",
    env: "production",
  };
  const frame = await frameIn(page, broker, partner.origin);
  await say(page, { type: "hero:mount", session: "first", attributes });
  await expectTold(page, "hero:ready");
  expect(await readElement(frame)).toMatchObject({ admin: "5", patient: "77" });
  const element = frame.locator("hh-message-builder");
  await expect(element).toHaveAttribute("env", "staging");
  await expect(element).toHaveAttribute("jwt-token", /^token-/);
});

test("in a partner's frame attributes are not taken, and its own placement is what it reports for", async ({
  page,
  broker,
  partner,
  open,
}) => {
  const own = "0199f3a0-aaaa-7222-8333-444455556666";
  await open({ body: "" });
  const frame = await frameIn(page, broker, partner.origin, own);
  const attributes = { "admin-id": "5" };
  await say(page, { type: "hero:mount", session: "first", placement: "another", attributes });
  await expectTold(page, "hero:ready");
  expect((await readElement(frame)).admin).toBeNull();
  broker.answers.push({ status: 403, problem: "placement-off" });
  await say(page, { type: "hero:mount", session: "second", placement: "another" });
  await expectTold(page, "hero:error");
  expect((await readTold(page)).findLast(({ type }) => type === "hero:error")?.detail).toEqual({
    code: "placement-off",
  });
  await expect.poll(() => broker.reports).toEqual([{ placement: own, code: "placement-off" }]);
});

test("messages of other shapes do nothing", async ({ page, broker, partner, open }) => {
  await open({ body: "" });
  await frameIn(page, broker, partner.origin);
  const thrown: string[] = [];
  page.on("pageerror", (error) => thrown.push(error.message));
  for (const message of [null, "hero:mount", 5, [], {}, { type: "hero:mount" }]) {
    await say(page, message);
  }
  await say(page, { type: "hero:mount", session: 5 });
  await settle(page);
  expect(broker.exchanges).toEqual([]);
  expect(thrown).toEqual([]);
});

test("a half-written message is asked about in the frame, and its page is told", async ({
  page,
  broker,
  partner,
  open,
}) => {
  await open({ body: "" });
  const frame = await frameIn(page, broker, partner.origin);
  await say(page, { type: "hero:mount", session: "first" });
  await expectTold(page, "hero:ready");
  await frame.locator("textarea").fill("Dear Mr Jones");
  await page.clock.runFor(25.1 * 60_000);
  await expectTold(page, "hero:warning");
  await expect(frame.getByRole("alert")).toBeVisible();
  await frame.getByRole("button", { name: "Reload now" }).click();
  await expectTold(page, "hero:ready", 2);
});
