import postgres from "postgres";
import { layGround, makeTenant } from "./ground";

/**
 * The ledger's pages over HTTP on the production build, for one tenant with 1,000, one with 100,000 and
 * one with 1,000,000 links, among 200 tenants in one database. What counts is each case's p95 with the
 * most links against its p95 with the fewest.
 *
 * Method: one connection, one request after the other; 20 warm-up requests for each tenant and case,
 * then 200, the three tenants taking turns request by request, so that all have the same machine.
 *
 * Run `npm run bench:ledger` on a built checkout. The rows take some minutes to lay.
 * `BENCH_LINKS=1000,10000,50000` for a quicker look.
 */

const sizes = (process.env.BENCH_LINKS ?? "1000,100000,1000000").split(",").map(Number);
const tenantCount = 200;
const requests = 200;
const aim = 1.3;

const ground = await layGround();

/** Links of all ages, states and names, and the terms they are found by, as the services would write. */
async function layLinks(
  sql: postgres.Sql,
  tenant: { tenantId: string; practiceId: string; userId: string },
  count: number,
): Promise<void> {
  const { tenantId, practiceId, userId } = tenant;
  // Names repeat as campaigns do; a reference is each link's own. Uses go by chance: by the number they
  // would be alike on all links that end on one day.
  await sql`
    insert into links (tenant_id, environment, id, operation_id, request_hash, practice_id, outcome,
      name, reference, tags, appointment_type_id, appointment_type_name, location_id, location_name,
      expires_on, maximum_uses, uses, url, created_by, closed_at)
    select ${tenantId}, 'sandbox',
      ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
      gen_random_uuid(), '', ${practiceId},
      (case when n % 1000 = 7 then 'unknown' when n % 500 = 3 then 'failed' else 'active' end)::link_outcome,
      'Campaign c' || n % 400, 'ref' || n, array['tag ' || n % 50],
      '1', (array['Flu clinic', 'Blood test', 'Smear test', 'Asthma review'])[1 + n % 4],
      '2', 'Main site', current_date - 180 + n % 360, 5, abs(hashint4(n)) % 6,
      'https://bookings.example/s/' || n, ${userId}, case when abs(hashint4(n + 1)) % 20 = 1 then now() end
    from generate_series(1, ${count}) n`;
  await sql`
    insert into link_terms (tenant_id, environment, term, link_id)
    select ${tenantId}, 'sandbox', term, id from links,
      unnest(array['campaign', split_part(name, ' ', 2), reference, 'main', 'site', '#' || tags[1],
        lower(split_part(appointment_type_name, ' ', 1)), lower(split_part(appointment_type_name, ' ', 2))]) term
    where tenant_id = ${tenantId}`;
}

const p95 = (values: number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * 0.95)] ?? Number.NaN;

try {
  const tenants = [];
  for (let at = 0; at < tenantCount; at += 1) tenants.push(await makeTenant(0, `bench${at}`));
  const sql = postgres(ground.superuserUrl, { max: 1 });
  // As a restored back-up is laid: the references hold by construction.
  await sql`set session_replication_role = replica`;
  for (const [at, tenant] of tenants.entries()) await layLinks(sql, tenant, sizes[at] ?? 1000);
  await sql`vacuum analyze`;
  await sql.end();

  const middle = (size: number) =>
    `01900000-0000-7000-8000-${Math.ceil(size / 2)
      .toString(16)
      .padStart(12, "0")}`;
  const cases: Record<string, (size: number, turn: number) => Record<string, unknown>> = {
    "newest page": () => ({}),
    "a page in the middle": (size) => ({ cursor: middle(size) }),
    "expires first": () => ({ sort: "expires_first" }),
    "most used": () => ({ sort: "most_used" }),
    "state live": () => ({ state: "live" }),
    "state ends soon": () => ({ state: "ends_soon" }),
    "state used up": () => ({ state: "used_up" }),
    "state closed": () => ({ state: "closed" }),
    "state unknown": () => ({ state: "unknown" }),
    "a tag": (_, turn) => ({ tag: `tag ${turn % 50}` }),
    "search: a common word": () => ({ q: "clinic" }),
    "search: a beginning": () => ({ q: "cli" }),
    "search: one link": (size, turn) => ({ q: `ref${1 + ((turn * 7919) % size)}` }),
    "search: two words": (_, turn) => ({ q: `flu c${4 * (turn % 100)}` }),
    "search: nothing": () => ({ q: "nowhere" }),
  };
  for (const [name, inputOf] of Object.entries(cases)) {
    const times: number[][] = sizes.map(() => []);
    for (let turn = -20; turn < requests; turn += 1) {
      for (const [at, size] of sizes.entries()) {
        const tenant = tenants[at];
        const input = encodeURIComponent(JSON.stringify(inputOf(size, Math.abs(turn))));
        const startedAt = performance.now();
        const reply = await fetch(
          `${ground.portalUrl}/api/trpc/${tenant?.slug}/sandbox/links.list?input=${input}`,
          { headers: { cookie: `portal-session=${tenant?.token}` } },
        );
        const text = await reply.text();
        if (turn >= 0) times[at]?.push(performance.now() - startedAt);
        if (reply.status !== 200) throw new Error(`${name}: ${text}`);
      }
    }
    const found = times.map(p95);
    const ratio = (found.at(-1) ?? 0) / (found[0] ?? 1);
    process.stdout.write(
      `${name.padEnd(24)} p95 ${found.map((ms) => `${ms.toFixed(1)} ms`).join(", ")}; ratio ${ratio.toFixed(2)} (aim at most ${aim})\n`,
    );
  }
} finally {
  await ground.clear();
}
process.exit(0);
