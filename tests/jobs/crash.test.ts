import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { BulkRow } from "@/server/schemas/bulk";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { startBulk } from "@/server/services/bulk/control";
import { addBulkRows, createBulk } from "@/server/services/bulk/create";
import { getBulk, listBulkRows } from "@/server/services/bulk/read";
import { settleLink } from "@/server/services/links/settle";
import { settleLinkByReading } from "@/server/services/links/settle-by-reading";
import { getLink } from "@/server/services/links/read";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser, sandboxUrl } from "../setup/database";
import { findPractice, listCrowd } from "../support/hero";
import { makeTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const rowCount = 2_000;
const lanes = 8;
const kills = 3;
const practiceGroupId = "30298";

let ctx: TenantContext;
let bulkId: string;
let worker: ChildProcess | undefined;

async function startWorker(): Promise<void> {
  const started = spawn(
    process.execPath,
    ["--conditions=react-server", "--import", "tsx", "server/jobs/worker.ts"],
    {
      env: { ...process.env, HERO_RATE_PER_SECOND: "2000", HERO_CONCURRENCY: String(lanes) },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  worker = started;
  await new Promise<void>((resolve) => {
    createInterface({ input: started.stdout }).on("line", (line) => {
      if (line === '{"ready":true}') resolve();
    });
  });
}

async function killWorker(): Promise<void> {
  if (!worker || worker.exitCode !== null) return;
  const ended = once(worker, "exit");
  worker.kill("SIGKILL");
  await ended;
}

const progress = async () => {
  const { counts, state } = await getBulk(ctx, { bulkId });
  return { state, settled: counts.made + counts.refused + counts.unknown };
};

async function reach(settled: number): Promise<void> {
  await expect
    .poll(async () => (await progress()).settled, { timeout: 120_000, interval: 100 })
    .toBeGreaterThanOrEqual(settled);
}

/** The links at the sandbox by how many uses they allow: that is how this test numbers its rows. */
async function countAtHero(): Promise<Map<number, number>> {
  const reply = await fetch(`${sandboxUrl}/_sandbox/links`);
  const made = z
    .array(
      z.object({
        practiceGroupId: z.string(),
        maximumUses: z.number().nullable(),
        expiryDate: z.string().nullable(),
      }),
    )
    .parse(await reply.json());
  const counts = new Map<number, number>();
  for (const link of made) {
    if (link.practiceGroupId !== practiceGroupId || link.expiryDate !== expiresOn) continue;
    const row = link.maximumUses ?? 0;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  return counts;
}

// A day that no other test gives a link of this practice.
const expiresOn = addDays(ukDateOf(new Date()), 611);

beforeAll(async () => {
  const tenant = await makeTenant();
  const practice = await tenant.connect(await findPractice(practiceGroupId, "c"));
  ctx = await tenant.as();
  const options = await getBookingOptions(ctx, { practiceId: practice.id });
  const crowd = await listCrowd(rowCount);
  const rows = crowd.map(
    ({ nhsNumber, dateOfBirth }, at) =>
      ({
        rowNumber: at + 1,
        reference: `row ${at + 1}`,
        practiceId: practice.id,
        appointmentTypeId: options.appointmentTypes[0]?.id,
        locationId: options.locations[0]?.id,
        expiresOn,
        maximumUses: at + 1,
        // A tenth are rows that Hero must refuse, a third have a patient to be looked up.
        ...(at % 10 === 3 && {
          appointmentTypeId: options.appointmentTypes[0]?.id,
          practitionerId: "99999999",
        }),
        ...(at % 3 === 0 && { identity: { by: "nhs_number", nhsNumber, dateOfBirth } }),
      }) as BulkRow,
  );
  const bulk = await createBulk(ctx, {
    operationId: randomUUID(),
    name: "Crash",
    kind: "booking",
    rowCount,
    columns: {},
  });
  bulkId = bulk.id;
  for (let at = 0; at < rowCount; at += 1_000) {
    await addBulkRows(ctx, { bulkId, rows: rows.slice(at, at + 1_000) });
  }
  await startWorker();
}, 60_000);

afterAll(killWorker);

it("a worker killed three times makes no link twice and loses none", {
  timeout: 240_000,
}, async () => {
  await startBulk(ctx, { bulkId, confirmedRecipients: rowCount });
  for (let kill = 1; kill <= kills; kill += 1) {
    await reach((rowCount / (kills + 1)) * kill);
    await killWorker();
    await startWorker();
  }
  await expect
    .poll(async () => (await progress()).state, { timeout: 120_000, interval: 200 })
    .toBe("finished");

  const bulk = await getBulk(ctx, { bulkId });
  const { made, refused, unknown } = bulk.counts;
  expect(made + refused + unknown).toBe(rowCount);
  expect(refused).toBe(200);
  expect(unknown).toBeLessThanOrEqual(kills * lanes);

  const atHero = await countAtHero();
  const rows = await superuser<{ row_number: number; state: string; sealed: Buffer | null }[]>`
    select row_number, state::text, sealed from bulk_rows where bulk_id = ${bulkId}`;
  for (const { row_number: row, state, sealed } of rows) {
    const links = atHero.get(row) ?? 0;
    expect(sealed).toBeNull();
    if (state === "made") expect(links, `row ${row}`).toBe(1);
    if (state === "refused") expect(links, `row ${row}`).toBe(0);
    if (state === "unknown") expect(links, `row ${row}`).toBeLessThanOrEqual(1);
  }

  // What is unknown is listed, and settled by reading where that proves something, else by a person.
  await superuser`update links set asked_at = now() - interval '1 hour' where bulk_id = ${bulkId}`;
  const { items } = await listBulkRows(ctx, { bulkId, state: "unknown" });
  expect(items).toHaveLength(unknown);
  for (const { rowNumber, linkId } of items) {
    const link = await getLink(ctx, { linkId: linkId ?? "" });
    const isThere = (atHero.get(rowNumber) ?? 0) === 1;
    const read = await settleLinkByReading(ctx, { linkId: link.id }).catch(() => null);
    if (read) {
      expect(read.state === "live", `row ${rowNumber}`).toBe(isThere);
      continue;
    }
    const settled = await settleLink(ctx, {
      linkId: link.id,
      url: isThere ? `${sandboxUrl}/s/asked${rowNumber}` : undefined,
    });
    expect(settled.state).toBe(isThere ? "live" : "failed");
  }
  expect((await getBulk(ctx, { bulkId })).counts.unknown).toBe(0);
});
