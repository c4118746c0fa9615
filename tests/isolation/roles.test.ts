import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { role as roleSchema } from "@/server/schemas/organisations";
import {
  askPortal,
  expectNothingDone,
  type Furnished,
  furnishTenant,
  portal,
  sentence,
  sql,
} from "./support";

let a: Furnished;

beforeAll(async () => {
  a = await furnishTenant({ main: "30183", neighbour: "30182", spare: "30298", partner: "c" });
});

describe("c15: roles", () => {
  it.each(portal)("$name is for the roles of the table and nobody else", async (entry) => {
    const others = roleSchema.options.filter((one) => !entry.roles.includes(one));
    const input = entry.input?.(a.belongings);
    await expectNothingDone([a], async () => {
      const answers = await Promise.all(
        others.map((one) => askPortal(entry, a.tenant.slug, { input, token: a.tokens[one] })),
      );
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 403, code: "FORBIDDEN" });
        expect(answer.message).toMatch(sentence);
      }
    });
    // Who is allowed gets past the permission; what they ask for does not exist.
    const madeUp = Object.fromEntries(
      Object.keys(entry.ids ?? {}).map((field) => [field, randomUUID()]),
    );
    const harmless = input && {
      ...input,
      ...madeUp,
      ...("apiKey" in input && { apiKey: "no key of anybody's".replaceAll(" ", "-") }),
    };
    for (const one of entry.roles) {
      const answer = await askPortal(entry, a.tenant.slug, {
        input: harmless,
        token: a.tokens[one],
      });
      expect(answer.code).not.toBe("FORBIDDEN");
      expect(answer.status).toBeLessThan(500);
    }
  });

  it("are looked up on every call: a session that ended or a disabled person is out at once", async () => {
    const entry = { name: "links.list", kind: "query" } as const;
    const token = a.tokens.auditor;
    const input = {};
    expect((await askPortal(entry, a.tenant.slug, { input, token })).code).toBe("OK");
    await sql`update users set disabled_at = now() where id in (
      select user_id from memberships where tenant_id = ${a.tenantId} and role = 'auditor')`;
    expect((await askPortal(entry, a.tenant.slug, { input, token })).code).toBe("UNAUTHORIZED");
    await sql`update users set disabled_at = null where disabled_at is not null`;
    expect((await askPortal(entry, a.tenant.slug, { input, token })).code).toBe("OK");
    await sql`update memberships set role = 'viewer'
      where tenant_id = ${a.tenantId} and role = 'auditor'`;
    const activity = { name: "activity.list", kind: "query" } as const;
    expect((await askPortal(activity, a.tenant.slug, { input, token })).code).toBe("FORBIDDEN");
    await sql`delete from memberships where tenant_id = ${a.tenantId} and role = 'viewer'`;
    expect((await askPortal(entry, a.tenant.slug, { input, token })).code).toBe("NOT_FOUND");
  });
});
