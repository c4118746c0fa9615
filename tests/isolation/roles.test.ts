import { beforeAll, describe, expect, it } from "vitest";
import { role as roleSchema } from "@/server/schemas/organisations";
import { invalidBodies } from "./invalid-values";
import {
  callPortalProcedure,
  callProcedureRaw,
  expectNoChanges,
  type SeededTenant,
  seedTenant,
  portalEntries,
  sentence,
  sql,
  unusedId,
} from "./support";

let a: SeededTenant;

beforeAll(async () => {
  a = await seedTenant({ main: "30183", neighbour: "30182", spare: "30298", partner: "c" });
});

describe("c15: roles", () => {
  it.each(portalEntries)("$name is for the roles in the table and no other", async (entry) => {
    const otherRoles = roleSchema.options.filter((role) => !entry.roles.includes(role));
    const input = entry.input?.(a.fixture);
    await expectNoChanges([a], async () => {
      const responses = await Promise.all(
        otherRoles.map((role) =>
          callPortalProcedure(entry, a.tenant.slug, { input, token: a.tokens[role] }),
        ),
      );
      for (const response of responses) {
        expect(response).toMatchObject({ status: 403, code: "FORBIDDEN" });
        expect(response.message).toMatch(sentence);
      }
      // Permission comes first: these callers learn nothing about their input.
      for (const role of otherRoles) {
        for (const body of Object.values(invalidBodies)) {
          const response = await callProcedureRaw({
            scope: { tenant: a.tenant.slug, environment: "sandbox" },
            procedure: entry.name,
            kind: entry.kind,
            body,
            token: a.tokens[role],
          });
          expect([body, response.status, response.code]).toEqual([body, 403, "FORBIDDEN"]);
        }
      }
    });
    // Allowed callers pass the permission check; the requested row does not exist.
    const unknownIds = Object.fromEntries(
      Object.keys(entry.ids ?? {}).map((field) => [field, unusedId()]),
    );
    const safeInput = input && {
      ...input,
      ...unknownIds,
      ...("apiKey" in input && { apiKey: "no key of anybody's".replaceAll(" ", "-") }),
    };
    for (const role of entry.roles) {
      const response = await callPortalProcedure(entry, a.tenant.slug, {
        input: safeInput,
        token: a.tokens[role],
      });
      expect(response.code).not.toBe("FORBIDDEN");
      expect(response.status).toBeLessThan(500);
    }
  });

  it("roles are read on every call: a changed role or an ended membership counts at once", async () => {
    const entry = { name: "links.list", kind: "query" } as const;
    const token = a.tokens.auditor;
    const input = {};
    expect((await callPortalProcedure(entry, a.tenant.slug, { input, token })).code).toBe("OK");
    await sql`update memberships set role = 'viewer'
      where tenant_id = ${a.tenantId} and role = 'auditor'`;
    const activityEntry = { name: "activity.list", kind: "query" } as const;
    expect((await callPortalProcedure(activityEntry, a.tenant.slug, { input, token })).code).toBe(
      "FORBIDDEN",
    );
    await sql`delete from memberships where tenant_id = ${a.tenantId} and role = 'viewer'`;
    expect((await callPortalProcedure(entry, a.tenant.slug, { input, token })).code).toBe(
      "NOT_FOUND",
    );
  });

  it("c15: a disabled person is out at once, and has to sign in again when enabled", async () => {
    const entry = { name: "links.list", kind: "query" } as const;
    const call = async () =>
      (await callPortalProcedure(entry, a.tenant.slug, { input: {}, token: a.tokens.operator }))
        .code;
    const setDisabled = (isDisabled: boolean) => sql`
      update users set disabled_at = case when ${isDisabled} then now() end where id in (
        select user_id from memberships where tenant_id = ${a.tenantId} and role = 'operator')`;
    expect(await call()).toBe("OK");
    await setDisabled(true);
    expect(await call()).toBe("UNAUTHORIZED");
    await setDisabled(false);
    expect(await call()).toBe("UNAUTHORIZED");
  });
});
