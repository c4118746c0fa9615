import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import {
  askPortal,
  dropRowSecurity,
  expectNothingDone,
  expectNothingOf,
  type Furnished,
  furnishTenant,
  hashTables,
  portal,
  sql,
} from "./support";

// Row-level security hides a forgotten clause, and `tests/db` proves that it holds alone. Here it is
// taken away, so that what the services ask for themselves has to hold alone: forget one clause, and
// this goes red.

let a: Furnished;
let b: Furnished;

beforeAll(async () => {
  const practices = { main: "30183", neighbour: "30182", spare: "30298" };
  a = await furnishTenant({ ...practices, partner: "a" });
  b = await furnishTenant({ ...practices, partner: "b" });
  await dropRowSecurity();
});

const withIds = portal.flatMap((entry) =>
  Object.entries(entry.ids ?? {}).map(([field, foreign]) => ({ ...entry, field, foreign })),
);

const ask = (entry: (typeof portal)[number], id: unknown, field: string) =>
  askPortal(entry, b.tenant.slug, {
    input: { ...entry.input?.(b.belongings), [field]: id },
    token: b.tokens.owner,
  });

describe("c1: without row-level security", () => {
  it("there is none left, so that what follows proves something", async () => {
    expect(await sql`select from pg_class where relrowsecurity`).toHaveLength(0);
  });

  it.each(withIds.filter(({ foreign }) => foreign === "refused"))(
    "$name still does not find a foreign $field",
    async (entry) => {
      const foreignId = entry.input?.(a.belongings)[entry.field];
      await expectNothingDone([a, b], async () => {
        const foreign = await ask(entry, foreignId, entry.field);
        expect(foreign).toMatchObject({ status: 404, code: "NOT_FOUND" });
        expect(foreign).toEqual(await ask(entry, randomUUID(), entry.field));
      });
    },
  );

  it.each(withIds.filter(({ foreign }) => foreign !== "refused"))(
    "$name still shows nothing for a foreign $field",
    async (entry) => {
      const foreignId = entry.input?.(a.belongings)[entry.field];
      const before = await hashTables(a.tenantId);
      const foreign = await ask(entry, foreignId, entry.field);
      const absent = await ask(entry, randomUUID(), entry.field);
      expect(entry.foreign === "empty" ? foreign : absent).toEqual(absent);
      expectNothingOf(a, foreign.text.replaceAll(String(foreignId), ""));
      expect(await hashTables(a.tenantId)).toEqual(before);
    },
  );

  it.each(portal)("$name still does its work in its own tenant only", async (entry) => {
    const before = await hashTables(a.tenantId);
    // Without a page or a practice named, a list shows everything it can.
    const input = ["links.list", "activity.list"].includes(entry.name)
      ? {}
      : entry.input?.(b.belongings);
    const answer = await askPortal(entry, b.tenant.slug, { input, token: b.tokens.owner });
    expect(answer.code).toBe("OK");
    expectNothingOf(a, answer.text);
    expect(await hashTables(a.tenantId)).toEqual(before);
  });
});
