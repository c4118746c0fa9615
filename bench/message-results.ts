import postgres from "postgres";
import { createTenant, startBenchEnvironment } from "./harness";

/**
 * The results of a batch with 50,000 rows, through the service: the first, a middle and the last page of 50, of all
 * rows and of each result, for a batch that is half sent, one that was stopped there and one that is finished. Beside
 * each page the same rows by hand-written SQL on one connection, without row-level security. Prints p95, and that of
 * the batch itself, whose counts every page shows.
 *
 * Method: one request at a time; 10 warm-up requests for each page, so that PostgreSQL has decided on a plan, then
 * 100, which alternate with the bare ones. The batches are among 20 others, at one of two look-alike tenants.
 *
 * Run `npm run bench:message-results`. On a busy machine `BENCH_REQUESTS=20` is quicker.
 */

const rowCount = Number(process.env.BENCH_ROWS ?? 50_000);
const otherBatches = 20;
const otherRowCount = 2_500;
const pageLength = 50;
const warmUp = 10;
const requests = Number(process.env.BENCH_REQUESTS ?? 100);
const maxMs = 100;

const print = (text: string) => process.stdout.write(`${text}\n`);

type BenchTenant = Awaited<ReturnType<typeof createTenant>>;
type BatchState = "sending" | "stopped" | "finished";

/**
 * A batch that was sent up to the row `sentRows`. Of its rows, 3 % were left out or not checked; of its messages a few
 * failed, were held or may not have been sent, and most were delivered or opened.
 */
async function insertBatch(
  sql: postgres.Sql,
  { tenantId, practiceId, userId }: BenchTenant,
  batch: { id: string; state: BatchState; rows: number; sentRows: number },
): Promise<void> {
  const { id, state, rows, sentRows } = batch;
  await sql`
    insert into message_batches (tenant_id, environment, id, operation_id, request_hash, name, practice_id, channel,
      data_key_id, content_erased_at, state, row_count, created_by, started_by, started_at)
    select ${tenantId}, 'sandbox', ${id}, gen_random_uuid(), '', 'Flu clinic', ${practiceId}, 'sms',
      (select id from data_keys where tenant_id = ${tenantId} limit 1), now(), ${state}, ${rows}, ${userId}, ${userId},
      now()`;
  await sql`
    insert into message_recipients (tenant_id, environment, batch_id, row_number, operation_id, state, patient_id,
      reason, reason_code, preview_fingerprint, contact_hash, text_length, sms_parts, lowest_pence, highest_pence,
      is_queued)
    select ${tenantId}, 'sandbox', ${id}, n, gen_random_uuid(), state::message_recipient_state, 'p' || n,
      case when state <> 'included' then 'Hero found no matching patient.' end,
      case when state <> 'included' then 'not_found' end,
      repeat('0', 64), repeat('0', 64), 120, 1, 4, 4, state = 'included' and n <= ${sentRows}
    from (
      select n, case when n % 50 = 7 then 'excluded' when n % 100 = 9 then 'not_checked' else 'included' end as state
      from generate_series(2, ${rows + 1}) n
    ) as every`;
  await sql`
    insert into messages (tenant_id, environment, id, operation_id, request_hash, practice_id, patient_id, channel,
      batch_id, row_number, reminder_number, data_key_id, content_erased_at, preview_fingerprint, sms_parts,
      lowest_pence, highest_pence, send_at, state, failure, claimed_at, hero_message_id, sent_at, delivered_at,
      created_by)
    select ${tenantId}, 'sandbox', gen_random_uuid(), gen_random_uuid(), '', ${practiceId}, patient_id, 'sms',
      ${id}, row_number, 0, (select id from data_keys where tenant_id = ${tenantId} limit 1), now(), repeat('0', 64), 1,
      4, 4, now(), state::message_state, case when state = 'failed' then 'Hero refused it.' end,
      case when state not in ('scheduled', 'held', 'cancelled') then now() end,
      case when state in ('sent', 'delivered', 'opened') then ${id} || '-' || row_number end,
      case when state in ('sent', 'delivered', 'opened') then now() end,
      case when state in ('delivered', 'opened') then now() end, ${userId}
    from (
      select row_number, patient_id, case
        when ${state} <> 'finished' and row_number > ${sentRows - 4}
          then ${state === "stopped" ? "unknown" : "sending"}
        when ${state} <> 'finished' and row_number > ${sentRows - 104}
          then ${state === "stopped" ? "cancelled" : "scheduled"}
        when row_number % 200 = 1 then 'failed' when row_number % 1000 = 3 then 'held'
        when row_number % 1000 = 5 then 'unknown'
        when row_number % 10 < 6 then 'delivered' when row_number % 10 < 8 then 'opened' else 'sent' end as state
      from message_recipients
      where tenant_id = ${tenantId} and batch_id = ${id} and is_queued
    ) as every`;
}

const batchId = (index: number) =>
  `01900000-0000-7000-b000-${index.toString(16).padStart(12, "0")}`;
const measured = [
  { id: batchId(901), state: "sending", rows: rowCount, sentRows: rowCount / 2 },
  { id: batchId(902), state: "stopped", rows: rowCount, sentRows: rowCount / 2 },
  { id: batchId(903), state: "finished", rows: rowCount, sentRows: rowCount + 1 },
] as const;

const p95 = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;

