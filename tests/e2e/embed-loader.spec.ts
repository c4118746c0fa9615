import type { Page } from "@playwright/test";
import {
  messageBuilder,
  countEvents,
  expect,
  expectReady,
  advanceMinutes,
  placement,
  readEvents,
  waitBriefly,
  test,
  tokenOf,
} from "./support/loader-page";

const readElement = (page: Page) =>
  messageBuilder(page).evaluate((node) => ({
    attributes: Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value])),
    atStart: (node as unknown as { atStart: { theme: unknown; env: string } }).atStart,
  }));

test.describe("mounting", () => {
  test("the custom element mounts Hero's with everything that the session fixes", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    const { attributes, atStart } = await readElement(page);
    expect(attributes).toMatchObject({
      "tenant-id": "20533",
      env: "staging",
      "patient-id": "77",
      "jwt-token": expect.stringMatching(/^token-/),
    });
    // Everything was set before the element was on the page.
    expect(atStart).toMatchObject({ theme: { font: { sans: "Inter" } }, env: "staging" });
    expect(broker.exchanges.map(({ secret }) => secret)).toEqual(["first"]);
    expect(await readEvents(page)).toEqual([
      {
        type: "hero:ready",
        detail: { expiresAt: "2040-01-01T00:30:00.000Z", expiresIn: 1800, composed: true },
      },
    ]);
  });

  test("mount() calls its own listener, and the page cannot change what the session fixes", async ({
    page,
    openPage,
  }) => {
    await openPage({ body: "" });
    await page.evaluate(async () => {
      const host = document.querySelector("main");
      if (!host || !window.HeroPortal) throw new Error("The page is not as expected.");
      const events: string[] = [];
      Object.assign(window, { events });
      window.HeroPortal.mount(host, {
        session: "first",
        onEvent: ({ type }) => events.push(type),
        prepare(element) {
          element.setAttribute("patient-id", "666");
          element.setAttribute("env", "production");
          element.setAttribute("admin-id", "5");
        },
      });
    });
    await expectReady(page);
    expect((await readElement(page)).attributes).toMatchObject({
      "patient-id": "77",
      env: "staging",
      "admin-id": "5",
    });
    expect(await page.evaluate(() => (window as unknown as { events: string[] }).events)).toEqual([
      "hero:ready",
    ]);
  });

  test("a page that loads the first release of the loader still works", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage({ loader: "v1.js" });
    await expectReady(page);
    await advanceMinutes(page, 25.1);
    await expectReady(page, 2);
    await expect(messageBuilder(page)).toHaveCount(1);
    expect(broker.exchanges[1]?.secret).toMatch(/^first\./);
  });

  test("a listener that throws stops nothing", async ({ page, openPage }) => {
    await openPage({ body: "" });
    const pageError = page.waitForEvent("pageerror");
    await page.evaluate(() => {
      const host = document.querySelector("main");
      if (!host) return;
      window.HeroPortal?.mount(host, {
        session: "first",
        onEvent: () => {
          throw new Error("Of the page's own.");
        },
      });
    });
    expect((await pageError).message).toBe("Of the page's own.");
    await expectReady(page);
    await advanceMinutes(page, 25.1);
    await expectReady(page, 2);
  });

  test("several elements share one script of Hero's, with the loader's nonce", async ({
    page,
    broker,
    openPage,
  }) => {
    const { origin } = new URL(broker.url);
    await openPage({
      body: `${placement("first")}${placement("second")}
<script nonce="N" src="${broker.url}/embed/v2.js"></script>`,
      policy: `default-src 'none'; script-src 'nonce-N'; connect-src ${origin}`,
    });
    await expectReady(page, 2);
    await expect(messageBuilder(page)).toHaveCount(2);
    expect(broker.countScriptLoads()).toBe(1);
    expect(
      await page.evaluate(() => Object.entries(window).find(([k]) => k === "scriptNonces")?.[1]),
    ).toEqual(["N"]);
    expect(broker.exchanges.map(({ secret }) => secret).toSorted()).toEqual(["first", "second"]);
  });

  test("a page that mounts, unmounts and mounts again at once uses its session once", async ({
    page,
    broker,
    openPage,
  }) => {
    broker.plannedResponses.push({ delayMs: 200 });
    await openPage({ body: "" });
    await page.evaluate(() => {
      const host = document.querySelector("main");
      if (!host || !window.HeroPortal) return;
      window.HeroPortal.mount(host, { session: "first" }).unmount();
      window.HeroPortal.mount(host, { session: "first" });
    });
    await expectReady(page);
    await expect(messageBuilder(page)).toHaveCount(1);
    expect(broker.exchanges).toHaveLength(1);
  });

  test("a session set later, and another after it, are mounted in turn", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage({ body: "<hero-placement></hero-placement>" });
    await waitBriefly(page);
    expect(broker.exchanges).toEqual([]);
    for (const [times, session] of [
      [1, "first"],
      [2, "second"],
    ] as const) {
      await page.evaluate(
        (newSession) =>
          document.querySelector("hero-placement")?.setAttribute("session", newSession),
        session,
      );
      await expectReady(page, times);
      await expect(messageBuilder(page)).toHaveCount(1);
    }
    expect(broker.exchanges.map(({ secret }) => secret)).toEqual(["first", "second"]);
  });
});

