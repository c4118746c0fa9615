import type { Page } from "@playwright/test";
import {
  renewalPrompt,
  messageBuilder,
  countEvents,
  expect,
  expectErrorCodes,
  expectReady,
  advanceMinutes,
  placement,
  placementId,
  readEvents,
  waitBriefly,
  test,
  tokenOf,
} from "./support/loader-page";
import { expectAccessible } from "./support/assertions";

test.describe("renewal", () => {
  test("a session is renewed at 25 minutes with the next secret, whatever the page's clock says", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage({ time: new Date("2001-09-09T01:46:40Z") });
    await expectReady(page);
    const first = await tokenOf(page);
    await advanceMinutes(page, 24.5);
    await waitBriefly(page);
    expect(broker.exchanges).toHaveLength(1);
    await advanceMinutes(page, 0.6);
    await expectReady(page, 2);
    await expect(messageBuilder(page)).toHaveCount(1);
    expect(await tokenOf(page)).not.toBe(first);
    expect(broker.exchanges[1]?.secret).toMatch(/^first\./);

    for (const times of [3, 4]) {
      await advanceMinutes(page, 25.1);
      await expectReady(page, times);
    }
    expect(new Set(broker.exchanges.map(({ secret }) => secret)).size).toBe(4);
  });

  test("a renewal is requested once, by any number of elements", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage({ body: "" });
    await page.evaluate(() => {
      const host = document.querySelector("main");
      if (host) Object.assign(window, { m: window.HeroPortal?.mount(host, { session: "first" }) });
    });
    await expectReady(page);
    broker.plannedResponses.push({ delayMs: 300 });
    await page.evaluate(async () => {
      const { m } = window as unknown as { m: { renew: () => Promise<void> } };
      dispatchEvent(new Event("online"));
      await Promise.all([m.renew(), m.renew(), m.renew()]);
    });
    await expectReady(page, 2);
    expect(broker.exchanges).toHaveLength(2);
    await expect(messageBuilder(page)).toHaveCount(1);
  });

  test("a session is renewed at once when the machine wakes from sleep", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    const sleptAt = await page.evaluate(() => Date.now());
    // Timers stopped while the clock continued.
    await page.clock.setSystemTime(sleptAt + 3 * 3_600_000);
    await waitBriefly(page);
    expect(broker.exchanges).toHaveLength(1);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await expectReady(page, 2);
    expect(broker.exchanges).toHaveLength(2);
  });

  test("a session is renewed within half a minute of waking where no event reports it", async ({
    page,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + 3_600_000);
    await page.clock.runFor(31_000);
    await expectReady(page, 2);
  });

  test("a renewal waits while the machine is offline", async ({
    page,
    context,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    await context.setOffline(true);
    await advanceMinutes(page, 25.1);
    await expectErrorCodes(page, ["offline"]);
    await advanceMinutes(page, 3);
    await waitBriefly(page);
    // The element is unchanged, and the same error is not reported again.
    await expect(messageBuilder(page)).toHaveCount(1);
    await expectErrorCodes(page, ["offline"]);
    expect(broker.reports).toEqual([]);
    await context.setOffline(false);
    // At once, not at the next retry.
    await expect.poll(() => countEvents(page, "hero:ready"), { timeout: 2_500 }).toBe(2);
    await expect.poll(() => broker.reports).toEqual([{ placement: placementId, code: "offline" }]);
  });

  test("a lost response is requested again at once with the same secret", async ({
    page,
    broker,
    openPage,
  }) => {
    broker.plannedResponses.push("lost");
    await openPage();
    await expectReady(page);
    const [first, second] = broker.exchanges;
    expect(second?.secret).toBe(first?.secret);
    expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeLessThan(10_000);
    await expectErrorCodes(page, []);
  });

  test("the end of a session is reported when its token ends", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    broker.plannedResponses.push({ status: 401, problem: "session-refused" });
    await advanceMinutes(page, 25.1);
    await expectErrorCodes(page, ["token-refused"]);
    await advanceMinutes(page, 60);
    expect(broker.exchanges).toHaveLength(2);
    await expect(messageBuilder(page)).toHaveCount(1);
  });
});

/** The text in the stand-in's field; empty after a new mount. */
const messageField = (page: Page) => messageBuilder(page).locator("textarea");

/** Writes half a message and advances to the renewal. */
async function writeUntilRenewalDue(page: Page) {
  await messageField(page).fill("Dear Mr Jones, your");
  await advanceMinutes(page, 25.1);
  await expect.poll(() => countEvents(page, "hero:warning")).toBe(1);
}

