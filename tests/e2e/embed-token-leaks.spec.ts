import type { BrowserContext, Request, Response } from "@playwright/test";
import type { BrowserKind } from "@/components/elements/snippets/policy";
import { expect, test } from "./fixtures";
import { findMessageBuilder } from "./support/message-builder";

test.use({ practiceGroupId: "30298" });

/** All network traffic, in order. */
function recordTraffic(context: BrowserContext) {
  type RecordedText = { source: string; text: string };
  const recorded: RecordedText[] = [];
  const pending: Promise<unknown>[] = [];
  const add = (source: string, text: string) => recorded.push({ source, text });

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
  context.on("request", (request) => pending.push(addRequest(request).catch(() => undefined)));
  context.on("response", (response) => pending.push(addResponse(response).catch(() => undefined)));
  context.on("console", (message) => add("console", message.text()));

  return {
    /** The place of the text, without the text. */
    async find(text: string): Promise<string[]> {
      await Promise.all(pending);
      return recorded.filter((entry) => entry.text.includes(text)).map(({ source }) => source);
    },
  };
}

/** A frame's storage and messages; a browser may deny them to a frame of another site. */
function readStoredData(): string {
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
  test(`${kind}: Hero's key appears nowhere, and the token only in the exchange and at Hero`, async ({
    page,
    context,
    app,
    organisation,
    partner,
    partnerPlacement,
  }) => {
    const { partnerSetup } = partnerPlacement;
    const trace = recordTraffic(context);
    await partner.serveSnippet(kind, partnerSetup);
    await page.clock.install();
    await page.goto(partner.origin);
    const frame = kind === "iframe" ? page.frameLocator("iframe[title=Hero]") : page;
    const element = findMessageBuilder(frame);
    const tokens: string[] = [];
    const readToken = async () => (await element.host.getAttribute("jwt-token")) ?? "";
    tokens.push(await readToken());
    await page.clock.runFor(25.1 * 60_000);
    await expect.poll(readToken).not.toBe(tokens[0]);
    tokens.push(await readToken());
    await element.send(`A message under watch. ${crypto.randomUUID()}`);

    expect(await trace.find(organisation.apiKey)).toEqual([]);
    expect(await trace.find(partnerSetup.apiKey)).toEqual([]);
    const { portal, heroApi } = partnerSetup.facts;
    for (const token of tokens) {
      expect(token).not.toBe("");
      const sources = await trace.find(token);
      expect(sources).toContain(`answer body ${portal}/api/v1/element-sessions/token`);
      const others = sources.filter(
        (source) =>
          source !== `answer body ${portal}/api/v1/element-sessions/token` &&
          // The element sends it to Hero, which is its purpose.
          !source.startsWith(`request headers ${heroApi}/`),
      );
      expect(others).toEqual([]);
    }

    const storedData = await Promise.all(
      page.frames().map((child) => child.evaluate(readStoredData)),
    );
    const cookies = JSON.stringify(await context.cookies());
    for (const token of tokens) {
      expect(storedData.join("\n").includes(token)).toBe(false);
      expect(cookies.includes(token)).toBe(false);
    }

    // After unmounting.
    if (kind === "html") {
      const remaining = await page.evaluate(async () => {
        const old = document.querySelector("hh-message-builder");
        document.querySelector("hero-placement")?.remove();
        await Promise.resolve();
        return [old?.getAttribute("jwt-token"), document.documentElement.outerHTML];
      });
      expect(remaining[0]).toBeNull();
      for (const token of tokens) expect(remaining[1]?.includes(token)).toBe(false);
    }
    const logs = app.readLogs();
    for (const secret of [...tokens, organisation.apiKey, partnerSetup.apiKey]) {
      expect(logs.includes(secret)).toBe(false);
    }
  });
}
