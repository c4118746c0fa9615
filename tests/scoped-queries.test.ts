import { globSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { describe, expect, it } from "vitest";
import { findUnscopedQueries, type TenantTable } from "./support/scoped-queries";

// Row-level security limits a query to one tenant, but not to one environment, and tests with rows of one
// environment do not notice a missing clause.

const modules: Record<string, unknown>[] = await Promise.all(
  globSync("db/schema/*.ts").map((file) => import(pathToFileURL(file).href)),
);
const tables: TenantTable[] = modules
  .flatMap((module) => Object.entries(module))
  .flatMap(([name, value]) =>
    is(value, PgTable) && "tenantId" in getTableColumns(value)
      ? [{ name, sqlName: getTableName(value) }]
      : [],
  );

const findIn = (code: string) =>
  findUnscopedQueries("probe.ts", `import { links } from "@/db/schema/links";\n${code}`, tables)
    .unscoped;

describe("a query on a tenant table", () => {
  it("every query of the server on a tenant table names its scope", () => {
    const results = globSync("server/**/*.ts").map((file) =>
      findUnscopedQueries(file, readFileSync(file, "utf8"), tables),
    );
    expect(results.flatMap(({ unscoped }) => unscoped)).toEqual([]);
    expect(results.reduce((sum, { checkedCount }) => sum + checkedCount, 0)).toBeGreaterThan(100);
    expect(tables.length).toBeGreaterThan(15);
  });

  it.each([
    ["a select without a condition", "tx.select().from(links);"],
    ["a select by id alone", "tx.select().from(links).where(eq(links.id, id)).limit(1);"],
    ["a select scoped by another table", "tx.select().from(links).where(inScope(practices, ctx));"],
    ["an update by id alone", "tx.update(links).set(row).where(eq(links.id, id));"],
    [
      "a delete by a condition without scope",
      "const c = eq(links.id, id); tx.delete(links).where(c);",
    ],
    ["a join by id alone", "q.innerJoin(links, eq(links.id, rows.linkId));"],
    ["a join that only filters its own rows", "q.leftJoin(links, eq(links.kind, kind));"],
    ["an insert without a tenant", "tx.insert(links).values({ id });"],
    ["raw SQL without a tenant", "tx.execute(sql`delete from links where id = ${id}`);"],
    ["raw SQL with a table of Drizzle's", "sql`exists (select from ${links} where true)`;"],
  ])("a missing scope is found in %s", (_, code) => {
    expect(findIn(code)).toHaveLength(1);
  });

  it.each([
    ["inScope", "tx.select().from(links).where(and(inScope(links, ctx), eq(links.id, id)));"],
    ["inTenant", "tx.delete(links).where(inTenant(links, ctx));"],
    ["a named condition", "const own = inScope(links, ctx); tx.update(links).set(row).where(own);"],
    [
      "a function's condition",
      "const own = (ctx) => inScope(links, ctx); tx.select().from(links).where(and(own(ctx), x));",
    ],
    ["sameScope", "q.innerJoin(links, and(sameScope(links, rows), eq(links.id, rows.linkId)));"],
    ["the tenant of a new row", "tx.insert(links).values({ ...row, tenantId });"],
    ["tenant_id in SQL", "sql`delete from links where tenant_id = ${ctx.tenantId}`;"],
  ])("a scope given by %s is accepted", (_, code) => {
    expect(findIn(code)).toEqual([]);
  });
});
