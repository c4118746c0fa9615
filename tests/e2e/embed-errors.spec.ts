import {
  messageBuilder,
  expect,
  expectErrorCodes,
  expectReady,
  advanceMinutes,
  advanceUntil,
  placement,
  placementId,
  waitBriefly,
  test,
} from "./support/loader-page";

const report = (code: string) => ({ placement: placementId, code });

test.describe("an error that waiting does not fix", () => {
  for (const [status, problem, code] of [
    [401, "session-refused", "token-refused"],
    [403, "origin-refused", "origin-refused"],
    [403, "placement-off", "placement-off"],
    [403, "practice-refused", "practice-refused"],
    [400, "bad-request", "token-refused"],
  ] as const) {
    test(`${status} ${problem} is reported as ${code} once, without another request`, async ({
      page,
      broker,
      openPage,
    }) => {
      broker.plannedResponses.push({ status, problem });
      await openPage();
      await expectErrorCodes(page, [code]);
      await expect.poll(() => broker.reports).toEqual([report(code)]);
      await advanceMinutes(page, 30);
      await waitBriefly(page);
      expect(broker.exchanges).toHaveLength(1);
      await expect(messageBuilder(page)).toHaveCount(0);
    });
  }

  test("a rejected origin whose response cannot be read differs from being offline", async ({
    page,
    broker,
    openPage,
  }) => {
    broker.plannedResponses.push("unreadable", "unreadable");
    await openPage();
    await expectErrorCodes(page, ["origin-refused"]);
    await expect.poll(() => broker.reports).toEqual([report("origin-refused")]);
    expect(broker.countScriptLoads()).toBe(0);
  });

  test("a failed renewal keeps the element, with its token's remaining time", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    broker.plannedResponses.push({ status: 403, problem: "placement-off" });
    await advanceMinutes(page, 25.1);
    await expectErrorCodes(page, ["placement-off"]);
    await expect(messageBuilder(page)).toHaveCount(1);
  });
});

test.describe("a temporary error", () => {
  test("429 is retried when the broker says, and never sooner", async ({
    page,
    broker,
    openPage,
  }) => {
    broker.plannedResponses.push({ status: 429, problem: "too-many-requests", retryAfter: 40 });
    await openPage({ body: "" });
    await page.evaluate(() => {
      const host = document.querySelector("main");
      if (host) Object.assign(window, { m: window.HeroPortal?.mount(host, { session: "first" }) });
    });
    await expectErrorCodes(page, ["rate-limited"]);
    await page.clock.runFor(35_000);
    await page.evaluate(async () => {
      await (window as unknown as { m: { renew: () => Promise<void> } }).m.renew();
      window.dispatchEvent(new Event("online"));
    });
    await waitBriefly(page);
    expect(broker.exchanges).toHaveLength(1);
    await page.clock.runFor(6_000);
    await expectReady(page);
    expect(broker.exchanges).toHaveLength(2);
    await expectErrorCodes(page, ["rate-limited"]);
  });

  test("503 is retried at its stated time, or with increasing delays", async ({
    page,
    broker,
    openPage,
  }) => {
    broker.plannedResponses.push({ status: 503, retryAfter: 60 });
    await openPage();
    await expectErrorCodes(page, ["hero-unavailable"]);
    await page.clock.runFor(55_000);
    await waitBriefly(page);
    expect(broker.exchanges).toHaveLength(1);
    broker.plannedResponses.push(
      { status: 502, problem: "hero-failed" },
      { status: 504 },
      { status: 500 },
    );
    const delays: number[] = [];
    for (const attempt of [2, 3, 4]) {
      delays.push(await advanceUntil(page, () => broker.exchanges.length >= attempt));
    }
    const [first = 0, second = 0, third = 0] = delays;
    expect(first).toBeLessThan(10);
    // 5 and 10 seconds with 25 % jitter, and a second of tolerance for the loop above.
    expect(second).toBeGreaterThan(3);
    expect(third).toBeGreaterThan(6);
    await advanceUntil(page, () => broker.exchanges.length >= 5);
    await expectReady(page);
    await expect.poll(() => broker.reports).toEqual([report("hero-unavailable")]);
  });

  test("a broker that never responds is abandoned and called again", async ({
    page,
    broker,
    openPage,
  }) => {
    broker.plannedResponses.push({ delayMs: 60_000 }, { delayMs: 60_000 });
    await openPage();
    await expect.poll(() => broker.exchanges.length).toBe(1);
    await page.clock.runFor(12_500);
    await waitBriefly(page);
    await page.clock.runFor(1_600);
    await expect.poll(() => broker.exchanges.length).toBe(2);
    // Both within the time in which the broker replays a lost response.
    await page.clock.runFor(12_500);
    await expectErrorCodes(page, ["offline"]);
    await advanceUntil(page, () => broker.exchanges.length === 3);
    await expectReady(page);
    await expect.poll(() => broker.reports).toEqual([report("offline")]);
  });

  test("a renewal whose responses are lost is retried until it works", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    broker.plannedResponses.push("lost", "lost", "lost", "lost");
    await advanceMinutes(page, 25.02);
    await advanceUntil(page, () => broker.exchanges.length === 6);
    await expectReady(page, 2);
    expect(new Set(broker.exchanges.slice(1).map(({ secret }) => secret)).size).toBe(1);
  });
});

