import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { NotFoundError, UnauthenticatedError } from "@/server/errors";
import { openPortalCall } from "@/server/trpc/context";
import { createPortalCaller } from "@/server/trpc/procedures";
import { accountRouter, appRouter } from "@/server/trpc/router";
import {
  account,
  type Answer,
  askPortal,
  expectNothingDone,
  expectNothingOf,
  type Furnished,
  furnishTenant,
  hashTables,
  portal,
  sentence,
} from "./support";

let a: Furnished;
let b: Furnished;

beforeAll(async () => {
  const practices = { main: "30182", neighbour: "30183", spare: "30297" };
  a = await furnishTenant({ ...practices, partner: "a" });
  b = await furnishTenant({ ...practices, partner: "b" });
});

const withIds = portal.filter(({ ids }) => ids);

const inputOf = (entry: (typeof portal)[number], { belongings }: Furnished) =>
  entry.input?.(belongings);

/** The same answer in every byte that a caller sees. */
const seen = ({ status, text }: Answer) => ({ status, text });

describe("c1: the table of procedures", () => {
  const namesOf = (router: typeof appRouter | typeof accountRouter) =>
    Object.entries(router._def.procedures).map(([name, procedure]) => {
      const { type } = z.looseObject({ type: z.string() }).parse(Reflect.get(procedure, "_def"));
      return `${name} ${type}`;
    });
  const listed = (entries: { name: string; kind: string }[]) =>
    entries.map(({ name, kind }) => `${name} ${kind}`).sort();

  it("has exactly the procedures of the portal", () => {
    expect(listed(portal)).toEqual(namesOf(appRouter).sort());
  });

  it("has exactly the procedures outside a tenant", () => {
    expect(listed(account)).toEqual(namesOf(accountRouter).sort());
  });

  it.each(withIds)("names every id that $name takes", (entry) => {
    const own = Object.values(a.belongings);
    const isRow = ([, value]: [string, unknown]) =>
      typeof value === "string" && z.uuid().safeParse(value).success;
    const inInput = Object.entries(inputOf(entry, a) ?? {}).filter(isRow);
    expect(Object.keys(entry.ids ?? {}).sort()).toEqual(inInput.map(([field]) => field).sort());
    expect(inInput.some(([, value]) => own.includes(String(value))) || entry.ids).toBeTruthy();
  });
});

describe("c1, c4: who is not signed in", () => {
  it.each(portal)("gets nothing from $name", async (entry) => {
    const input = inputOf(entry, a);
    await expectNothingDone([a, b], async () => {
      for (const token of [undefined, "", "x".repeat(43)]) {
        const known = await askPortal(entry, a.tenant.slug, { input, token });
        expect(known).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
        expect(seen(await askPortal(entry, "nobody-here", { input, token }))).toEqual(seen(known));
        expectNothingOf(a, known.text);
      }
    });
  });

  it("does not get past the in-process gate either", async () => {
    const request = { requestId: randomUUID(), clientAddress: "test", sessionToken: undefined };
    const path = { tenant: a.tenant.slug, environment: "sandbox" };
    await expect(openPortalCall(request, path)).rejects.toThrow(UnauthenticatedError);
  });
});

describe("c1: a stranger at another tenant's address", () => {
  it.each(portal)("sees of $name what an absent tenant shows", async (entry) => {
    const token = b.tokens.owner;
    const input = inputOf(entry, a);
    await expectNothingDone([a, b], async () => {
      const absent = await askPortal(entry, "nobody-here", { input, token });
      expect(absent).toMatchObject({ status: 404, code: "NOT_FOUND" });
      const places = [
        { tenant: a.tenant.slug, environment: "sandbox" },
        { tenant: a.tenant.slug, environment: "production" },
        { tenant: a.tenant.slug.toUpperCase(), environment: "sandbox" },
        { tenant: ` ${a.tenant.slug}`, environment: "sandbox" },
        { tenant: a.tenantId, environment: "sandbox" },
        { tenant: b.tenant.slug, environment: "nowhere" },
        { tenant: "\u0000", environment: "sandbox" },
      ];
      for (const { tenant, environment } of places) {
        const foreign = await askPortal(entry, tenant, { environment, input, token });
        expect({ tenant, environment, ...seen(foreign) }).toEqual({
          tenant,
          environment,
          ...seen(absent),
        });
      }
    });
  });

  it("does not get past the in-process gate either, in the same words", async () => {
    const sessionToken = b.tokens.owner;
    const refusal = (path: { tenant: string; environment: string }) =>
      openPortalCall({ requestId: randomUUID(), clientAddress: "test", sessionToken }, path).catch(
        (error: unknown) => error,
      );
    const absent = await refusal({ tenant: "nobody-here", environment: "sandbox" });
    expect(absent).toBeInstanceOf(NotFoundError);
    expect(await refusal({ tenant: a.tenant.slug, environment: "sandbox" })).toEqual(absent);
  });
});

