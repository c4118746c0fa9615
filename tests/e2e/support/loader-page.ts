import { test as base, expect, type Page } from "@playwright/test";
import { send, startPageServer } from "./page-server";
import { type FakeBroker, startFakeBroker } from "./fake-broker";

/** A loader event that the page received. */
export type LoaderEvent = { type: string; detail: Record<string, unknown> };

type LoaderPageOptions = {
  loader?: "v1.js" | "v2.js";
  /** HTML after the loader's script. */
  body?: string;
  /** The content security policy; scripts of Hero and the test need the nonce `N`. */
  policy?: string;
  /** The page's time when it opens. */
  time?: Date;
};

type Fixtures = {
  broker: FakeBroker;
  /** Opens a page with the loader, of another origin than the broker's, with a fake clock. */
  openPage: (options?: LoaderPageOptions) => Promise<void>;
  partner: { origin: string; html: string; policy: string | undefined };
};

export const placementId = "0199f3a0-1111-7222-8333-444455556666";

/** For tests of the loader: the broker and Hero's script are fakes. */
export const test = base.extend<Fixtures>({
  broker: async ({}, use) => {
    const broker = await startFakeBroker();
    await use(broker);
    await broker.stop();
  },

  partner: async ({}, use) => {
    const partner = { origin: "", html: "", policy: undefined as string | undefined };
    const server = await startPageServer((_request, response) => {
      const { policy } = partner;
      send(
        response,
        "text/html",
        partner.html,
        policy ? { "content-security-policy": policy } : {},
      );
    });
    partner.origin = `http://localhost:${server.port}`;
    await use(partner);
    await server.stop();
  },

  openPage: async ({ page, broker, partner }, use) => {
    await use(async ({ loader = "v2.js", body = placement(), policy, time } = {}) => {
      partner.policy = policy;
      partner.html = `<!doctype html><html lang="en"><title>Partner</title><main></main>
<script nonce="N">
  window.seen = [];
  for (const type of ["hero:ready", "hero:event", "hero:error", "hero:warning"]) {
    document.addEventListener(type, ({ detail, composed }) =>
      window.seen.push({ type, detail: { ...detail, renew: undefined, composed } }));
  }
</script>
<script nonce="N" src="${broker.url}/embed/${loader}"></script>
${body}`;
      await page.clock.install(time ? { time } : {});
      await page.goto(partner.origin);
    });
  },
});

export { expect };

export const placement = (session = "first") =>
  `<hero-placement placement="${placementId}" session="${session}"></hero-placement>`;

export const messageBuilder = (page: Page) => page.locator("hh-message-builder");
export const tokenOf = (page: Page) => messageBuilder(page).getAttribute("jwt-token");
export const renewalPrompt = (page: Page) => page.getByRole("alert");

export const readEvents = (page: Page): Promise<LoaderEvent[]> =>
  page.evaluate(() => (window as unknown as { seen: LoaderEvent[] }).seen);

export async function countEvents(page: Page, type: string): Promise<number> {
  return (await readEvents(page)).filter((event) => event.type === type).length;
}

/** Waits for so many `ready` events. */
export async function expectReady(page: Page, times = 1): Promise<void> {
  await expect.poll(() => countEvents(page, "hero:ready")).toBe(times);
}

export async function expectErrorCodes(page: Page, codes: string[]): Promise<void> {
  const readCodes = async () =>
    (await readEvents(page))
      .filter(({ type }) => type === "hero:error")
      .map(({ detail }) => detail.code);
  await expect.poll(readCodes).toEqual(codes);
}

/** Advances the page's clock and runs its timers. */
export const advanceMinutes = (page: Page, minutes: number) => page.clock.runFor(minutes * 60_000);

/**
 * Advances the page's clock a second at a time, with real responses in between, until the condition holds.
 *
 * @returns the number of seconds.
 */
export async function advanceUntil(page: Page, condition: () => boolean | Promise<boolean>) {
  for (let seconds = 0; seconds < 120; seconds++) {
    if (await condition()) return seconds;
    await page.clock.runFor(1_000);
    await page.waitForTimeout(20);
  }
  throw new Error("The condition did not hold within two minutes of the page's clock.");
}

/** Waits long enough for something unexpected to happen. */
export const waitBriefly = (page: Page) => page.waitForTimeout(250);
