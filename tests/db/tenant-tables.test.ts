import { afterEach, describe, expect, it } from "vitest";
import { connectAsOwner, connectAsSuperuser } from "../setup/database";
import {
  findTenantIsolationProblems,
  listTables,
  tablesWithoutTenant,
} from "./tenant-isolation-rules";

const owner = connectAsOwner();
const superuser = connectAsSuperuser();

const policyText = (column: string) =>
  `${column} = nullif(current_setting('app.tenant_id', true), '')::uuid`;

/** A correct tenant table, for the tests to break. */
const validTable = `
  create table probes (
    tenant_id uuid not null references tenants (id),
    environment environment not null,
    id uuid not null,
    practice_id uuid,
    primary key (tenant_id, environment, id),
    foreign key (tenant_id, environment, practice_id) references practices (tenant_id, environment, id)
  );
  alter table probes enable row level security;
  alter table probes force row level security;
  create policy tenant_only on probes to portal_app
    using (${policyText("tenant_id")}) with check (${policyText("tenant_id")});
`;

describe("the tables of tenants", () => {
  afterEach(async () => {
    await owner.unsafe("drop table if exists probes");
  });

  it("every tenant table is keyed by tenant and environment, secured, and refers to its own scope only", async () => {
    expect(await findTenantIsolationProblems(superuser)).toEqual([]);
    const names = (await listTables(superuser)).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...tablesWithoutTenant, "credentials", "links"]));
  });

  it("c1: a correct table passes, so the next ones fail for their own problem", async () => {
    await owner.unsafe(validTable);
    expect(await findTenantIsolationProblems(superuser)).toEqual([]);
  });

  const violations: [string, string][] = [
    ["alter table probes no force row level security", "does not force row-level security"],
    ["alter table probes disable row level security", "has no row-level security"],
    ["drop policy tenant_only on probes", "has not exactly one policy for the serving role"],
    [
      "create policy everything on probes for select to public using (true)",
      "has not exactly one policy for the serving role",
    ],
    ["alter policy tenant_only on probes using (true)", "has a policy of its own making"],
    ["alter policy tenant_only on probes with check (true)", "has a policy of its own making"],
    [
      "alter table probes drop constraint probes_pkey, add primary key (environment, id)",
      "has no tenant_id in its primary key",
    ],
    [
      "alter table probes drop constraint probes_pkey, add primary key (tenant_id, id)",
      "has no environment in its primary key",
    ],
    [
      `alter table probes add column link_id uuid;
       create unique index on links (id);
       alter table probes add constraint loose foreign key (link_id) references links (id)`,
      "points at links without the tenant (loose)",
    ],
    [
      `create unique index on practices (tenant_id, id);
       alter table probes add constraint loose
         foreign key (tenant_id, practice_id) references practices (tenant_id, id)`,
      "points at practices without the environment (loose)",
    ],
  ];

  it.each(violations)("c1: a wrong table is found after: %s", async (statement, problem) => {
    await owner.unsafe(validTable);
    await owner.unsafe(statement);
    expect(await findTenantIsolationProblems(superuser)).toContain(`probes ${problem}`);
  });

  it("c1: a new table counts as a tenant's until it is reviewed", async () => {
    await owner.unsafe("create table probes (id uuid primary key)");
    expect(await findTenantIsolationProblems(superuser)).toContain("probes has no tenant_id");
  });
});

describe("columns", () => {
  const demographicColumn =
    /(^|_)(dob|birth|born|nhs|phone|telephone|mobile|address|postcode|gender|sex|surname|patient_name|first_name|last_name|given|family)(_|$)/;

  it("c30: no column identifies a patient except Hero's own id", async () => {
    const rows = await superuser<{ column: string; name: string }[]>`
      select c.relname || '.' || a.attname as column, a.attname as name
      from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)
        and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped`;
    const columns = rows.map((row) => row.column);
    expect(columns).toContain("links.patient_id");
    expect(rows.filter(({ name }) => demographicColumn.test(name))).toEqual([]);
    for (const name of ["date_of_birth", "dob", "nhs_number", "mobile_phone", "postcode"]) {
      expect(demographicColumn.test(name), name).toBe(true);
    }
  });
});
