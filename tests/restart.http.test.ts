import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import { launchPortal } from "@/scripts/test/portal";

/** A portal of its own: its processes are killed. */
const dataDir = mkdtempSync(join(tmpdir(), "portal-restart-"));
const shared = { url: process.env.PORTAL_URL, dataDir: process.env.PORTAL_DATA_DIR };
let portal: Awaited<ReturnType<typeof launchPortal>> | undefined;

afterAll(async () => {
  await portal?.stop();
  process.env.PORTAL_URL = shared.url;
  process.env.PORTAL_DATA_DIR = shared.dataDir;
  rmSync(dataDir, { recursive: true, force: true });
});

const read = (pid: string, file: string) => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
};

/** The process of this portal whose command line has the text. */
function findProcess(text: string): number | undefined {
  const pid = readdirSync("/proc").find(
    (candidate) =>
      /^\d+$/.test(candidate) &&
      read(candidate, "cmdline").includes(text) &&
      (read(candidate, "environ").includes(dataDir) ||
        read(candidate, "cmdline").includes(dataDir)),
  );
  return pid ? Number(pid) : undefined;
}

const processes = {
  web: "scripts/serve.ts",
  worker: "scripts/worker.ts",
  // Only the postmaster has arguments; its children have titles.
  database: "listen_addresses",
};

const dataOf = <Output>(text: string, schema: z.ZodType<Output>) =>
  z.object({ result: z.object({ data: schema }) }).parse(JSON.parse(text)).result.data;

it("C9: web, worker and database killed in turn restart by themselves; no link is lost or doubled", {
  timeout: 600_000,
}, async () => {
  // Commits must survive the kill, as in production.
  portal = await launchPortal(dataDir, { EMBEDDED_DATABASE_FSYNC: "on" });
  const url = await portal.ready;
  process.env.PORTAL_URL = url;
  process.env.PORTAL_DATA_DIR = dataDir;
  const http = await import("./support/http");
  const tenant = await http.createTenantOverHttp("c");
  const call = (procedure: string, input: unknown) =>
    tenant.browser.callProcedure(tenant.scope, procedure, "mutation", input);
  const { key } = dataOf(
    (await call("apiKeys.create", { name: "Server", permissions: ["links.create"] })).text,
    z.object({ key: z.string() }),
  );
  const { operationId: _, practiceId, ...what } = tenant.linkInput();

  // A bulk upload of 200 rows; the number of uses identifies the row at Hero.
  const rowCount = 200;
  const upload = dataOf(
    (
      await call("bulkUploads.create", {
        operationId: randomUUID(),
        name: "Killed",
        kind: "booking",
        rowCount,
        columns: {},
      })
    ).text,
    z.object({ id: z.string() }),
  );
  const rows = Array.from({ length: rowCount }, (_row, index) => ({
    ...what,
    rowNumber: index + 1,
    reference: "",
    practiceId,
    maxUses: 1_000 + index,
  }));
  await call("bulkUploads.addRows", { bulkUploadId: upload.id, rows });
  const started = await call("bulkUploads.start", {
    bulkUploadId: upload.id,
    confirmedRecipients: rowCount,
  });
  expect(started.status, started.text).toBe(200);

  // API calls with one idempotency key for each link, repeated until they have an answer.
  let isDone = false;
  const answers = new Map<number, string>();
  const createByApi = async (maxUses: number) => {
    const idempotencyKey = randomUUID();
    for (;;) {
      const response = await fetch(`${url}/api/v1/links`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/json",
          "idempotency-key": idempotencyKey,
        },
        body: JSON.stringify({ kind: "booking", practiceGroupId: "30298", ...what, maxUses }),
        signal: AbortSignal.timeout(15_000),
      }).catch(() => undefined);
      const body = response ? await response.text().catch(() => "") : "";
      if (response && response.status < 429) {
        answers.set(
          maxUses,
          `${response.status} ${(JSON.parse(body) as { state?: string }).state}`,
        );
        return;
      }
      await sleep(200);
    }
  };
  const createLinks = async (lane: number) => {
    for (let index = 0; !isDone; index += 1) {
      await createByApi(2_000 + lane * 1_000 + index);
      await sleep(100);
    }
  };
  const lanes = [0, 1, 2].map(createLinks);

  const downMs: Record<string, number[]> = { web: [], worker: [], database: [] };
  for (let round = 0; round < 2; round += 1) {
    for (const [name, text] of Object.entries(processes)) {
      const pid = findProcess(text);
      if (!pid) throw new Error(`The ${name} is not running.`);
      const startedAt = performance.now();
      process.kill(pid, "SIGKILL");
      await expect
        .poll(() => findProcess(text), { timeout: 60_000, interval: 50 })
        .not.toBeOneOf([pid, undefined]);
      await expect
        .poll(async () => (await fetch(`${url}/api/health`).catch(() => undefined))?.status ?? 0, {
          timeout: 60_000,
          interval: 50,
        })
        .toBe(200);
      downMs[name]?.push(Math.round(performance.now() - startedAt));
      await sleep(2_000);
    }
  }
  isDone = true;
  await Promise.all(lanes);

  const uploadSchema = z.object({
    state: z.string(),
    counts: z.object({ created: z.number(), failed: z.number(), unknown: z.number() }),
  });
  const readUpload = async () =>
    dataOf(
      (
        await tenant.browser.callProcedure(tenant.scope, "bulkUploads.get", "query", {
          bulkUploadId: upload.id,
        })
      ).text,
      uploadSchema,
    );
  await expect
    .poll(async () => (await readUpload()).state, { timeout: 180_000, interval: 500 })
    .toBe("finished");
  const { counts } = await readUpload();
  expect(counts.created + counts.failed + counts.unknown).toBe(rowCount);
  expect(counts.failed).toBe(0);
  expect(counts.created).toBeGreaterThan(0);

  const atHero = new Map<number, number>();
  const links = z
    .array(z.object({ maxUses: z.number().nullable() }))
    .parse(await (await fetch(`${http.portal.demo.sandboxUrl}/_sandbox/links`)).json());
  for (const { maxUses } of links) {
    if (maxUses && maxUses >= 1_000) atHero.set(maxUses, (atHero.get(maxUses) ?? 0) + 1);
  }
  expect([...atHero.values()].filter((count) => count !== 1)).toEqual([]);
  const byApi = [...answers];
  const live = byApi.filter(([, answer]) => answer.includes("live"));
  expect(live.length).toBeGreaterThan(0);
  expect(live.filter(([maxUses]) => !atHero.has(maxUses))).toEqual([]);
  expect(byApi.filter(([, answer]) => !/live|unknown|pending/.test(answer))).toEqual([]);
  const rowsAtHero = [...atHero.keys()].filter((maxUses) => maxUses < 2_000).length;
  expect(rowsAtHero).toBeGreaterThanOrEqual(counts.created);
  expect(rowsAtHero).toBeLessThanOrEqual(counts.created + counts.unknown);
  process.stdout.write(
    `${JSON.stringify({ downMs, upload: counts, api: byApi.length, liveByApi: live.length })}\n`,
  );
});
