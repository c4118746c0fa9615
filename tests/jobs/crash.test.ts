import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { startBulkUpload } from "@/server/services/bulk-uploads/control";
import { addBulkUploadRows, createBulkUpload } from "@/server/services/bulk-uploads/create";
import { getBulkUpload, listBulkUploadRows } from "@/server/services/bulk-uploads/read";
import { resolveLink } from "@/server/services/links/resolve-unknown";
import { reconcileLink } from "@/server/services/links/reconcile-unknown";
import { getLink } from "@/server/services/links/read";
import { getBookingOptions } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser, sandboxUrl } from "../setup/database";
import { getSandboxPractice, listGeneratedPatients } from "../support/hero";
import { createTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const rowCount = 2_000;
const concurrency = 8;
const killCount = 3;
const practiceGroupId = "30298";

let ctx: TenantContext;
let bulkUploadId: string;
let worker: ChildProcess | undefined;

async function startWorker(): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/worker.ts"], {
    env: { ...process.env, HERO_RATE_PER_SECOND: "2000", HERO_CONCURRENCY: String(concurrency) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  worker = child;
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === '{"ready":true}') resolve();
    });
  });
}

async function killWorker(): Promise<void> {
  if (!worker || worker.exitCode !== null) return;
  const exited = once(worker, "exit");
  worker.kill("SIGKILL");
  await exited;
}

const readProgress = async () => {
  const { counts, state } = await getBulkUpload(ctx, { bulkUploadId });
  return { state, finished: counts.created + counts.failed + counts.unknown };
};

async function waitForFinished(minFinished: number): Promise<void> {
  await expect
    .poll(async () => (await readProgress()).finished, { timeout: 300_000, interval: 100 })
    .toBeGreaterThanOrEqual(minFinished);
}

/** The sandbox's links by their number of uses, which identifies the row in this test. */
async function countLinksByRow(): Promise<Map<number, number>> {
  const response = await fetch(`${sandboxUrl}/_sandbox/links`);
  const links = z
    .array(
      z.object({
        practiceGroupId: z.string(),
        maxUses: z.number().nullable(),
        expiryDate: z.string().nullable(),
      }),
    )
    .parse(await response.json());
  const counts = new Map<number, number>();
  for (const link of links) {
    if (link.practiceGroupId !== practiceGroupId || link.expiryDate !== expiresOn) continue;
    const row = link.maxUses ?? 0;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  return counts;
}

// A date that no other test uses for links of this practice.
const expiresOn = addDays(ukDateOf(new Date()), 611);

beforeAll(async () => {
  const tenant = await createTenant();
  const practice = await tenant.connect(await getSandboxPractice(practiceGroupId, "c"));
  ctx = await tenant.asOwner();
  const options = await getBookingOptions(ctx, { practiceId: practice.id });
  const patients = await listGeneratedPatients(rowCount);
  const rows = patients.map(
    ({ nhsNumber, dateOfBirth }, index) =>
      ({
        rowNumber: index + 1,
        reference: `row ${index + 1}`,
        practiceId: practice.id,
        appointmentTypeId: options.appointmentTypes[0]?.id,
        locationId: options.locations[0]?.id,
        expiresOn,
        maxUses: index + 1,
        // Hero rejects a tenth of the rows; a third need a patient look-up.
        ...(index % 10 === 3 && {
          appointmentTypeId: options.appointmentTypes[0]?.id,
          practitionerId: "99999999",
        }),
        ...(index % 3 === 0 && { identity: { by: "nhs_number", nhsNumber, dateOfBirth } }),
      }) as BulkUploadRow,
  );
  const bulkUpload = await createBulkUpload(ctx, {
    operationId: randomUUID(),
    name: "Crash",
    kind: "booking",
    rowCount,
    columns: {},
  });
  bulkUploadId = bulkUpload.id;
  for (let offset = 0; offset < rowCount; offset += 1_000) {
    await addBulkUploadRows(ctx, { bulkUploadId, rows: rows.slice(offset, offset + 1_000) });
  }
  await startWorker();
}, 60_000);

afterAll(killWorker);

it("a worker killed three times creates no link twice and loses none", {
  timeout: 900_000,
}, async () => {
  await startBulkUpload(ctx, { bulkUploadId, confirmedRecipients: rowCount });
  for (let killNumber = 1; killNumber <= killCount; killNumber += 1) {
    await waitForFinished((rowCount / (killCount + 1)) * killNumber);
    await killWorker();
    await startWorker();
  }
  await expect
    .poll(async () => (await readProgress()).state, { timeout: 300_000, interval: 200 })
    .toBe("finished");

  const bulkUpload = await getBulkUpload(ctx, { bulkUploadId });
  const { created, failed, unknown } = bulkUpload.counts;
  expect(created + failed + unknown).toBe(rowCount);
  expect(failed).toBe(200);
  expect(unknown).toBeLessThanOrEqual(killCount * concurrency);

  const linksByRow = await countLinksByRow();
  const rows = await superuser<{ row_number: number; state: string; sealed: Buffer | null }[]>`
    select row_number, state::text, sealed from bulk_upload_rows where bulk_upload_id = ${bulkUploadId}`;
  for (const { row_number: row, state, sealed } of rows) {
    const links = linksByRow.get(row) ?? 0;
    expect(sealed).toBeNull();
    if (state === "created") expect(links, `row ${row}`).toBe(1);
    if (state === "failed") expect(links, `row ${row}`).toBe(0);
    if (state === "unknown") expect(links, `row ${row}`).toBeLessThanOrEqual(1);
  }

  // Unknown links are listed, and resolved by reading where possible, else by a person.
  await superuser`update links set requested_at = now() - interval '1 hour' where bulk_upload_id = ${bulkUploadId}`;
  const { items } = await listBulkUploadRows(ctx, { bulkUploadId, state: "unknown" });
  expect(items).toHaveLength(unknown);
  for (const { rowNumber, linkId } of items) {
    const link = await getLink(ctx, { linkId: linkId ?? "" });
    const isAtHero = (linksByRow.get(rowNumber) ?? 0) === 1;
    const reconciled = await reconcileLink(ctx, { linkId: link.id }).catch(() => null);
    if (reconciled) {
      expect(reconciled.state === "live", `row ${rowNumber}`).toBe(isAtHero);
      continue;
    }
    const resolved = await resolveLink(ctx, {
      linkId: link.id,
      url: isAtHero ? `${sandboxUrl}/s/asked${rowNumber}` : undefined,
    });
    expect(resolved.state).toBe(isAtHero ? "live" : "failed");
  }
  expect((await getBulkUpload(ctx, { bulkUploadId })).counts.unknown).toBe(0);
});
