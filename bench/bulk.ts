import { randomUUID } from "node:crypto";
import { addDays, ukDateOf } from "../server/schemas/dates";
import { layGround, makeTenant } from "./ground";

/**
 * How near a bulk comes to the rate that is set for a key: calls to Hero in a stretch of steady work,
 * against the rate. Method: rows without a patient (one call each), three rates, 30 seconds each after
 * three of warm-up; the calls are counted from the request log.
 *
 * Run `npm run bench:bulk`.
 */

const seconds = 30;
const aim = 0.98;

const ground = await layGround();
try {
  const { slug, token, practiceId } = await makeTenant(0);
  const { openTenantContext } = await import("../server/tenancy/context");
  const { createBulk, addBulkRows } = await import("../server/services/bulk/create");
  const { startBulk, cancelBulk } = await import("../server/services/bulk/control");
  const { runBulk } = await import("../server/services/bulk/run");
  const { db } = await import("../db/client");
  const { env } = await import("../server/env");
  const { sql } = await import("drizzle-orm");
  const { ctx } = await openTenantContext(token, { tenant: slug, environment: "sandbox" }, "bench");

  for (const rate of [5, 20, 50]) {
    Object.assign(env(), { HERO_RATE_PER_SECOND: rate, HERO_CONCURRENCY: 4 });
    await db.shared.execute(sql`delete from hero_limits`);
    const rowCount = rate * (seconds + 10);
    const bulk = await createBulk(ctx, {
      operationId: randomUUID(),
      name: "Bench",
      kind: "booking",
      rowCount,
      columns: {},
    });
    const rows = Array.from({ length: rowCount }, (_, at) => ({
      rowNumber: at + 1,
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
      maximumUses: 1,
    }));
    for (let at = 0; at < rowCount; at += 1000) {
      await addBulkRows(ctx, { bulkId: bulk.id, rows: rows.slice(at, at + 1000) });
    }
    await startBulk(ctx, { bulkId: bulk.id, confirmedRecipients: rowCount });
    const stop = new AbortController();
    const run = runBulk(ctx, bulk.id, stop.signal);
    const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await sleep(3_000);
    const countCalls = async () => {
      const [row] = await db.tenant(ctx, (tx) =>
        tx.execute<{ count: number }>(sql`
          select count(*)::integer as count from hero_requests where operation = 'createBookingLink'`),
      );
      return { count: row?.count ?? 0, at: performance.now() };
    };
    const before = await countCalls();
    await sleep(seconds * 1000);
    const after = await countCalls();
    stop.abort();
    await run;
    await cancelBulk(ctx, { bulkId: bulk.id }).catch(() => undefined);
    const perSecond = ((after.count - before.count) / (after.at - before.at)) * 1000;
    process.stdout.write(
      `set ${rate} a second: ${perSecond.toFixed(2)} a second, ratio ${(perSecond / rate).toFixed(3)} (aim at least ${aim}, never above 1.02)\n`,
    );
  }
  await db.close();
} finally {
  await ground.clear();
}
process.exit(0);
