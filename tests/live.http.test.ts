import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchPortal } from "@/scripts/test/portal";
import { maxIdleMs } from "@/scripts/serve/requests";
import { livePingMs } from "@/server/schemas/live";
import type { HttpTenant } from "./support/http";
import { openStream } from "./support/live-stream";

/** A portal of its own: its web process is stopped. */
const dataDir = mkdtempSync(join(tmpdir(), "portal-live-"));
const shared = { url: process.env.PORTAL_URL, dataDir: process.env.PORTAL_DATA_DIR };
const streamCount = 1_000;

let portal: Awaited<ReturnType<typeof launchPortal>> | undefined;
let url = "";
let tenant: HttpTenant;
let cookie = "";

beforeAll(async () => {
  portal = await launchPortal(dataDir, { LIVE_STREAMS_PER_PERSON: "2000" });
  url = (await portal.ready).replace("//localhost", "//127.0.0.1");
  process.env.PORTAL_URL = await portal.ready;
  process.env.PORTAL_DATA_DIR = dataDir;
  const http = await import("./support/http");
  tenant = await http.createTenantOverHttp("c");
  cookie = `${http.sessionCookie}=${http.sessionTokenOf(tenant.browser)}`;
}, 480_000);

afterAll(async () => {
  await portal?.stop();
  process.env.PORTAL_URL = shared.url;
  process.env.PORTAL_DATA_DIR = shared.dataDir;
  rmSync(dataDir, { recursive: true, force: true });
});

const open = (lastEventId: string, headers: Record<string, string> = {}) =>
  openStream({ url, scope: tenant.scope, cookie, lastEventId, headers });

type Reader = Awaited<ReturnType<typeof open>>;
const subjectsOf = ({ events }: Reader) =>
  events.flatMap(({ changes }) => changes.map(({ subjectId }) => subjectId));

async function createLink(): Promise<string> {
  const { text } = await tenant.browser.callProcedure(
    tenant.scope,
    "links.create",
    "mutation",
    tenant.linkInput(),
  );
  const { result } = JSON.parse(text) as { result?: { data: { id: string } } };
  if (!result) throw new Error(text);
  return result.data.id;
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** The web process of this portal. */
const findWebProcess = (): number | undefined => {
  const pid = readdirSync("/proc").find(
    (name) =>
      /^\d+$/.test(name) &&
      readText(`/proc/${name}/cmdline`).includes("scripts/serve.ts") &&
      readText(`/proc/${name}/environ`).includes(dataDir),
  );
  return pid ? Number(pid) : undefined;
};

describe("streams of the production build", () => {
  it("events are sent at once where responses are compressed, with heartbeats in time", {
    timeout: 60_000,
  }, async () => {
    const reader = await open("0", { "accept-encoding": "gzip, deflate, br" });
    const openedAt = performance.now();
    await expect.poll(() => reader.events.length, { timeout: 5_000 }).toBeGreaterThan(0);
    expect(reader.firstEventAfterMs).toBeLessThan(1_000);
    expect(reader.headers).toMatchObject({
      "cache-control": "no-store, no-transform",
      "x-content-type-options": "nosniff",
    });
    expect(reader.headers["content-encoding"]).toBeUndefined();
    await expect.poll(() => reader.names, { timeout: 40_000 }).toContain("ping");
    const pingAfterMs = performance.now() - openedAt;
    expect(pingAfterMs).toBeGreaterThan(15_000);
    expect(pingAfterMs).toBeLessThan(25_000);
    expect(livePingMs * 3).toBeLessThan(maxIdleMs);
    reader.abort();
  });

  it("a restart ends 1,000 streams first, and each resumes without missing a change", {
    timeout: 300_000,
  }, async () => {
    const probe = await open("0");
    await expect.poll(() => probe.events.length).toBeGreaterThan(0);
    const start = String(probe.events[0]?.position);
    probe.abort();
    const openAll = async (positions: readonly string[]): Promise<Reader[]> => {
      const readers: Reader[] = [];
      const waiting = positions.map((position, index) => ({ position, index }));
      const lane = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          for (;;) {
            const reader = await open(next.position).catch(() => undefined);
            if (reader?.status === 200) {
              readers[next.index] = reader;
              break;
            }
            await sleep(100 + Math.random() * 400);
          }
        }
      };
      await Promise.all(Array.from({ length: 40 }, lane));
      return readers;
    };
    const before = await openAll(Array.from({ length: streamCount }, () => start));
    const first = await createLink();
    await expect
      .poll(() => before.filter((reader) => subjectsOf(reader).includes(first)).length, {
        timeout: 20_000,
      })
      .toBe(streamCount);

    const pid = findWebProcess();
    if (!pid) throw new Error("The web process was not found.");
    const stoppedAt = performance.now();
    process.kill(pid, "SIGTERM");
    await Promise.all(before.map(({ ended }) => ended));
    const endedAfterMs = performance.now() - stoppedAt;
    expect(before.filter(({ names }) => names.at(-1) !== "return")).toEqual([]);
    // Well before the server would cut its connections.
    expect(endedAfterMs).toBeLessThan(8_000);
    await expect.poll(findWebProcess, { timeout: 60_000 }).not.toBeOneOf([pid, undefined]);

    // Half of the streams are back before the change, half resume after it.
    const positions = before.map(({ events }) => String(events.at(-1)?.position));
    const early = await openAll(positions.slice(streamCount / 2));
    const second = await createLink();
    const changedAt = performance.now();
    await expect
      .poll(() => early.filter((reader) => subjectsOf(reader).includes(second)).length, {
        timeout: 20_000,
      })
      .toBe(streamCount / 2);
    const late = await openAll(positions.slice(0, streamCount / 2));
    await expect
      .poll(() => late.filter((reader) => subjectsOf(reader).includes(second)).length, {
        timeout: 20_000,
      })
      .toBe(streamCount / 2);
    const all = [...early, ...late];
    expect(
      all.filter((reader) => subjectsOf(reader).filter((id) => id === second).length > 1),
    ).toEqual([]);
    expect(all.filter(({ events }) => events.some(({ isReload }) => isReload))).toEqual([]);
    const slowestMs =
      Math.max(...early.map(({ receivedAt }) => receivedAt.at(-1) ?? 0)) - changedAt;
    process.stdout.write(
      `${JSON.stringify({ endedAfterMs: Math.round(endedAfterMs), slowestMs: Math.round(slowestMs) })}\n`,
    );
    for (const reader of all) reader.abort();
  });
});