const environment = await startBenchEnvironment({ hasPortal: false });
try {
  const tenant = await createTenant(0, "bench");
  const lookAlike = await createTenant(0, "look-alike");
  const superuser = postgres(environment.superuserUrl, { max: 1, onnotice: () => undefined });
  // As when restoring a back-up, without checking references.
  await superuser`set session_replication_role = replica`;
  for (const each of [tenant, lookAlike]) {
    for (let index = 0; index < otherBatches; index += 1) {
      await insertBatch(superuser, each, {
        id: batchId(index),
        state: "finished",
        rows: otherRowCount,
        sentRows: otherRowCount + 1,
      });
    }
    for (const batch of measured) await insertBatch(superuser, each, batch);
  }
  await superuser`vacuum analyze`;

  const { db } = await import("../db/client");
  const { recipientOutcome } = await import("../server/schemas/message-batches");
  const { getMessageBatch } = await import("../server/services/message-batches/read");
  const { listBatchResults } = await import("../server/services/message-batches/results");
  const { resolveTenantContext } = await import("../server/tenancy/session");
  const scope = { tenant: tenant.slug, environment: "sandbox" };
  const { tenant: ctx } = await resolveTenantContext(tenant.token, scope, "bench");
  type Outcome = (typeof recipientOutcome.options)[number];

  /** The same rows as the service's, by their numbers, which are known here. */
  const readBare = (id: string, rowNumbers: number[]) => superuser`
    select recipient.row_number, recipient.state, recipient.reason, recipient.patient_id, recipient.link_id,
      recipient.reminders_queued, recipient.reminders_ended_reason, message.id, message.state, message.claimed_at,
      message.failure, message.hero_message_id, message.sent_at, message.delivered_at
    from message_recipients recipient
    left join messages message on message.tenant_id = recipient.tenant_id
      and message.environment = recipient.environment and message.batch_id = recipient.batch_id
      and message.row_number = recipient.row_number and message.reminder_number = 0
    where recipient.tenant_id = ${ctx.tenantId} and recipient.environment = 'sandbox'
      and recipient.batch_id = ${id} and recipient.row_number = any(${rowNumbers})
    order by recipient.row_number`;

  /** Row numbers of all results, or of one, by reading every page. */
  async function listRowNumbers(id: string, outcome: Outcome | undefined): Promise<number[]> {
    const rowNumbers: number[] = [];
    for (let cursor: number | null = 0; cursor !== null; ) {
      const page = await listBatchResults(ctx, { batchId: id, outcome, cursor, limit: 100 });
      rowNumbers.push(...page.items.map(({ rowNumber }) => rowNumber));
      cursor = page.nextCursor;
    }
    return rowNumbers;
  }

  async function time(run: () => Promise<unknown>): Promise<number> {
    const startedAt = performance.now();
    await run();
    return performance.now() - startedAt;
  }

  /** p95 of the page that starts after so many rows, and of the bare one. */
  async function measurePage(
    id: string,
    outcome: Outcome | undefined,
    rowNumbers: number[],
    offset: number,
  ): Promise<{ portal: number; bare: number }> {
    const cursor = rowNumbers[offset - 1] ?? 0;
    const expected = rowNumbers.slice(offset, offset + pageLength);
    const times: { portal: number[]; bare: number[] } = { portal: [], bare: [] };
    const input = { batchId: id, outcome, cursor, limit: pageLength };
    for (let round = -warmUp; round < requests; round += 1) {
      const portal = await time(async () => {
        const { items } = await listBatchResults(ctx, input);
        if (items.length !== expected.length) throw new Error("A page has other rows.");
      });
      const bare = await time(() => readBare(id, expected));
      if (round < 0) continue;
      times.portal.push(portal);
      times.bare.push(bare);
    }
    return { portal: p95(times.portal), bare: p95(times.bare) };
  }

  let slowest = 0;
  for (const { id, state } of measured) {
    for (const outcome of [undefined, ...recipientOutcome.options]) {
      const rowNumbers = await listRowNumbers(id, outcome);
      const last = Math.max(0, rowNumbers.length - pageLength);
      const offsets = [...new Set([0, Math.floor(last / 2), last])];
      const pages: Awaited<ReturnType<typeof measurePage>>[] = [];
      for (const offset of offsets) pages.push(await measurePage(id, outcome, rowNumbers, offset));
      slowest = Math.max(slowest, ...pages.map(({ portal }) => portal));
      const describe = (times: number[]) => times.map((ms) => ms.toFixed(1)).join(", ");
      print(
        `${state.padEnd(8)} ${(outcome ?? "all").padEnd(11)} ${String(rowNumbers.length).padStart(6)} rows: p95 ${describe(pages.map(({ portal }) => portal))} ms, bare ${describe(pages.map(({ bare }) => bare))} ms`,
      );
    }
    const times: number[] = [];
    for (let round = -warmUp; round < requests; round += 1) {
      const ms = await time(() => getMessageBatch(ctx, { batchId: id }));
      if (round >= 0) times.push(ms);
    }
    print(`${state.padEnd(8)} the batch with its counts: p95 ${p95(times).toFixed(1)} ms`);
  }
  print(`slowest page: p95 ${slowest.toFixed(1)} ms (aim at most ${maxMs})`);
  await superuser.end();
  await db.close();
} finally {
  await environment.stop();
}
process.exit(0);
