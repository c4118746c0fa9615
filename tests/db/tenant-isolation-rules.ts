import type { Sql } from "postgres";

/** Tables of people or processes instead of tenants; each was reviewed. */
export const tablesWithoutTenant = [
  "account_events",
  "element_script_versions",
  "element_scripts",
  "email_tokens",
  "hero_limits",
  "passwords",
  "rate_limits",
  "sessions",
  "users",
  "workers",
];

/** Shared tables may have no tenant column. The root tables of a tenant have it as `id`. */
const tenantColumnOf = (table: string) => (table === "tenants" ? "id" : "tenant_id");

type Table = {
  name: string;
  columns: { name: string; isRequired: boolean }[];
  keyColumns: string[];
  isSecured: boolean;
  isForced: boolean;
  policies: { name: string; roles: string[]; command: string; using: string; check: string }[];
  references: { name: string; to: string; columns: string[]; toColumns: string[] }[];
};

/** Our tables in the catalog; partitions count as part of their parent. */
export async function listTables(sql: Sql): Promise<Table[]> {
  return sql<Table[]>`
    select
      c.relname as name,
      c.relrowsecurity as "isSecured",
      c.relforcerowsecurity as "isForced",
      (select coalesce(json_agg(json_build_object('name', attname, 'isRequired', attnotnull)
          order by attnum), '[]')
        from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
      (select coalesce(json_agg(a.attname order by k.place), '[]')
        from pg_index i, unnest(i.indkey) with ordinality k(attnum, place), pg_attribute a
        where i.indrelid = c.oid and i.indisprimary
          and a.attrelid = c.oid and a.attnum = k.attnum) as "keyColumns",
      (select coalesce(json_agg(json_build_object(
          'name', polname,
          'command', polcmd,
          'roles', (select coalesce(json_agg(rolname), '["public"]') from pg_roles
            where oid = any (polroles)),
          'using', coalesce(pg_get_expr(polqual, polrelid), ''),
          'check', coalesce(pg_get_expr(polwithcheck, polrelid), ''))), '[]')
        from pg_policy where polrelid = c.oid) as policies,
      (select coalesce(json_agg(json_build_object(
          'name', conname,
          'to', confrelid::regclass::text,
          'columns', (select json_agg(attname order by place)
            from unnest(conkey) with ordinality k(attnum, place)
            join pg_attribute a on a.attrelid = conrelid and a.attnum = k.attnum),
          'toColumns', (select json_agg(attname order by place)
            from unnest(confkey) with ordinality k(attnum, place)
            join pg_attribute a on a.attrelid = confrelid and a.attnum = k.attnum))), '[]')
        from pg_constraint where conrelid = c.oid and contype = 'f' and conparentid = 0)
        as "references"
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition
    order by c.relname`;
}

/** The tables of tenants: all that are not on the list of shared ones. */
export async function listTenantTables(sql: Sql) {
  const tables = await listTables(sql);
  return tables
    .filter((table) => !tablesWithoutTenant.includes(table.name))
    .map((table) => ({ ...table, tenantColumn: tenantColumnOf(table.name) }));
}

function findTableProblems(table: Table, tenantTables: Table[]): string[] {
  const column = tenantColumnOf(table.name);
  const problems: string[] = [];
  const names = table.columns.map(({ name }) => name);
  if (!table.columns.some(({ name, isRequired }) => name === column && isRequired)) {
    problems.push(`has no ${column}`);
  }
  if (!table.keyColumns.includes(column)) problems.push(`has no ${column} in its primary key`);
  const isPerEnvironment = table.columns.some(
    ({ name, isRequired }) => name === "environment" && isRequired,
  );
  if (isPerEnvironment && !table.keyColumns.includes("environment")) {
    problems.push("has no environment in its primary key");
  }
  if (!table.isSecured) problems.push("has no row-level security");
  if (!table.isForced) problems.push("does not force row-level security");
  const servingPolicies = table.policies.filter(({ roles }) =>
    roles.some((role) => role === "portal_app" || role === "public"),
  );
  const [policy] = servingPolicies;
  const expectedExpression = `(${column} = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)`;
  if (servingPolicies.length !== 1 || !policy || policy.command !== "*") {
    problems.push("has not exactly one policy for the serving role");
  } else if (policy.using !== expectedExpression || policy.check !== expectedExpression) {
    problems.push("has a policy of its own making");
  }
  for (const { name, to, columns, toColumns } of table.references) {
    const target = tenantTables.find((other) => other.name === to);
    if (!target) continue;
    const columnPairs = columns.map((own, index) => `${own}=${toColumns[index]}`);
    if (!columnPairs.includes(`${column}=${tenantColumnOf(to)}`)) {
      problems.push(`points at ${to} without the tenant (${name})`);
    }
    const columnLists = [names, target.columns.map((targetColumn) => targetColumn.name)];
    if (
      columnLists.every((list) => list.includes("environment")) &&
      !columnPairs.includes("environment=environment")
    ) {
      problems.push(`points at ${to} without the environment (${name})`);
    }
  }
  return problems.map((problem) => `${table.name} ${problem}`);
}

/** The problems of tenant isolation in the catalog; none are expected. */
export async function findTenantIsolationProblems(sql: Sql): Promise<string[]> {
  const tables = await listTables(sql);
  const tenantTables = tables.filter(({ name }) => !tablesWithoutTenant.includes(name));
  const misclassified = tables
    .filter(({ name }) => tablesWithoutTenant.includes(name))
    .filter(({ columns }) => columns.some(({ name }) => name === "tenant_id"))
    .map(({ name }) => `${name} is shared and names a tenant`);
  return [
    ...misclassified,
    ...tenantTables.flatMap((table) => findTableProblems(table, tenantTables)),
  ];
}
