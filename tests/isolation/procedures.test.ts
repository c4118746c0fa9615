import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { NotFoundError, UnauthenticatedError } from "@/server/errors";
import { createPortalContext } from "@/server/trpc/context";
import { createPortalCallerFactory } from "@/server/trpc/procedures";
import { accountRouter, appRouter } from "@/server/routers/root";
import {
  accountEntries,
  type ProcedureResponse,
  callPortalProcedure,
  expectNoChanges,
  expectNoDataOf,
  type SeededTenant,
  seedTenant,
  hashTables,
  portalEntries,
  sentence,
  unusedId,
} from "./support";

let a: SeededTenant;
let b: SeededTenant;

beforeAll(async () => {
  const practices = { main: "30182", neighbour: "30183", spare: "30297" };
  a = await seedTenant({ ...practices, partner: "a" });
  b = await seedTenant({ ...practices, partner: "b" });
});

const entriesWithIds = portalEntries.filter(({ ids }) => ids);

const inputOf = (entry: (typeof portalEntries)[number], { fixture }: SeededTenant) =>
  entry.input?.(fixture);

/** Everything in the response that a caller sees. */
const statusAndText = ({ status, text }: ProcedureResponse) => ({ status, text });

describe("c1: the table of procedures", () => {
  const proceduresOf = (router: typeof appRouter | typeof accountRouter) =>
    Object.entries(router._def.procedures).map(([name, procedure]) => {
      const { type } = z.looseObject({ type: z.string() }).parse(Reflect.get(procedure, "_def"));
      return `${name} ${type}`;
    });
  const listed = (entries: { name: string; kind: string }[]) =>
    entries.map(({ name, kind }) => `${name} ${kind}`).sort();

  it("the table lists exactly the procedures of the portal", () => {
    expect(listed(portalEntries)).toEqual(proceduresOf(appRouter).sort());
  });

  it("the table lists exactly the procedures outside a tenant", () => {
    expect(listed(accountEntries)).toEqual(proceduresOf(accountRouter).sort());
  });

  it.each(entriesWithIds)("the table names every id that $name accepts", (entry) => {
    const own = Object.values(a.fixture);
    const isIdField = ([, value]: [string, unknown]) =>
      typeof value === "string" && z.uuid().safeParse(value).success;
    const idFields = Object.entries(inputOf(entry, a) ?? {}).filter(isIdField);
    expect(Object.keys(entry.ids ?? {}).sort()).toEqual(idFields.map(([field]) => field).sort());
    expect(idFields.some(([, value]) => own.includes(String(value))) || entry.ids).toBeTruthy();
  });
});

describe("c1, c4: signed-out callers", () => {
  it.each(portalEntries)("a signed-out caller gets nothing from $name", async (entry) => {
    const input = inputOf(entry, a);
    await expectNoChanges([a, b], async () => {
      for (const token of [undefined, "", "x".repeat(43)]) {
        const member = await callPortalProcedure(entry, a.tenant.slug, { input, token });
        expect(member).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
        expect(
          statusAndText(await callPortalProcedure(entry, "nobody-here", { input, token })),
        ).toEqual(statusAndText(member));
        expectNoDataOf(a, member.text);
      }
    });
  });

  it("a signed-out caller is rejected by the in-process caller too", async () => {
    const request = { requestId: randomUUID(), clientAddress: "test", sessionToken: undefined };
    const path = { tenant: a.tenant.slug, environment: "sandbox" };
    await expect(createPortalContext(request, path)).rejects.toThrow(UnauthenticatedError);
  });
});