test.describe("Hero's script", () => {
  test("a script blocked by the page's policy is reported once", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage({
      policy: `default-src 'none'; script-src ${broker.url}/embed/ 'sha256-none'; connect-src ${broker.url}`,
      body: placement(),
    });
    // The page's own script is blocked too, so the error is read from the report.
    await expect.poll(() => broker.reports).toEqual([report("script-blocked")]);
    await expect(messageBuilder(page)).toHaveCount(0);
    await page.clock.runFor(10_000);
    await waitBriefly(page);
    // The existing token is not requested again.
    expect(broker.exchanges).toHaveLength(1);
    expect(broker.reports).toHaveLength(1);
  });

  test("a script that failed to load is loaded again with the existing token", async ({
    page,
    broker,
    openPage,
  }) => {
    await page.route(/latest\.js$/, (route) => route.abort(), { times: 1 });
    await openPage();
    await expectErrorCodes(page, ["script-blocked"]);
    await advanceMinutes(page, 0.2);
    await expectReady(page);
    expect(broker.exchanges).toHaveLength(1);
    expect(broker.countScriptLoads()).toBe(1);
    await expect(page.locator('script[src$="latest.js"]')).toHaveCount(1);
  });

  test("a script that defines no element is reported", async ({ page, openPage }) => {
    await page.route(/latest\.js$/, (route) =>
      route.fulfill({ contentType: "text/javascript", body: "/* moved */" }),
    );
    await openPage();
    await expect(page.locator('script[src$="latest.js"]')).toHaveCount(1);
    await expectErrorCodes(page, []);
    await page.clock.runFor(21_000);
    await expectErrorCodes(page, ["script-blocked"]);
  });

  test("a script that the page already has is not loaded again", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage({
      body: `<script nonce="N" src="${broker.url}/message-builder/web-component/latest.js"></script>
${placement()}`,
    });
    await expectReady(page);
    expect(broker.countScriptLoads()).toBe(1);
  });
});

test("a page whose policy blocks the portal gets an error that says so", async ({
  page,
  broker,
  openPage,
}) => {
  await openPage({ policy: `default-src 'none'; script-src 'nonce-N'; connect-src 'self'` });
  await expectErrorCodes(page, ["connect-blocked"]);
  await advanceMinutes(page, 10);
  await expectErrorCodes(page, ["connect-blocked"]);
  expect(broker.exchanges).toEqual([]);
});

test("a page without a network gets an error, and its element when the network is back", async ({
  page,
  context,
  broker,
  openPage,
}) => {
  await openPage({ body: "" });
  await context.setOffline(true);
  await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), placement());
  await expectErrorCodes(page, ["offline"]);
  await context.setOffline(false);
  await expectReady(page);
  await expect.poll(() => broker.reports).toEqual([report("offline")]);
});

test("without a placement nothing is reported", async ({ page, broker, openPage }) => {
  broker.plannedResponses.push({ status: 403, problem: "placement-off" });
  await openPage({ body: '<hero-placement session="first"></hero-placement>' });
  await expectErrorCodes(page, ["placement-off"]);
  await waitBriefly(page);
  expect(broker.reports).toEqual([]);
});
