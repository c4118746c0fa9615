import postgres from "postgres";
import { createTenant, median, startBenchEnvironment } from "./harness";

/**
 * The queries of the results page, at a tenant with a million links of the last year among 200 tenants in one
 * database: under row-level security, through the service, as the page calls it. Prints p50 and p95 of each case;
 * with `-- --plans` also PostgreSQL's plan.
 *
 * Method: one request at a time, 3 warm-up requests for each case, then 20.
 *
 * Run `npm run bench:results`. Inserting the rows takes some minutes; `BENCH_LINKS=50000` is quicker.
 */

const linkCount = Number(process.env.BENCH_LINKS ?? 1_000_000);
const smallLinkCount = 1_000;
const tenantCount = 200;
const practiceCount = 20;
const uploadSize = 2_500;
const warmUp = 3;
const requests = 20;
const hasPlans = process.argv.includes("--plans");
const print = (text: string) => process.stdout.write(`${text}\n`);

type BenchTenant = Awaited<ReturnType<typeof createTenant>>;

const uploadIds = (uploads: number) =>
  Array.from(
    { length: uploads },
    (_, index) => `01900000-0000-7000-9000-${index.toString(16).padStart(12, "0")}`,
  );

/**
 * Links that were created at even intervals in the last year: of 20 practices, 50 tags and uploads of 2,500; 60 %
 * were opened, 40 % booked, and a tenth of the bookings cancelled.
 */
async function insertLinks(sql: postgres.Sql, tenant: BenchTenant, count: number): Promise<void> {
  const { tenantId, practiceId, userId } = tenant;
  await sql`
    insert into practices (tenant_id, environment, id, practice_group_id, credential_id, name, capabilities,
      capability_checks)
    select tenant_id, environment, ('01900000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid, 'bench-' || n,
      credential_id, 'Surgery ' || n, capabilities, capability_checks
    from practices, generate_series(1, ${practiceCount - 1}) n
    where tenant_id = ${tenantId}`;
  const practiceIds = await sql<{ ids: string[] }[]>`
    select array_agg(id order by id) as ids from practices where tenant_id = ${tenantId}`;
  const ids = practiceIds[0]?.ids ?? [practiceId];
  const uploads = uploadIds(Math.max(1, Math.floor(count / uploadSize)));
  await sql`
    insert into bulk_uploads (tenant_id, environment, id, operation_id, name, kind, state, row_count, columns,
      data_key_id, created_by, rows_expire_at)
    select ${tenantId}, 'sandbox', id, gen_random_uuid(), 'Upload ' || n, 'booking', 'finished', ${uploadSize}, '{}',
      gen_random_uuid(), ${userId}, now()
    from unnest(${uploads}::uuid[]) with ordinality as upload (id, n)`;
  await sql`
    insert into links (tenant_id, environment, id, operation_id, request_hash, practice_id, bulk_upload_id, outcome,
      name, reference, tags, appointment_type_id, appointment_type_name, location_id, location_name,
      expires_on, max_uses, uses, opens, opened_at, url, created_by, created_at)
    select ${tenantId}, 'sandbox',
      (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
      gen_random_uuid(), '', (${ids}::uuid[])[1 + n % ${practiceCount}],
      case when n % 5 < 4 then (${uploads}::uuid[])[1 + (n / ${uploadSize}) % ${uploads.length}] end,
      (case when n % 500 = 3 then 'failed' else 'active' end)::link_outcome,
      'Campaign c' || n % 400, 'ref' || n, array['tag ' || n % 50],
      '1', (array['Flu clinic', 'Blood test', 'Smear test', 'Asthma review'])[1 + n % 4],
      '2', 'Main site', (at + interval '30 days')::date, 5, case when n % 5 < 2 then 1 else 0 end,
      case when n % 5 < 3 then 1 + n % 3 else 0 end, case when n % 5 < 3 then at + interval '1 day' end,
      'https://bookings.example/s/' || ${tenantId}::text || '-' || n, ${userId}, at
    from (
      select n, now() - interval '360 days' * (1 - n::float8 / ${count}) as at
      from generate_series(1, ${count}) n
    ) as every`;
  await sql`
    insert into link_search_terms (tenant_id, environment, term, link_id)
    select ${tenantId}, 'sandbox', '#' || tags[1], id from links where tenant_id = ${tenantId}`;
  await sql`
    insert into link_appointments (tenant_id, environment, practice_id, hero_appointment_id, link_id, state, starts_at,
      booked_at, cancelled_at, read_at)
    select ${tenantId}, 'sandbox', practice_id, 'a' || reference, id,
      (case when substr(reference, 4)::int % 50 = 1 then 'cancelled' else 'booked' end)::link_appointment_state,
      created_at + interval '10 days', created_at + interval '1 day', null, now()
    from links where tenant_id = ${tenantId} and uses > 0`;
}