describe("c1: a member of another organisation at a tenant's address", () => {
  it.each(portalEntries)(
    "$name looks to another organisation like that of an absent tenant",
    async (entry) => {
      const token = b.tokens.owner;
      const input = inputOf(entry, a);
      await expectNoChanges([a, b], async () => {
        const absent = await callPortalProcedure(entry, "nobody-here", { input, token });
        expect(absent).toMatchObject({ status: 404, code: "NOT_FOUND" });
        const scopes = [
          { tenant: a.tenant.slug, environment: "sandbox" },
          { tenant: a.tenant.slug, environment: "production" },
          { tenant: a.tenant.slug.toUpperCase(), environment: "sandbox" },
          { tenant: ` ${a.tenant.slug}`, environment: "sandbox" },
          { tenant: a.tenantId, environment: "sandbox" },
          { tenant: b.tenant.slug, environment: "nowhere" },
          { tenant: "\u0000", environment: "sandbox" },
        ];
        for (const { tenant, environment } of scopes) {
          const foreign = await callPortalProcedure(entry, tenant, { environment, input, token });
          expect({ tenant, environment, ...statusAndText(foreign) }).toEqual({
            tenant,
            environment,
            ...statusAndText(absent),
          });
        }
      });
    },
  );

  it("the in-process caller rejects another organisation too, in the same words", async () => {
    const sessionToken = b.tokens.owner;
    const rejectionFor = (path: { tenant: string; environment: string }) =>
      createPortalContext(
        { requestId: randomUUID(), clientAddress: "test", sessionToken },
        path,
      ).catch((error: unknown) => error);
    const absent = await rejectionFor({ tenant: "nobody-here", environment: "sandbox" });
    expect(absent).toBeInstanceOf(NotFoundError);
    expect(await rejectionFor({ tenant: a.tenant.slug, environment: "sandbox" })).toEqual(absent);
  });
});

describe("c1: another tenant's IDs at one's own address", () => {
  const cases = entriesWithIds.flatMap((entry) =>
    Object.entries(entry.ids ?? {}).map(([field, outcome]) => ({
      ...entry,
      field,
      foreign: outcome,
    })),
  );

  it.each(cases.filter(({ foreign }) => foreign === "refused"))(
    "$name does not find a foreign $field",
    async (entry) => {
      const token = b.tokens.owner;
      const own = inputOf(entry, b);
      const foreignId = inputOf(entry, a)?.[entry.field];
      await expectNoChanges([a, b], async () => {
        const inputs = [foreignId, unusedId()].map((id) => ({ ...own, [entry.field]: id }));
        const [foreign, absent] = await Promise.all(
          inputs.map((input) => callPortalProcedure(entry, b.tenant.slug, { input, token })),
        );
        expect(foreign).toMatchObject({ status: 404, code: "NOT_FOUND" });
        expect(foreign).toEqual(absent);
      });
    },
  );

  it.each(cases.filter(({ foreign }) => foreign !== "refused"))(
    "$name shows nothing for a foreign $field",
    async (entry) => {
      const token = b.tokens.owner;
      const own = inputOf(entry, b);
      const foreignId = inputOf(entry, a)?.[entry.field];
      const before = await hashTables(a.tenantId);
      const callWith = (id: unknown) =>
        callPortalProcedure(entry, b.tenant.slug, {
          input: { ...own, [entry.field]: id },
          token,
        });
      // One after the other: an appointment has one change at a time.
      const foreign = await callWith(foreignId);
      const absent = await callWith(unusedId());
      expect(foreign.status).toBe(200);
      expect(entry.foreign === "empty" ? foreign : absent).toEqual(absent);
      const textWithoutId = foreign.text.replaceAll(String(foreignId), "");
      expectNoDataOf(a, textWithoutId);
      expect(await hashTables(a.tenantId)).toEqual(before);
    },
  );

  it.each(portalEntries)("$name ignores extra fields and headers", async (entry) => {
    const token = b.tokens.viewer;
    const own = inputOf(entry, b);
    const overrideAttempts = {
      tenantId: a.tenantId,
      tenant: a.tenant.slug,
      environment: "production",
      role: "owner",
      userId: a.ownerId,
      actor: { kind: "portal" },
      ctx: { tenantId: a.tenantId },
    };
    const headers = {
      "x-tenant-id": a.tenantId,
      "x-tenant": a.tenant.slug,
      "x-environment": "production",
      "x-user-id": a.ownerId,
      "x-role": "owner",
      authorization: `Bearer ${a.tokens.owner}`,
      "x-invoke-path": `/${a.tenant.slug}/sandbox`,
    };
    const before = await hashTables(a.tenantId);
    const plain = await callPortalProcedure(entry, b.tenant.slug, { input: own, token });
    const withOverrides = await callPortalProcedure(entry, b.tenant.slug, {
      input: { ...own, ...overrideAttempts },
      token,
      headers,
    });
    expect(withOverrides.code).toBe(plain.code);
    expect(withOverrides.code).toBe(entry.roles.includes("viewer") ? "OK" : "FORBIDDEN");
    expectNoDataOf(a, withOverrides.text);
    expect(await hashTables(a.tenantId)).toEqual(before);
    const isQuery = entry.kind === "query";
    expect(isQuery && withOverrides.data).toEqual(isQuery && plain.data);
  });
});

