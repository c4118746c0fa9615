import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "@playwright/test";
import { Agent, request } from "undici";
import { z } from "zod";
import { findChromium } from "../scripts/chromium";
import { launchPortal } from "../scripts/test/portal";

/**
 * What the exchange adds to a token, and the loader to a page. Uses a complete start with its sandbox, a
 * durable database and limits that no measurement reaches. Both sides use HTTP on open connections and
 * alternate.
 *
 * 1. One page at a time: exchanges, as a ratio to direct calls of the sandbox's `POST /v1/access_token`.
 * 2. Two hundred pages at once, each with its own session: as many calls to Hero, no token twice.
 * 3. The loader: its size, and main-thread time of a page with it and without.
 *
 * Run `npm run bench:elements` on a built checkout.
 */

const rounds = 400;
const warmUp = 50;
const pagesAtOnce = 200;
const origin = "http://localhost:5173";

const folder = mkdtempSync(join(tmpdir(), "portal-bench-"));
const launched = await launchPortal(folder, {
  EMBEDDED_DATABASE_FSYNC: "on",
  HERO_RATE_PER_SECOND: "100000",
  HERO_CONCURRENCY: "1000",
  API_RATE_PER_MINUTE: "1000000",
  ELEMENT_EXCHANGES_PER_MINUTE: "1000",
});
const agent = new Agent({ connections: pagesAtOnce, keepAliveTimeout: 60_000 });

const percentile = (values: number[], fraction: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * fraction)] ?? Number.NaN;
const formatMs = (value: number) => `${value.toFixed(1)} ms`;

const demoFile = z.object({
  sandboxUrl: z.string(),
  tenants: z.array(
    z.object({
      apiKey: z.string(),
      placementId: z.string(),
      practices: z.array(z.object({ practiceGroupId: z.string() })),
    }),
  ),
});
const practiceList = z.array(
  z.object({
    practiceGroupId: z.string(),
    keys: z.array(z.object({ partner: z.string(), key: z.string() })),
  }),
);

async function post(url: string, headers: Record<string, string>, body: unknown) {
  const startedAt = performance.now();
  const reply = await request(url, {
    dispatcher: agent,
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const json: unknown = await reply.body.json();
  const tookMs = performance.now() - startedAt;
  if (reply.statusCode > 299) throw new Error(`${url} returned ${reply.statusCode}.`);
  return { json, tookMs };
}

try {
  const portal = await launched.ready;
  const demo = demoFile.parse(JSON.parse(readFileSync(join(folder, "demo.json"), "utf8")));
  const [tenant] = demo.tenants;
  const practiceGroupId = tenant?.practices[0]?.practiceGroupId ?? "";
  const practices = practiceList.parse(
    await (await fetch(`${demo.sandboxUrl}/_sandbox/practices`)).json(),
  );
  const heroKey =
    practices
      .find((item) => item.practiceGroupId === practiceGroupId)
      ?.keys.find(({ partner }) => partner === "a")?.key ?? "";

  const createElementSession = async () => {
    const { json } = await post(
      `${portal}/api/v1/element-sessions`,
      { authorization: `Bearer ${tenant?.apiKey}` },
      { placementId: tenant?.placementId, practiceGroupId },
    );
    return z.object({ secret: z.string() }).parse(json).secret;
  };
  const grantSchema = z.object({ token: z.string(), next: z.string() });
  const exchange = async (secret: string) => {
    const { json, tookMs } = await post(
      `${portal}/api/v1/element-sessions/token`,
      { origin },
      { secret },
    );
    return { ...grantSchema.parse(json), tookMs };
  };
  const requestHeroToken = () =>
    post(
      `${demo.sandboxUrl}/v1/access_token`,
      { "x-api-key": heroKey, "x-practice-group-id": practiceGroupId },
      undefined,
    );

  let secret = await createElementSession();
  const portalTimes: number[] = [];
  const heroTimes: number[] = [];
  for (let round = -warmUp; round < rounds; round++) {
    const hero = await requestHeroToken();
    const granted = await exchange(secret);
    secret = granted.next;
    if (round < 0) continue;
    heroTimes.push(hero.tookMs);
    portalTimes.push(granted.tookMs);
  }
  for (const [name, fraction, target] of [
    ["p50", 0.5, 5],
    ["p99", 0.99, 20],
  ] as const) {
    const [portalTime, heroTime] = [
      percentile(portalTimes, fraction),
      percentile(heroTimes, fraction),
    ];
    process.stdout.write(
      `${name}: exchange ${formatMs(portalTime)}, Hero directly ${formatMs(heroTime)}: adds ${formatMs(portalTime - heroTime)} (aim ${target}), ratio ${(portalTime / heroTime).toFixed(1)}\n`,
    );
  }

  const countTokenCalls = async () => {
    const key = encodeURIComponent(heroKey.slice(-4));
    const reply = await fetch(
      `${demo.sandboxUrl}/_sandbox/requests?operation=createAccessToken&key=${key}`,
    );
    return z.array(z.unknown()).parse(await reply.json()).length;
  };
  const secrets = await Promise.all(Array.from({ length: pagesAtOnce }, createElementSession));
  const callsBefore = await countTokenCalls();
  const startedAt = performance.now();
  const grants = await Promise.all(secrets.map(exchange));
  const tookMs = performance.now() - startedAt;
  process.stdout.write(
    `${pagesAtOnce} pages at once: ${(await countTokenCalls()) - callsBefore} calls to Hero, ${new Set(grants.map(({ token }) => token)).size} tokens, ${formatMs(tookMs)} in all, slowest ${formatMs(
      percentile(
        grants.map((item) => item.tookMs),
        0.999,
      ),
    )}\n`,
  );

  const script = readFileSync("public/embed/v2.js");
  process.stdout.write(
    `loader: ${script.length} bytes, ${gzipSync(script, { level: 9 }).length} gzipped (aim 4096)\n`,
  );
  const pages = createServer((incoming, response) => {
    const loader = `<script src="${portal}/embed/v2.js" crossorigin async></script>`;
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><title>Page</title>${incoming.url === "/with" ? loader : ""}<p>Text`,
    );
  });
  await once(pages.listen(0, "127.0.0.1"), "listening");
  const { port } = pages.address() as AddressInfo;
  const browser = await chromium.launch({
    executablePath: findChromium() ?? "",
    args: ["--no-sandbox"],
  });
  const page = await browser.newPage();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  const measureMainThread = async (path: string) => {
    await page.goto(`http://127.0.0.1:${port}${path}`, { waitUntil: "load" });
    const { metrics } = await cdp.send("Performance.getMetrics");
    return {
      script: (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? 0) * 1000,
      task: (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000,
    };
  };
  const samples: Record<"/with" | "/without", { script: number; task: number }[]> = {
    "/with": [],
    "/without": [],
  };
  for (let round = 0; round < 30; round++) {
    for (const path of ["/with", "/without"] as const)
      samples[path].push(await measureMainThread(path));
  }
  const medianOf = (path: "/with" | "/without", metric: "script" | "task") =>
    percentile(
      samples[path].slice(5).map((item) => item[metric]),
      0.5,
    );
  process.stdout.write(
    `main thread, median of 25 loads: script ${formatMs(medianOf("/with", "script") - medianOf("/without", "script"))} more, tasks ${formatMs(medianOf("/with", "task"))} with it and ${formatMs(medianOf("/without", "task"))} without, ratio ${(medianOf("/with", "task") / medianOf("/without", "task")).toFixed(2)}\n`,
  );
  await browser.close();
  pages.close();
} finally {
  await launched.stop();
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
}
