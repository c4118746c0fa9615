import { randomUUID } from "node:crypto";
import { addDays, ukDateOf } from "../server/schemas/dates";
import { startBenchEnvironment, createTenant } from "./harness";

/**
 * How close a bulk upload comes to the configured rate of a key: calls to Hero during steady work, as a
 * ratio to the rate. Method: rows without a patient (one call each), three rates, 30 seconds each after
 * three of warm-up; calls are counted in the request log.
 *
 * Run `npm run bench:bulk-uploads`.
 */

const seconds = 30;
const minRatio = 0.98;

const environment = await startBenchEnvironment();
try {
  const { slug, token, practiceId } = await createTenant(0);
  const { resolveTenantContext } = await import("../server/tenancy/session");
  const { createBulkUpload, addBulkUploadRows } = await import(
    "../server/services/bulk-uploads/create"
  );
  const { startBulkUpload, cancelBulkUpload } = await import(
    "../server/services/bulk-uploads/control"
  );
  const { runBulkUpload } = await import("../server/services/bulk-uploads/run");
  const { db } = await import("../db/client");
  const { env } = await import("../server/env");
  const { sql } = await import("drizzle-orm");
  const { tenant } = await resolveTenantContext(
    token,
    { tenant: slug, environment: "sandbox" },
    "bench",
  );

  for (const rate of [5, 20, 50]) {
    Object.assign(env(), { HERO_RATE_PER_SECOND: rate, HERO_CONCURRENCY: 4 });
    await db.shared.execute(sql`delete from hero_limits`);
    const rowCount = rate * (seconds + 10);
    const bulkUpload = await createBulkUpload(tenant, {
      operationId: randomUUID(),
      name: "Bench",
      kind: "booking",
      rowCount,
      columns: {},
    });
    const rows = Array.from({ length: rowCount }, (_, index) => ({
      rowNumber: index + 1,
      reference: undefined,
      patientId: undefined,
      practitionerId: undefined,
      slotsFrom: undefined,
      slotsTo: undefined,
      name: undefined,
      practiceId,
      appointmentTypeId: "1",
      locationId: "2",
      expiresOn: addDays(ukDateOf(new Date()), 7),
      maxUses: 1,
    }));
    for (let offset = 0; offset < rowCount; offset += 1000) {
      await addBulkUploadRows(tenant, {
        bulkUploadId: bulkUpload.id,
        rows: rows.slice(offset, offset + 1000),
      });
    }
    await startBulkUpload(tenant, { bulkUploadId: bulkUpload.id, confirmedRecipients: rowCount });
    const abortController = new AbortController();
    const run = runBulkUpload(tenant, bulkUpload.id, abortController.signal);
    const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await sleep(3_000);
    const countCalls = async () => {
      const [row] = await db.tenant(tenant, (tx) =>
        tx.execute<{ count: number }>(sql`
          select count(*)::integer as count from hero_requests where operation = 'createBookingLink'`),
      );
      return { count: row?.count ?? 0, measuredAtMs: performance.now() };
    };
    const before = await countCalls();
    await sleep(seconds * 1000);
    const after = await countCalls();
    abortController.abort();
    await run;
    await cancelBulkUpload(tenant, { bulkUploadId: bulkUpload.id }).catch(() => undefined);
    const perSecond =
      ((after.count - before.count) / (after.measuredAtMs - before.measuredAtMs)) * 1000;
    process.stdout.write(
      `set ${rate} a second: ${perSecond.toFixed(2)} a second, ratio ${(perSecond / rate).toFixed(3)} (aim at least ${minRatio}, never above 1.02)\n`,
    );
  }
  await db.close();
} finally {
  await environment.stop();
}
process.exit(0);
