import { beforeAll, describe, expect, it } from "vitest";
import {
  callPortalProcedure,
  disableRowSecurity,
  expectNoChanges,
  expectNoDataOf,
  type SeededTenant,
  seedTenant,
  hashTables,
  portalEntries,
  sql,
  unusedId,
} from "./support";

// Row-level security hides a missing clause (`tests/db` proves that it works alone). It is off here, so
// that a missing clause in a service fails these tests.

let a: SeededTenant;
let b: SeededTenant;

beforeAll(async () => {
  const practices = { main: "30183", neighbour: "30182", spare: "30298" };
  a = await seedTenant({ ...practices, partner: "a" });
  b = await seedTenant({ ...practices, partner: "b" });
  await disableRowSecurity();
});

const cases = portalEntries.flatMap((entry) =>
  Object.entries(entry.ids ?? {}).map(([field, outcome]) => ({
    ...entry,
    field,
    foreign: outcome,
  })),
);

const call = (entry: (typeof portalEntries)[number], id: unknown, field: string) =>
  callPortalProcedure(entry, b.tenant.slug, {
    input: { ...entry.input?.(b.fixture), [field]: id },
    token: b.tokens.owner,
  });

describe("c1: without row-level security", () => {
  it("row-level security is off, so the next tests prove something", async () => {
    expect(await sql`select from pg_class where relrowsecurity`).toHaveLength(0);
  });

  it.each(cases.filter(({ foreign }) => foreign === "refused"))(
    "$name still does not find a foreign $field",
    async (entry) => {
      const foreignId = entry.input?.(a.fixture)[entry.field];
      await expectNoChanges([a, b], async () => {
        const foreign = await call(entry, foreignId, entry.field);
        expect(foreign).toMatchObject({ status: 404, code: "NOT_FOUND" });
        expect(foreign).toEqual(await call(entry, unusedId(), entry.field));
      });
    },
  );

  it.each(cases.filter(({ foreign }) => foreign !== "refused"))(
    "$name still shows nothing for a foreign $field",
    async (entry) => {
      const foreignId = entry.input?.(a.fixture)[entry.field];
      const before = await hashTables(a.tenantId);
      const foreign = await call(entry, foreignId, entry.field);
      const absent = await call(entry, unusedId(), entry.field);
      expect(entry.foreign === "empty" ? foreign : absent).toEqual(absent);
      expectNoDataOf(a, foreign.text.replaceAll(String(foreignId), ""));
      expect(await hashTables(a.tenantId)).toEqual(before);
    },
  );

  it.each(portalEntries)("$name still works in its own tenant only", async (entry) => {
    const before = await hashTables(a.tenantId);
    // Without filters a list returns everything it can.
    const input = ["links.list", "activity.list"].includes(entry.name)
      ? {}
      : entry.input?.(b.fixture);
    const response = await callPortalProcedure(entry, b.tenant.slug, {
      input,
      token: b.tokens.owner,
    });
    expect(response.code).toBe("OK");
    expectNoDataOf(a, response.text);
    expect(await hashTables(a.tenantId)).toEqual(before);
  });
});