describe("c3: an id under another environment of its own tenant", () => {
  it.each(entriesWithIds)("$name does not find an id of another environment", async (entry) => {
    const token = a.tokens.owner;
    const own = inputOf(entry, a) ?? {};
    const unknownIds = Object.fromEntries(
      Object.keys(entry.ids ?? {}).map((field) => [field, unusedId()]),
    );
    await expectNoChanges([a, b], async () => {
      for (const environment of ["staging", "production"]) {
        const [existing, absent] = await Promise.all(
          [own, { ...own, ...unknownIds }].map((input) =>
            callPortalProcedure(entry, a.tenant.slug, { environment, input, token }),
          ),
        );
        expect(statusAndText(existing as ProcedureResponse)).toEqual(
          statusAndText(absent as ProcedureResponse),
        );
        expect(existing?.text).not.toContain(a.fixture.linkId);
      }
    });
  });

  it.each(["practices.verify", "practices.connect", "practices.replaceKey"])(
    "%s rejects a sandbox key in another environment before any request",
    async (name) => {
      const { apiKey, practiceGroupId, credentialId } = a.fixture;
      await expectNoChanges([a, b], async () => {
        const response = await callPortalProcedure({ name, kind: "mutation" }, a.tenant.slug, {
          environment: "production",
          input: { apiKey, practiceGroupId, credentialId },
          token: a.tokens.owner,
        });
        expect(response.code).toBe("BAD_REQUEST");
        expect(response.fieldErrors.apiKey).toMatch(sentence);
      });
    },
  );
});

describe("the in-process caller", () => {
  it("c1: the in-process caller returns no more than the browser gets", async () => {
    const request = { requestId: randomUUID(), clientAddress: "test" };
    const call = await createPortalContext(
      { ...request, sessionToken: b.tokens.owner },
      { tenant: b.tenant.slug, environment: "sandbox" },
    );
    const caller = createPortalCallerFactory(appRouter)(call);
    const { practiceId, linkId } = a.fixture;
    await expect(caller.practices.get({ practiceId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(caller.links.get({ linkId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const all = await Promise.all([
      caller.practices.list(),
      caller.practices.options(),
      caller.links.list({}),
      caller.activity.list({}),
    ]);
    expectNoDataOf(a, JSON.stringify(all));
    expect(all[2].items.length).toBeGreaterThan(0);
  });
});

// Last, because it changes data. It also proves that the table's inputs are valid, without which the
// rejections above would prove nothing.
describe("every procedure works for its own tenant", () => {
  it.each(portalEntries)(
    "$name works, and leaves the look-alike tenant unchanged",
    async (entry) => {
      const before = await hashTables(a.tenantId);
      const extra = { tenantId: a.tenantId, environment: "staging", userId: a.ownerId };
      const input = entry.input && { ...inputOf(entry, b), ...extra };
      const response = await callPortalProcedure(entry, b.tenant.slug, {
        input,
        token: b.tokens.owner,
      });
      expect(response.code).toBe("OK");
      expectNoDataOf(a, response.text);
      expect(await hashTables(a.tenantId)).toEqual(before);
    },
  );
});
