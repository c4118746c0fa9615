import type { BrowserContext, Request, Response } from "@playwright/test";
import type { BrowserKind } from "@/components/elements/snippets/policy";
import { expect, test as base } from "./fixtures";
import { type Partner, startPartner } from "./support/partner";
import { placeFor } from "./support/placed";
import { openStandIn } from "./support/stand-in-element";

const test = base.extend<{ partner: Partner }>({
  partner: async ({}, use) => {
    const partner = await startPartner();
    await use(partner);
    await partner.stop();
  },
});

test.use({ practiceGroupId: "30298" });

/** Everything that goes over the wire, in the order in which it went. */
function record(context: BrowserContext) {
  type Part = { where: string; text: string };
  const parts: Part[] = [];
  const waiting: Promise<unknown>[] = [];
  const add = (where: string, text: string) => parts.push({ where, text });

  async function addRequest(request: Request) {
    add(`address ${request.url()}`, request.url());
    add(`request headers ${request.url()}`, JSON.stringify(await request.allHeaders()));
    add(`request body ${request.url()}`, request.postData() ?? "");
  }
  async function addResponse(response: Response) {
    add(`answer headers ${response.url()}`, JSON.stringify(await response.allHeaders()));
    const body = await response.text().catch(() => "");
    add(`answer body ${response.url()}`, body);
  }
  context.on("request", (request) => waiting.push(addRequest(request).catch(() => undefined)));
  context.on("response", (response) => waiting.push(addResponse(response).catch(() => undefined)));
  context.on("console", (message) => add("console", message.text()));

  return {
    /** Where the text stood, without what stood there. */
    async find(text: string): Promise<string[]> {
      await Promise.all(waiting);
      return parts.filter((part) => part.text.includes(text)).map(({ where }) => where);
    },
  };
}

/** What a frame keeps, and what it tells other pages; a browser may refuse a frame of another site all of it. */
function readKept(): string {
  const read = (store: () => Storage) => {
    try {
      return Object.entries(store());
    } catch {
      return [];
    }
  };
  return JSON.stringify([
    read(() => localStorage),
    read(() => sessionStorage),
    document.cookie,
    location.href,
    document.referrer,
  ]);
}

for (const kind of ["html", "iframe"] satisfies BrowserKind[]) {
  test(`${kind}: Hero's key is nowhere, and the token only in the exchange and at Hero`, async ({
    page,
    context,
    house,
    office,
    partner,
  }) => {
    const placed = await placeFor(partner, office, {
      portalUrl: house.url,
      sandbox: house.sandbox,
    });
    const { given } = placed;
    const trace = record(context);
    await partner.show(kind, given);
    await page.clock.install();
    await page.goto(partner.origin);
    const frame = kind === "iframe" ? page.frameLocator("iframe[title=Hero]") : page;
    const element = openStandIn(frame);
    const tokens: string[] = [];
    const readToken = async () => (await element.host.getAttribute("jwt-token")) ?? "";
    tokens.push(await readToken());
    await page.clock.runFor(25.1 * 60_000);
    await expect.poll(readToken).not.toBe(tokens[0]);
    tokens.push(await readToken());
    await element.send(`A message under watch. ${crypto.randomUUID()}`);

    expect(await trace.find(office.apiKey)).toEqual([]);
    expect(await trace.find(given.apiKey)).toEqual([]);
    const { portal, heroApi } = given.facts;
    for (const token of tokens) {
      expect(token).not.toBe("");
      const places = await trace.find(token);
      expect(places).toContain(`answer body ${portal}/api/v1/element-sessions/token`);
      const others = places.filter(
        (where) =>
          where !== `answer body ${portal}/api/v1/element-sessions/token` &&
          // The element shows it to Hero, for that is what it is for.
          !where.startsWith(`request headers ${heroApi}/`),
      );
      expect(others).toEqual([]);
    }

    const kept = await Promise.all(page.frames().map((each) => each.evaluate(readKept)));
    const cookies = JSON.stringify(await context.cookies());
    for (const token of tokens) {
      expect(kept.join("\n").includes(token)).toBe(false);
      expect(cookies.includes(token)).toBe(false);
    }

    // Off the page, off the element.
    if (kind === "html") {
      const left = await page.evaluate(async () => {
        const old = document.querySelector("hh-message-builder");
        document.querySelector("hero-placement")?.remove();
        await Promise.resolve();
        return [old?.getAttribute("jwt-token"), document.documentElement.outerHTML];
      });
      expect(left[0]).toBeNull();
      for (const token of tokens) expect(left[1]?.includes(token)).toBe(false);
    }
    const logs = house.readLogs();
    for (const secret of [...tokens, office.apiKey, given.apiKey]) {
      expect(logs.includes(secret)).toBe(false);
    }
  });
}