test.describe("unmounting", () => {
  test("unmounting leaves no element, token, timer or listener", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    await page.evaluate(() => {
      const old = document.querySelector("hh-message-builder");
      const host = document.querySelector("hero-placement");
      host?.remove();
      Object.assign(window, { old, host, seen: [] });
    });
    await page.evaluate(() => undefined);
    const left = await page.evaluate(() => {
      const { old, host } = window as unknown as { old: Element; host: Element };
      return { token: old.getAttribute("jwt-token"), inHost: host.childElementCount };
    });
    expect(left).toEqual({ token: null, inHost: 0 });
    await advanceMinutes(page, 61);
    await page.evaluate(() => {
      for (const type of ["online", "focus", "pageshow", "HHMB.MESSAGE_SENT"]) {
        window.dispatchEvent(new Event(type));
      }
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await waitBriefly(page);
    expect(broker.exchanges).toHaveLength(1);
    expect(await readEvents(page)).toEqual([]);
  });

  test("a page that unmounts while waiting gets nothing afterwards", async ({
    page,
    broker,
    openPage,
  }) => {
    broker.plannedResponses.push({ delayMs: 400 });
    await openPage();
    await expect.poll(() => broker.exchanges.length).toBe(1);
    await page.evaluate(() => document.querySelector("hero-placement")?.remove());
    await page.waitForTimeout(600);
    await expect(messageBuilder(page)).toHaveCount(0);
    expect(await readEvents(page)).toEqual([]);
  });

  test("every listener that was added is removed", async ({ page, context, openPage }) => {
    const cdpSession = await context.newCDPSession(page);
    const listListeners = async () => {
      const listenerLists = ["window", "document", "document.querySelector('main')"].map(
        async (name) => {
          const { result } = await cdpSession.send("Runtime.evaluate", { expression: name });
          const objectId = result.objectId ?? "";
          const { listeners } = await cdpSession.send("DOMDebugger.getEventListeners", {
            objectId,
          });
          return listeners.map(({ type }) => `${name} ${type}`);
        },
      );
      return (await Promise.all(listenerLists)).flat().toSorted();
    };
    await openPage({ body: "" });
    const initialListeners = await listListeners();
    await page.evaluate(() => {
      const host = document.querySelector("main");
      if (host) Object.assign(window, { m: window.HeroPortal?.mount(host, { session: "first" }) });
    });
    await expectReady(page);
    expect((await listListeners()).length).toBeGreaterThan(initialListeners.length + 8);
    await page.evaluate(() => (window as unknown as { m: { unmount: () => void } }).m.unmount());
    expect(await listListeners()).toEqual(initialListeners);
  });

  test("every timer that was set is cleared", async ({ page, openPage }) => {
    await openPage({ body: "" });
    await page.evaluate(() => {
      const running = new Map<number, string>();
      Object.assign(window, { running });
      for (const kind of ["Timeout", "Interval"] as const) {
        const [set, clear] = [window[`set${kind}`], window[`clear${kind}`]];
        Object.assign(window, {
          [`set${kind}`]: (work: () => void, ms: number) => {
            const id = Number(set(work, ms));
            running.set(id, `${kind} ${ms}`);
            return id;
          },
          [`clear${kind}`]: (id: number) => {
            running.delete(id);
            clear(id);
          },
        });
      }
      const host = document.querySelector("main");
      if (host) Object.assign(window, { m: window.HeroPortal?.mount(host, { session: "first" }) });
    });
    await expectReady(page);
    const readRunning = () =>
      page.evaluate(() => [
        ...(window as unknown as { running: Map<number, string> }).running.values(),
      ]);
    expect(await readRunning()).toEqual([
      "Interval 30000",
      expect.stringMatching(/^Timeout 1[45]/),
    ]);
    await page.evaluate(() => (window as unknown as { m: { unmount: () => void } }).m.unmount());
    expect(await readRunning()).toEqual([]);
  });

  test("an element moved within the page keeps its session", async ({ page, broker, openPage }) => {
    await openPage();
    await expectReady(page);
    await page.evaluate(() => {
      const host = document.querySelector("hero-placement");
      host?.remove();
      if (host) document.querySelector("main")?.append(host);
    });
    await waitBriefly(page);
    await expect(page.locator("main hh-message-builder")).toHaveCount(1);
    expect(broker.exchanges).toHaveLength(1);
    await advanceMinutes(page, 25.1);
    await expectReady(page, 2);
  });

  test("an element returned to the page uses its token again while it is good", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    await page.evaluate(async () => {
      const host = document.querySelector("hero-placement");
      host?.remove();
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
      if (host) document.querySelector("main")?.append(host);
    });
    await expectReady(page, 2);
    expect(broker.exchanges).toHaveLength(1);
  });
});