const environment = await startBenchEnvironment({ hasPortal: false });
try {
  const tenants: BenchTenant[] = [];
  for (let index = 0; index < tenantCount; index += 1)
    tenants.push(await createTenant(0, `bench${index}`));
  const superuser = postgres(environment.superuserUrl, { max: 1, onnotice: () => undefined });
  // As when restoring a back-up, without checking references.
  await superuser`set session_replication_role = replica`;
  for (const [index, tenant] of tenants.entries())
    await insertLinks(superuser, tenant, index === 0 ? linkCount : smallLinkCount);
  await superuser`vacuum analyze`;
  await superuser.end();

  const [tenant] = tenants;
  if (!tenant) throw new Error("There is no tenant.");
  const { sql } = await import("drizzle-orm");
  const { db } = await import("../db/client");
  const { addDays, ukDateOf } = await import("../server/schemas/dates");
  const { countResultsIn } = await import("../server/services/results/count");
  const { resolveTenantContext } = await import("../server/tenancy/session");
  const scope = { tenant: tenant.slug, environment: "sandbox" };
  const { tenant: ctx } = await resolveTenantContext(tenant.token, scope, "bench");

  const today = ukDateOf(new Date());
  const uploads = uploadIds(Math.max(1, Math.floor(linkCount / uploadSize)));
  const middleUpload = uploads[Math.floor(uploads.length / 2)] ?? "";
  const periods = { "30 days": addDays(today, -29), "a year": addDays(today, -364) };
  const cases: Record<string, Omit<Parameters<typeof countResultsIn>[2], "from" | "to">> = {
    "by date": { groupBy: "date" },
    "by practice": { groupBy: "practice" },
    "by appointment type": { groupBy: "appointment_type" },
    "by tag": { groupBy: "tag" },
    "by upload": { groupBy: "bulk_upload" },
    "by link": { groupBy: "link" },
    "of a practice, by date": { groupBy: "date", practiceId: tenant.practiceId },
    "of a tag, by practice": { groupBy: "practice", tag: "tag 7" },
    "of an upload, by date": { groupBy: "date", bulkUploadId: middleUpload },
  };

  type Tx = Parameters<typeof countResultsIn>[0];
  /** Runs the query of the results behind `explain`. */
  async function readPlan(input: Parameters<typeof countResultsIn>[2]): Promise<string> {
    return db.read(ctx, async (tx) => {
      let plan = "";
      const explaining = new Proxy(tx, {
        get(target, key, receiver) {
          if (key !== "execute") return Reflect.get(target, key, receiver);
          return async (query: Parameters<Tx["execute"]>[0]) => {
            const rows = await target.execute<{ "QUERY PLAN": string }>(
              sql`explain (analyze, buffers) ${query}`,
            );
            plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
            return [];
          };
        },
      });
      await countResultsIn(explaining, ctx, input);
      return plan;
    });
  }

  for (const [period, from] of Object.entries(periods)) {
    for (const [name, filters] of Object.entries(cases)) {
      const input = { ...filters, from, to: today };
      const times: number[] = [];
      let created = 0;
      for (let round = -warmUp; round < requests; round += 1) {
        const startedAt = performance.now();
        const results = await db.read(ctx, (tx) => countResultsIn(tx, ctx, input));
        if (round >= 0) times.push(performance.now() - startedAt);
        created = results.totals.created;
      }
      const p95 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
      print(
        `${period.padEnd(8)} ${name.padEnd(24)} ${created} links: p50 ${median(times).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`,
      );
      if (hasPlans) print(await readPlan(input));
    }
  }
  await db.close();
} finally {
  await environment.stop();
}
process.exit();
