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
import { launchPortal } from "../tests/setup/portal";

/**
 * What the broker adds to a token, and the loader to a page. The whole start with its sandbox, a durable
 * database and limits that no measurement reaches; both sides over HTTP on kept connections, by turns.
 *
 * 1. One page at a time: exchanges against `POST /v1/access_token` of the sandbox, asked directly.
 * 2. Two hundred pages at once, each with a session of its own: as many calls to Hero, no token twice.
 * 3. The loader: its size, and the main thread's time for a page with it against the page without.
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

const percentile = (values: number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
const ms = (value: number) => `${value.toFixed(1)} ms`;

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
  if (reply.statusCode > 299) throw new Error(`${url} answered ${reply.statusCode}.`);
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
      .find((one) => one.practiceGroupId === practiceGroupId)
      ?.keys.find(({ partner }) => partner === "a")?.key ?? "";

  const openSession = async () => {
    const { json } = await post(
      `${portal}/api/v1/element-sessions`,
      { authorization: `Bearer ${tenant?.apiKey}` },
      { placementId: tenant?.placementId, practiceGroupId },
    );
    return z.object({ secret: z.string() }).parse(json).secret;
  };
  const grant = z.object({ token: z.string(), next: z.string() });
  const exchange = async (secret: string) => {
    const { json, tookMs } = await post(
      `${portal}/api/v1/element-sessions/token`,
      { origin },
      { secret },
    );
    return { ...grant.parse(json), tookMs };
  };
  const askHero = () =>
    post(
      `${demo.sandboxUrl}/v1/access_token`,
      { "x-api-key": heroKey, "x-practice-group-id": practiceGroupId },
      undefined,
    );

  let secret = await openSession();
  const ours: number[] = [];
  const direct: number[] = [];
  for (let round = -warmUp; round < rounds; round++) {
    const hero = await askHero();
    const given = await exchange(secret);
    secret = given.next;
    if (round < 0) continue;
    direct.push(hero.tookMs);
    ours.push(given.tookMs);
  }
  for (const [name, part, aim] of [
    ["p50", 0.5, 5],
    ["p99", 0.99, 20],
  ] as const) {
    const [mine, bare] = [percentile(ours, part), percentile(direct, part)];
    process.stdout.write(
      `${name}: exchange ${ms(mine)}, Hero directly ${ms(bare)}: adds ${ms(mine - bare)} (aim ${aim}), ratio ${(mine / bare).toFixed(1)}\n`,
    );
  }

  const countMints = async () => {
    const key = encodeURIComponent(heroKey.slice(-4));
    const reply = await fetch(
      `${demo.sandboxUrl}/_sandbox/requests?operation=createAccessToken&key=${key}`,
    );
    return z.array(z.unknown()).parse(await reply.json()).length;
  };
  const secrets = await Promise.all(Array.from({ length: pagesAtOnce }, openSession));
  const before = await countMints();
  const startedAt = performance.now();
  const all = await Promise.all(secrets.map(exchange));
  const tookMs = performance.now() - startedAt;
  process.stdout.write(
    `${pagesAtOnce} pages at once: ${(await countMints()) - before} calls to Hero, ${new Set(all.map(({ token }) => token)).size} tokens, ${ms(tookMs)} in all, slowest ${ms(
      percentile(
        all.map((one) => one.tookMs),
        0.999,
      ),
    )}\n`,
  );

  const script = readFileSync("public/embed/v1.js");
  process.stdout.write(
    `loader: ${script.length} bytes, ${gzipSync(script, { level: 9 }).length} gzipped (aim 4096)\n`,
  );
  const pages = createServer((asked, answer) => {
    const loader = `<script src="${portal}/embed/v1.js" crossorigin async></script>`;
    answer.setHeader("content-type", "text/html");
    answer.end(`<!doctype html><title>Page</title>${asked.url === "/with" ? loader : ""}<p>Text`);
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
  const timeOf = async (path: string) => {
    await page.goto(`http://127.0.0.1:${port}${path}`, { waitUntil: "load" });
    const { metrics } = await cdp.send("Performance.getMetrics");
    return {
      script: (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? 0) * 1000,
      task: (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000,
    };
  };
  const turns: Record<"/with" | "/without", { script: number; task: number }[]> = {
    "/with": [],
    "/without": [],
  };
  for (let turn = 0; turn < 30; turn++) {
    for (const path of ["/with", "/without"] as const) turns[path].push(await timeOf(path));
  }
  const middle = (path: "/with" | "/without", what: "script" | "task") =>
    percentile(
      turns[path].slice(5).map((one) => one[what]),
      0.5,
    );
  process.stdout.write(
    `main thread, median of 25 loads: script ${ms(middle("/with", "script") - middle("/without", "script"))} more, tasks ${ms(middle("/with", "task"))} with it and ${ms(middle("/without", "task"))} without, ratio ${(middle("/with", "task") / middle("/without", "task")).toFixed(2)}\n`,
  );
  await browser.close();
  pages.close();
} finally {
  await launched.stop();
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
}