describe("c1: another tenant's ids at one's own address", () => {
  const cases = withIds.flatMap((entry) =>
    Object.entries(entry.ids ?? {}).map(([field, foreign]) => ({ ...entry, field, foreign })),
  );

  it.each(cases.filter(({ foreign }) => foreign === "refused"))(
    "$name does not find a foreign $field",
    async (entry) => {
      const token = b.tokens.owner;
      const own = inputOf(entry, b);
      const foreignId = inputOf(entry, a)?.[entry.field];
      await expectNothingDone([a, b], async () => {
        const inputs = [foreignId, randomUUID()].map((id) => ({ ...own, [entry.field]: id }));
        const [foreign, absent] = await Promise.all(
          inputs.map((input) => askPortal(entry, b.tenant.slug, { input, token })),
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
      const [foreign, absent] = await Promise.all(
        [foreignId, randomUUID()].map((id) =>
          askPortal(entry, b.tenant.slug, { input: { ...own, [entry.field]: id }, token }),
        ),
      );
      expect(foreign?.status).toBe(200);
      expect(entry.foreign === "empty" ? foreign : absent).toEqual(absent);
      const said = (foreign?.text ?? "").replaceAll(String(foreignId), "");
      expectNothingOf(a, said);
      expect(await hashTables(a.tenantId)).toEqual(before);
    },
  );

  it.each(portal)("$name is not steered by extra fields or headers", async (entry) => {
    const token = b.tokens.viewer;
    const own = inputOf(entry, b);
    const steering = {
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
    const plain = await askPortal(entry, b.tenant.slug, { input: own, token });
    const steered = await askPortal(entry, b.tenant.slug, {
      input: { ...own, ...steering },
      token,
      headers,
    });
    expect(steered.code).toBe(plain.code);
    expect(steered.code).toBe(entry.roles.includes("viewer") ? "OK" : "FORBIDDEN");
    expectNothingOf(a, steered.text);
    expect(await hashTables(a.tenantId)).toEqual(before);
    const isQuery = entry.kind === "query";
    expect(isQuery && steered.data).toEqual(isQuery && plain.data);
  });
});

describe("c3: an id under another environment of its own tenant", () => {
  it.each(withIds)("$name does not find it", async (entry) => {
    const token = a.tokens.owner;
    const own = inputOf(entry, a) ?? {};
    const madeUp = Object.fromEntries(
      Object.keys(entry.ids ?? {}).map((field) => [field, randomUUID()]),
    );
    await expectNothingDone([a, b], async () => {
      for (const environment of ["staging", "production"]) {
        const [real, absent] = await Promise.all(
          [own, { ...own, ...madeUp }].map((input) =>
            askPortal(entry, a.tenant.slug, { environment, input, token }),
          ),
        );
        expect(seen(real as Answer)).toEqual(seen(absent as Answer));
        expect(real?.text).not.toContain(a.belongings.linkId);
      }
    });
  });

  it.each(["practices.verify", "practices.connect", "practices.replaceKey"])(
    "%s refuses a key of the sandbox elsewhere before the network",
    async (name) => {
      const { apiKey, practiceGroupId, credentialId } = a.belongings;
      await expectNothingDone([a, b], async () => {
        const answer = await askPortal({ name, kind: "mutation" }, a.tenant.slug, {
          environment: "production",
          input: { apiKey, practiceGroupId, credentialId },
          token: a.tokens.owner,
        });
        expect(answer.code).toBe("BAD_REQUEST");
        expect(answer.fieldErrors.apiKey).toMatch(sentence);
      });
    },
  );
});

describe("the in-process caller", () => {
  it("c1: sees as little as the browser does", async () => {
    const request = { requestId: randomUUID(), clientAddress: "test" };
    const call = await openPortalCall(
      { ...request, sessionToken: b.tokens.owner },
      { tenant: b.tenant.slug, environment: "sandbox" },
    );
    const caller = createPortalCaller(appRouter)(call);
    const { practiceId, linkId } = a.belongings;
    await expect(caller.practices.get({ practiceId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(caller.links.get({ linkId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const all = await Promise.all([
      caller.practices.list(),
      caller.practices.options(),
      caller.links.list({}),
      caller.activity.list({}),
    ]);
    expectNothingOf(a, JSON.stringify(all));
    expect(all[2].items.length).toBeGreaterThan(0);
  });
});

// Last, because it uses things up. It also proves that the inputs of the table are valid ones, without
// which every refusal above would prove nothing.
describe("every procedure works for its own tenant", () => {
  it.each(portal)("$name, and leaves the look-alike as it was", async (entry) => {
    const before = await hashTables(a.tenantId);
    const extra = { tenantId: a.tenantId, environment: "staging", userId: a.ownerId };
    const input = entry.input && { ...inputOf(entry, b), ...extra };
    const answer = await askPortal(entry, b.tenant.slug, { input, token: b.tokens.owner });
    expect(answer.code).toBe("OK");
    expectNothingOf(a, answer.text);
    expect(await hashTables(a.tenantId)).toEqual(before);
  });
});
