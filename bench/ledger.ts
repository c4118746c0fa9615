import postgres from "postgres";
import { createTenant, median, startBenchEnvironment } from "./harness";

/**
 * The links page over HTTP on the production build, for tenants with 1,000, 100,000 and 1,000,000 links,
 * among 200 tenants in one database. The result is each case's p95 with the most links, as a ratio to its
 * p95 with the fewest. A tenant with few links may have fewer than a page that match, so a second ratio
 * compares pages of the same length: the one with the most links shows only as many as the other has. It
 * is read right after the whole page, so from a warm cache.
 *
 * Method: one connection, one request at a time; 20 warm-up requests for each tenant and case, then 200,
 * alternating between the three tenants.
 *
 * Run `npm run bench:ledger` on a built checkout. Inserting the rows takes some minutes;
 * `BENCH_LINKS=1000,10000,50000` is quicker.
 */

const sizes = (process.env.BENCH_LINKS ?? "1000,100000,1000000").split(",").map(Number);
const tenantCount = 200;
const requests = 200;
const maxRatio = 1.3;

const environment = await startBenchEnvironment();

/** Inserts links of all ages, states and names, with their search terms, as the services would. */
async function insertLinks(
  sql: postgres.Sql,
  tenant: { tenantId: string; practiceId: string; userId: string },
  count: number,
): Promise<void> {
  const { tenantId, practiceId, userId } = tenant;
  // Names repeat, as in campaigns; references are unique. Uses are random: derived from the row number,
  // they would be equal for all links that expire on one day.
  await sql`
    insert into links (tenant_id, environment, id, operation_id, request_hash, practice_id, outcome,
      name, reference, tags, appointment_type_id, appointment_type_name, location_id, location_name,
      expires_on, max_uses, uses, url, created_by, closed_at)
    select ${tenantId}, 'sandbox',
      ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
      gen_random_uuid(), '', ${practiceId},
      (case when n % 1000 = 7 then 'unknown' when n % 500 = 3 then 'failed' else 'active' end)::link_outcome,
      'Campaign c' || n % 400, 'ref' || n, array['tag ' || n % 50],
      '1', (array['Flu clinic', 'Blood test', 'Smear test', 'Asthma review'])[1 + n % 4],
      '2', 'Main site', current_date - 180 + n % 360, 5, abs(hashint4(n)) % 6,
      'https://bookings.example/s/' || ${tenantId}::text || '-' || n, ${userId}, case when abs(hashint4(n + 1)) % 20 = 1 then now() end
    from generate_series(1, ${count}) n`;
  await sql`
    insert into link_search_terms (tenant_id, environment, term, link_id)
    select ${tenantId}, 'sandbox', term, id from links,
      unnest(array['campaign', split_part(name, ' ', 2), reference, 'main', 'site', '#' || tags[1],
        lower(split_part(appointment_type_name, ' ', 1)), lower(split_part(appointment_type_name, ' ', 2))]) term
    where tenant_id = ${tenantId}`;
}

const p95 = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;

try {
  const tenants: Awaited<ReturnType<typeof createTenant>>[] = [];
  for (let index = 0; index < tenantCount; index += 1)
    tenants.push(await createTenant(0, `bench${index}`));
  const sql = postgres(environment.superuserUrl, { max: 1 });
  // As when restoring a back-up, without checking references.
  await sql`set session_replication_role = replica`;
  for (const [index, tenant] of tenants.entries())
    await insertLinks(sql, tenant, sizes[index] ?? 1000);
  await sql`vacuum analyze`;
  await sql.end();

  const middleLinkId = (size: number) =>
    `01900000-0000-7000-8000-${Math.ceil(size / 2)
      .toString(16)
      .padStart(12, "0")}`;
  const cases: Record<string, (size: number, round: number) => Record<string, unknown>> = {
    "newest page": () => ({}),
    "a page in the middle": (size) => ({ cursor: middleLinkId(size) }),
    "expires first": () => ({ sort: "expires_first" }),
    "most used": () => ({ sort: "most_used" }),
    "state live": () => ({ state: "live" }),
    "state ends soon": () => ({ state: "ends_soon" }),
    "state used up": () => ({ state: "used_up" }),
    "state closed": () => ({ state: "closed" }),
    "state unknown": () => ({ state: "unknown" }),
    "a tag": (_, round) => ({ tag: `tag ${round % 50}` }),
    "search: a common word": () => ({ q: "clinic" }),
    "search: a beginning": () => ({ q: "cli" }),
    "search: one link": (size, round) => ({ q: `ref${1 + ((round * 7919) % size)}` }),
    "search: two words": (_, round) => ({ q: `flu c${4 * (round % 100)}` }),
    "search: nothing": () => ({ q: "nowhere" }),
  };
  for (const [name, buildInput] of Object.entries(cases)) {
    const times: number[][] = sizes.map(() => []);
    const sameLengthTimes: number[] = [];
    const pageLengths: number[][] = sizes.map(() => []);
    const list = async (index: number, input: Record<string, unknown>) => {
      const tenant = tenants[index];
      const startedAt = performance.now();
      const reply = await fetch(
        `${environment.portalUrl}/api/trpc/${tenant?.slug}/sandbox/links.list?input=${encodeURIComponent(JSON.stringify(input))}`,
        { headers: { cookie: `portal-session=${tenant?.token}` } },
      );
      const text = await reply.text();
      const ms = performance.now() - startedAt;
      if (reply.status !== 200) throw new Error(`${name}: ${text}`);
      const { result } = JSON.parse(text) as { result: { data: { items: unknown[] } } };
      return { ms, length: result.data.items.length };
    };
    for (let round = -20; round < requests; round += 1) {
      let shortestLength = Infinity;
      for (const [index, size] of sizes.entries()) {
        const { ms, length } = await list(index, buildInput(size, Math.abs(round)));
        shortestLength = Math.min(shortestLength, length);
        if (round < 0) continue;
        times[index]?.push(ms);
        pageLengths[index]?.push(length);
      }
      const last = sizes.length - 1;
      const input = buildInput(sizes[last] ?? 0, Math.abs(round));
      const { ms } = await list(last, { ...input, limit: Math.max(shortestLength, 1) });
      if (round >= 0) sameLengthTimes.push(ms);
    }
    const p95s = times.map(p95);
    const ratio = (ms = 0) => (ms / (p95s[0] ?? 1)).toFixed(2);
    process.stdout.write(
      `${name.padEnd(24)} p95 ${p95s.map((ms) => `${ms.toFixed(1)} ms`).join(", ")}; ratio ${ratio(p95s.at(-1))} (aim at most ${maxRatio}); pages of ${pageLengths.map(median).join(", ")} links; of the same length ${ratio(p95(sameLengthTimes))}\n`,
    );
  }
} finally {
  await environment.stop();
}
process.exit(0);