test.describe("attacks from the page", () => {
  test("a forged event is forwarded as a hint and changes nothing", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage();
    await expectReady(page);
    const token = await tokenOf(page);
    await page.evaluate(() => {
      dispatchEvent(new CustomEvent("HHMB.MESSAGE_SENT", { detail: { id: "forged" } }));
    });
    await waitBriefly(page);
    expect((await readEvents(page)).at(-1)).toEqual({
      type: "hero:event",
      detail: { name: "HHMB.MESSAGE_SENT", hint: true, data: { id: "forged" }, composed: true },
    });
    expect(await tokenOf(page)).toBe(token);
    expect(broker.exchanges).toHaveLength(1);
    expect(broker.reports).toEqual([]);
  });

  test("a message from another window is ignored", async ({ page, broker, openPage }) => {
    await openPage();
    await expectReady(page);
    await page.evaluate(() => {
      for (const type of ["hero:mount", "hero:unmount", "hero:renew", "HHMB.MESSAGE_SENT"]) {
        window.postMessage({ type, session: "other" }, "*");
      }
    });
    await waitBriefly(page);
    expect(await countEvents(page, "hero:event")).toBe(0);
    await expect(messageBuilder(page)).toHaveCount(1);
    expect(broker.exchanges).toHaveLength(1);
  });

  test("secrets and tokens do not reach addresses, storage, cookies or the console", async ({
    page,
    context,
    broker,
    openPage,
  }) => {
    const consoleMessages: string[] = [];
    page.on("console", (message) => consoleMessages.push(message.text()));
    context.on("request", (request) => {
      consoleMessages.push(request.url(), JSON.stringify(request.headers()));
      if (!request.url().endsWith("/token")) consoleMessages.push(request.postData() ?? "");
    });
    broker.plannedResponses.push("lost");
    await openPage();
    await expectReady(page);
    await advanceMinutes(page, 25.1);
    await expectReady(page, 2);
    const storedData = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
    );
    const token = (await tokenOf(page)) ?? "none";
    const output = [...consoleMessages, storedData, JSON.stringify(await context.cookies())].join(
      "\n",
    );
    expect(output).not.toContain(token);
    expect(output).not.toMatch(/first\b/);
  });
});

test.describe("D: pages that restrict more, or show an element often", () => {
  const trustedTypes = (names: string) =>
    `require-trusted-types-for 'script'; trusted-types ${names}`;

  test("D: the element is shown where the page requires trusted types", async ({
    page,
    openPage,
  }) => {
    await openPage({ policy: trustedTypes("hero-portal") });
    await expectReady(page);
  });

  test("D: where the page does not list the loader's policy, the element says so", async ({
    page,
    openPage,
  }) => {
    await openPage({ policy: trustedTypes("another") });
    await expect(page.getByRole("alert")).toContainText("cannot be shown");
    await expect(page.getByRole("alert")).toContainText("script-blocked");
  });

  test("D: on an opaque origin the element says so", async ({ page, broker, openPage }) => {
    broker.plannedResponses.push("unreadable", "unreadable");
    await openPage({ policy: "sandbox allow-scripts" });
    await advanceMinutes(page, 0.1);
    await expect(page.getByRole("alert")).toContainText("origin-refused");
  });

  test("D: a foreign base address changes nothing", async ({ page, openPage }) => {
    await openPage({ body: `<base href="https://other.example/">${placement()}` });
    await expectReady(page);
  });

  test("D: a page can show its own message instead", async ({ page, broker, openPage }) => {
    broker.plannedResponses.push({ status: 403, problem: "placement-off" });
    await openPage({
      body: `<script nonce="N">addEventListener("hero:error", (e) => { e.preventDefault(); document.title = "mine"; });</script>${placement()}`,
    });
    await expect(page).toHaveTitle("mine");
    await expect(page.getByRole("alert")).toHaveCount(0);
  });

  test("D: a session that is mounted nine times uses one token while it is good", async ({
    page,
    broker,
    openPage,
  }) => {
    await openPage({ body: "" });
    for (let times = 0; times < 9; times++) {
      await page.evaluate(() => {
        const host = document.querySelector("main");
        const mounted = host && window.HeroPortal?.mount(host, { session: "first" });
        Object.assign(window, { mounted });
      });
      await expect(messageBuilder(page)).toHaveCount(1);
      await page.evaluate(() =>
        (window as unknown as { mounted: { unmount: () => void } }).mounted.unmount(),
      );
      await expect(messageBuilder(page)).toHaveCount(0);
    }
    expect(broker.exchanges).toHaveLength(1);
  });
});