test.describe("a half-written message", () => {
  test("a half-written message is kept, and a bar asks before it is lost", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    await writeUntilRenewalDue(page);
    await expect(renewalPrompt(page)).toContainText("reloading clears it");
    await expectAccessible(page, "visual");
    await expect(messageField(page)).toHaveValue("Dear Mr Jones, your");
    expect(broker.exchanges).toHaveLength(1);

    // It keeps waiting, also after the token's end, and reports it once.
    await advanceMinutes(page, 20);
    await waitBriefly(page);
    await expect(messageField(page)).toHaveValue("Dear Mr Jones, your");
    expect(broker.exchanges).toHaveLength(1);
    expect(await countEvents(page, "hero:warning")).toBe(1);
    await expect(renewalPrompt(page)).toHaveCount(1);

    await renewalPrompt(page).getByRole("button", { name: "Reload now" }).focus();
    await page.keyboard.press("Enter");
    await expectReady(page, 2);
    await expect(renewalPrompt(page)).toHaveCount(0);
    await expect(messageField(page)).toHaveValue("");
    await expect(messageBuilder(page)).toBeFocused();
  });

  test("a page can ask about a half-written message in its own way", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    await page.evaluate(() =>
      document.addEventListener("hero:warning", (event) => {
        event.preventDefault();
        Object.assign(window, { renew: event.detail.renew });
      }),
    );
    await writeUntilRenewalDue(page);
    await expect(renewalPrompt(page)).toHaveCount(0);
    await expect(messageField(page)).toHaveValue("Dear Mr Jones, your");
    await page.evaluate(() => (window as unknown as { renew: () => Promise<void> }).renew());
    await expectReady(page, 2);
    expect(broker.exchanges).toHaveLength(2);
  });

  test("a message that was sent is not half-written: the renewal follows its confirmation", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    await writeUntilRenewalDue(page);
    await messageBuilder(page).getByRole("button", { name: "Send" }).click();
    await waitBriefly(page);
    expect(broker.exchanges).toHaveLength(1);
    await page.clock.runFor(10_500);
    await expectReady(page, 2);
    await expect(renewalPrompt(page)).toHaveCount(0);
  });

  test("a message sent before the renewal is due does not delay it", async ({ page, openPage }) => {
    await openPage();
    await expectReady(page);
    await messageField(page).fill("Dear Mr Jones, your results are here.");
    await messageBuilder(page).getByRole("button", { name: "Send" }).click();
    await advanceMinutes(page, 25.1);
    await expectReady(page, 2);
    expect(await countEvents(page, "hero:warning")).toBe(0);
  });

  test("an unrelated event does not end a half-written message", async ({ page, openPage }) => {
    await openPage();
    await expectReady(page);
    await messageField(page).fill("Dear Mr Jones, your");
    await page.evaluate(() => dispatchEvent(new CustomEvent("HHMB.OPENED")));
    await advanceMinutes(page, 25.1);
    await expect.poll(() => countEvents(page, "hero:warning")).toBe(1);
    await expect(messageField(page)).toHaveValue("Dear Mr Jones, your");
  });

  test("sending in one element does not end a half-written message in another", async ({
    page,
    openPage,
  }) => {
    await openPage({ body: `${placement("first")}${placement("second")}` });
    await expectReady(page, 2);
    await messageField(page).first().fill("Dear Mr Jones, your");
    await messageBuilder(page).last().getByRole("button", { name: "Send" }).click();
    await advanceMinutes(page, 25.1);
    await expectReady(page, 3);
    await expect(messageField(page).first()).toHaveValue("Dear Mr Jones, your");
  });

  test("a message begun during a renewal is kept, and the new token is used later", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    broker.plannedResponses.push({ delayMs: 500 });
    await advanceMinutes(page, 25.02);
    await expect.poll(() => broker.exchanges.length).toBe(2);
    await messageField(page).fill("Dear");
    await expect(renewalPrompt(page)).toBeVisible();
    await expect(messageField(page)).toHaveValue("Dear");
    await renewalPrompt(page).getByRole("button", { name: "Reload now" }).click();
    await expectReady(page, 2);
    expect(broker.exchanges).toHaveLength(2);
    const { detail } = (await readEvents(page)).at(-1) ?? {};
    expect(detail?.expiresIn).toBeLessThanOrEqual(1800);
  });

  test("focusing the field with the keyboard does not count as writing", async ({
    page,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await advanceMinutes(page, 25.1);
    await expectReady(page, 2);
    expect(await countEvents(page, "hero:warning")).toBe(0);
  });

  test("a half-written message survives a failed reload", async ({ page, broker, openPage }) => {
    await openPage();
    await expectReady(page);
    await writeUntilRenewalDue(page);
    broker.plannedResponses.push({ status: 502, problem: "hero-failed" });
    await renewalPrompt(page).getByRole("button", { name: "Reload now" }).click();
    await expectErrorCodes(page, ["hero-unavailable"]);
    await expect(messageField(page)).toHaveValue("Dear Mr Jones, your");
    await expect(renewalPrompt(page)).toBeVisible();
    await renewalPrompt(page).getByRole("button", { name: "Reload now" }).click();
    await expectReady(page, 2);
  });

  test("the bar works under a policy that allows no styles", async ({ page, broker, openPage }) => {
    const violations: string[] = [];
    page.on("console", (message) => message.type() === "error" && violations.push(message.text()));
    await openPage({
      policy: `default-src 'none'; script-src 'nonce-N'; connect-src ${broker.url}`,
    });
    await expectReady(page);
    await writeUntilRenewalDue(page);
    await expect(renewalPrompt(page)).toHaveCSS("background-color", "rgb(255, 246, 220)");
    expect(violations.filter((text) => !text.includes("favicon"))).toEqual([]);
  });
});
