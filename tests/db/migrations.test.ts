import { randomBytes } from "node:crypto";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { migrateDatabase } from "@/db/migrate";
import { countPendingMigrations } from "@/db/pending-migrations";
import journal from "@/db/migrations/meta/_journal.json" with { type: "json" };
import { prepareRoles, withDatabase } from "@/scripts/roles";
import { installQueues } from "@/server/queue/install";
import { queueNames, queues } from "@/server/queue/queues";
import { listTables } from "./tenant-isolation-rules";

const { superuserUrl, template } = inject("servers");
const database = `empty_${randomBytes(6).toString("hex")}`;

let superuser: Sql;
let app: Sql;
let ownerUrl: string;

beforeAll(async () => {
  const bootstrap = postgres(superuserUrl, { max: 1 });
  await bootstrap.unsafe(`create database ${database}`);
  await bootstrap.end();
  superuser = postgres(withDatabase(superuserUrl, database), { max: 2, onnotice: () => undefined });
  const addresses = await prepareRoles({
    databaseUrl: withDatabase(superuserUrl, database),
    fallbackPassword: "none",
  });
  ownerUrl = addresses.ownerUrl ?? "";
  app = postgres(addresses.servingUrl, { max: 1 });
});

afterAll(async () => {
  await app.end();
  await superuser.end();
  const bootstrap = postgres(superuserUrl, { max: 1 });
  await bootstrap.unsafe(`drop database ${database} with (force)`);
  await bootstrap.end();
});

const columnsOf = async (sql: Sql) =>
  (await listTables(sql)).map(({ name, columns, keyColumns }) => ({ name, columns, keyColumns }));

describe("an empty database", () => {
  it("four processes can migrate an empty database at the same time", async () => {
    const migrations = await Promise.allSettled(
      Array.from({ length: 4 }, async () => {
        await migrateDatabase(ownerUrl);
        await installQueues(ownerUrl);
      }),
    );
    expect(migrations.map(({ status }) => status)).toEqual(
      Array.from({ length: 4 }, () => "fulfilled"),
    );
    const [applied] = await superuser`select count(*)::int from drizzle.__drizzle_migrations`;
    expect(applied?.count).toBe(journal.entries.length);
    const queues = await superuser`select name from pgboss.queue where name = any (${queueNames})`;
    expect(queues).toHaveLength(queueNames.length);
  });

  it("a migrated database has the expected schema, and the serving role sees nothing pending", async () => {
    const modelDatabase = postgres(withDatabase(superuserUrl, template), { max: 1 });
    const [migrated, declared] = await Promise.all([
      columnsOf(superuser),
      columnsOf(modelDatabase),
    ]);
    await modelDatabase.end();
    expect(migrated).toEqual(declared);
    expect(await countPendingMigrations(drizzle(app))).toBe(0);
  });

  it("migrating again changes nothing", async () => {
    const before = await columnsOf(superuser);
    const versions = await superuser`select * from drizzle.__drizzle_migrations order by id`;
    await migrateDatabase(ownerUrl);
    await installQueues(ownerUrl);
    expect(await columnsOf(superuser)).toEqual(before);
    expect(await superuser`select * from drizzle.__drizzle_migrations order by id`).toEqual(
      versions,
    );
    const schedules = await superuser`select name from pgboss.schedule`;
    expect(new Set(schedules.map(({ name }) => name))).toEqual(
      new Set(queueNames.filter((name) => queues[name].cron)),
    );
  });

  it("a migration that has not run counts as pending", async () => {
    await superuser`delete from drizzle.__drizzle_migrations
      where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`;
    expect(await countPendingMigrations(drizzle(app))).toBe(1);
  });
});

describe("partitioned tables", () => {
  const partitions = (parent: string) =>
    superuser<{ name: string; bounds: string }[]>`
      select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = ${parent}::regclass order by c.relname`;

  it.each(["audit_events", "hero_requests"])(
    "%s have partitions for this month and the next three, and a default partition",
    async (parent) => {
      const months = Array.from({ length: 4 }, (_, offset) => {
        const now = new Date();
        const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1));
        return `${parent}_${month.toISOString().slice(0, 7).replace("-", "_")}`;
      });
      const found = await partitions(parent);
      expect(found.map(({ name }) => name)).toEqual([...months, `${parent}_rest`]);
      expect(found.at(-1)?.bounds).toBe("DEFAULT");
    },
  );

  it("the serving role creates a missing partition again without gap or overlap", async () => {
    const before = await partitions("audit_events");
    await superuser.unsafe(`drop table ${before[1]?.name}`);
    await app`select ensure_partitions()`;
    expect(await partitions("audit_events")).toEqual(before);
    const boundaries = before.slice(0, -1).map(({ bounds }) => bounds.match(/'[^']+'/g) ?? []);
    for (const [index, [from]] of boundaries.entries()) {
      if (index > 0) expect(from).toBe(boundaries[index - 1]?.[1]);
    }
  });

  it("rows of a month without a partition are not lost", async () => {
    const id = "0198f5a2-0000-7000-8000-000000000001";
    await superuser`insert into tenants (id, slug, name) values (${id}, 'far', 'Far away')`;
    const [row] = await superuser`
      insert into audit_events
        (tenant_id, id, occurred_at, action, subject_type, subject_id, request_id)
      values (${id}, ${id}, now() + interval '2 years', 'link.created', 'link', ${id}, 'r')
      returning tableoid::regclass::text as part`;
    expect(row?.part).toBe("audit_events_rest");
    await app`select ensure_partitions()`;
  });
});
