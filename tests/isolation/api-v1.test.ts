import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { NotFoundError } from "@/server/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import { revokeApiKey } from "@/server/services/api-keys/revoke";
import type { TenantContext } from "@/server/tenancy/context";
import { type ApiCall, callApi, createTestApiKey } from "../support/api-v1";
import { getSandboxPractice, listHeroCalls } from "../support/hero";
import { createTenant, firstBookingChoice } from "../support/tenants";
import { disableRowSecurity, hashTables, sql } from "./support";

type ApiTenant = {
  owner: TenantContext;
  staging: TenantContext;
  key: string;
  keyId: string;
  heroKey: string;
  practiceGroupId: string;
  choice: { appointmentTypeId: string; locationId: string };
  linkId: string;
  idempotencyKey: string;
};

let a: ApiTenant;
let b: ApiTenant;

const bookingBody = ({
  practiceGroupId,
  choice,
}: Pick<ApiTenant, "practiceGroupId" | "choice">) => ({
  kind: "booking",
  practiceGroupId,
  ...choice,
  expiresOn: addDays(ukDateOf(new Date()), 7),
  maxUses: 3,
});

async function seedApiTenant(practiceGroupId: string): Promise<ApiTenant> {
  const tenant = await createTenant();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  const { id: practiceId } = await tenant.connect(practice);
  const owner = await tenant.asOwner();
  const { key, id: keyId } = await createTestApiKey(owner);
  const choice = await firstBookingChoice(owner, practiceId);
  const idempotencyKey = `mine-${randomUUID()}`;
  const created = await callApi({
    method: "POST",
    key,
    body: bookingBody({ practiceGroupId, choice }),
    headers: { "idempotency-key": idempotencyKey },
  });
  expect(created.status).toBe(201);
  return {
    owner,
    staging: await tenant.asOwner("staging"),
    key,
    keyId,
    heroKey: practice.apiKey,
    practiceGroupId,
    choice,
    linkId: String(created.json.id),
    idempotencyKey,
  };
}

beforeAll(async () => {
  a = await seedApiTenant("30297");
  b = await seedApiTenant("30298");
});

const links = [
  "createBookingLink",
  "createFormLink",
  "createVideoLink",
  "updateBookingLink",
  "getForm",
];
const countHeroCalls = async () => {
  const calls = await Promise.all(
    [a, b].flatMap(({ heroKey }) => links.map((operation) => listHeroCalls(heroKey, operation))),
  );
  return calls.flat().length;
};

/** Expects that no row changed and Hero was not called; a key's last use is written beforehand. */
async function expectNoChanges<Result>(task: () => Promise<Result>): Promise<Result> {
  const rows = await hashTables();
  const calls = await countHeroCalls();
  const result = await task();
  expect(await hashTables()).toEqual(rows);
  expect(await countHeroCalls()).toBe(calls);
  return result;
}

const statusAndText = ({ status, text }: { status: number; text: string }) => ({ status, text });

/** Every operation on a link or a practice. */
const operations: [string, (target: { linkId: string; practiceGroupId: string }) => ApiCall][] = [
  ["reading a link", ({ linkId }) => ({ method: "GET", path: `/${linkId}` })],
  [
    "changing a link",
    ({ linkId }) => ({
      method: "PATCH",
      path: `/${linkId}`,
      body: { maxUses: 9, tags: ["x"] },
    }),
  ],
  [
    "closing a link",
    ({ linkId }) => ({ method: "PATCH", path: `/${linkId}`, body: { isClosed: true } }),
  ],
  ["resolving a link", ({ linkId }) => ({ method: "POST", path: `/${linkId}/resolve` })],
  [
    "making a link",
    ({ practiceGroupId }) => ({ method: "POST", body: bookingBody({ ...b, practiceGroupId }) }),
  ],
  [
    "listing a practice's links",
    ({ practiceGroupId }) => ({ method: "GET", path: `?practiceGroupId=${practiceGroupId}` }),
  ],
];

describe("c1: another tenant's IDs with one's own key", () => {
  it.each(operations)(
    "%s responds to another tenant's ID exactly as to an unknown one",
    async (_, callFor) => {
      await expectNoChanges(async () => {
        const foreign = await callApi({ ...callFor(a), key: b.key });
        const unknownTarget = { linkId: randomUUID(), practiceGroupId: "7777777" };
        const absent = await callApi({ ...callFor(unknownTarget), key: b.key });
        expect(foreign.status).toBe(404);
        expect(statusAndText(foreign)).toEqual(statusAndText(absent));
        expect(foreign.text).not.toContain(a.linkId);
        for (const linkId of ["x", "%00", "..%2f..", "' or 1=1", a.linkId.toUpperCase()]) {
          const target = {
            linkId: encodeURIComponent(linkId),
            practiceGroupId: unknownTarget.practiceGroupId,
          };
          expect(statusAndText(await callApi({ ...callFor(target), key: b.key }))).toEqual(
            statusAndText(absent),
          );
        }
      });
    },
  );

  it("a list contains only the key's own links, whatever the cursor", async () => {
    for (const path of ["", `?cursor=${a.linkId}`, `?q=${a.linkId.slice(0, 8)}`, "?sort=oldest"]) {
      const { status, text } = await callApi({ method: "GET", path, key: b.key });
      expect(status).toBe(200);
      expect(text).not.toContain(a.linkId);
      expect(text).not.toContain(a.practiceGroupId);
    }
  });

  it("another tenant's Idempotency-Key has no effect", async () => {
    const created = await callApi({
      method: "POST",
      key: b.key,
      body: bookingBody(b),
      headers: { "idempotency-key": a.idempotencyKey },
    });
    expect(created.status).toBe(201);
    expect(created.json.id).not.toBe(a.linkId);
  });

  it("no header, cookie or query moves a key to another tenant", async () => {
    const { text } = await callApi({
      method: "GET",
      path: `/${a.linkId}`,
      key: b.key,
      headers: {
        "x-tenant-id": a.owner.tenantId,
        "x-environment": "sandbox",
        "x-api-key": a.key,
        cookie: `portal-session=${a.key}`,
      },
    });
    expect(JSON.parse(text)).toMatchObject({ status: 404 });
  });
});

describe("c2: practice groups that are not connected", () => {
  it.each([
    " 30298",
    "30298 ",
    "030298",
    "30298,30297",
    "30298\r\nx-practice-group-id: 30297",
    "\u0663\u0660\u0662\u0669\u0668",
    "３０２９８",
    "30298\u0000",
    "30298.0",
    "3.0298e4",
    "0x765a",
    "-30298",
    "30297",
    "30183",
    "",
    30298,
    null,
    ["30298"],
    { $ne: "" },
  ])("practice group %j is never sent", async (practiceGroupId) => {
    await expectNoChanges(async () => {
      const body = { ...bookingBody(b), practiceGroupId };
      const created = await callApi({ method: "POST", key: b.key, body });
      expect([400, 404]).toContain(created.status);
      if (typeof practiceGroupId === "string") {
        const path = `?practiceGroupId=${encodeURIComponent(practiceGroupId)}`;
        expect([400, 404]).toContain((await callApi({ method: "GET", key: b.key, path })).status);
      }
    });
  });

  it("a disconnected practice is not found", async () => {
    await sql`update practices set disconnected_at = now()
      where tenant_id = ${a.owner.tenantId} and practice_group_id = ${a.practiceGroupId}`;
    const rejected = await expectNoChanges(() =>
      callApi({ method: "POST", key: a.key, body: bookingBody(a) }),
    );
    expect(rejected.status).toBe(404);
    await sql`update practices set disconnected_at = null where tenant_id = ${a.owner.tenantId}`;
  });
});

describe("c3: a key of another environment of the same tenant", () => {
  it.each(operations)("%s finds nothing of the sandbox", async (_, callFor) => {
    const { key } = await createTestApiKey(a.staging);
    await callApi({ method: "GET", key });
    await expectNoChanges(async () => {
      const foreign = await callApi({ ...callFor(a), key });
      const unknownTarget = { linkId: randomUUID(), practiceGroupId: "7777777" };
      expect(foreign.status).toBe(404);
      expect(statusAndText(foreign)).toEqual(
        statusAndText(await callApi({ ...callFor(unknownTarget), key })),
      );
    });
    expect((await callApi({ method: "GET", key })).json).toEqual({
      items: [],
      nextCursor: null,
    });
  });
});

describe("authentication", () => {
  it.each(operations)(
    "%s needs a valid key, and gives every other caller the same message",
    async (_, callFor) => {
      const { key, id } = await createTestApiKey(a.owner);
      await revokeApiKey(a.owner, { apiKeyId: id });
      await expectNoChanges(async () => {
        const withoutKey = await callApi(callFor(a));
        expect(withoutKey.status).toBe(401);
        expect(withoutKey.headers.get("www-authenticate")).toMatch(/^Bearer /);
        const invalidAuthorizations = [
          key,
          "x",
          `hpp_sandbox_${"A".repeat(43)}`,
          `${a.key}x`,
          a.key.slice(0, -1),
          a.key.replace("sandbox", "production"),
          a.heroKey,
          "\u00e9",
        ];
        for (const invalidAuthorization of invalidAuthorizations) {
          expect(
            statusAndText(await callApi({ ...callFor(a), key: invalidAuthorization })),
          ).toEqual(statusAndText(withoutKey));
        }
        for (const authorization of [
          `Basic ${btoa(`x:${a.key}`)}`,
          a.key,
          "Bearer",
          `Token ${a.key}`,
        ]) {
          const reply = await callApi({ ...callFor(a), headers: { authorization } });
          expect(statusAndText(reply)).toEqual(statusAndText(withoutKey));
        }
      });
    },
  );

  it.each([
    ["reading a link", "links.read"],
    ["changing a link", "links.edit"],
    ["closing a link", "links.edit"],
    ["resolving a link", "links.edit"],
    ["making a link", "links.create"],
    ["listing a practice's links", "links.read"],
  ] as [string, ApiKeyPermission][])("c15: %s needs exactly %s", async (name, permission) => {
    const callFor = operations.find(([operationName]) => operationName === name)?.[1];
    if (!callFor) throw new Error(`No operation ${name}.`);
    const others = (["links.read", "links.create", "links.edit"] as const).filter(
      (other) => other !== permission,
    );
    const keyWithout = await createTestApiKey(b.owner, [...others]);
    const keyWith = await createTestApiKey(b.owner, [permission]);
    await callApi({ method: "GET", key: keyWithout.key });
    await expectNoChanges(async () => {
      const rejected = await callApi({ ...callFor(b), key: keyWithout.key });
      expect(rejected).toMatchObject({
        status: 403,
        json: { title: "Permission denied", requiredPermission: permission },
      });
      expect(rejected.text).toContain(`the permission ${permission}.`);
    });
    expect((await callApi({ ...callFor(b), key: keyWith.key })).status).toBeLessThan(300);
  });

  it("D: a key without the permission gets 403 before its request is validated", async () => {
    const { key: readOnly } = await createTestApiKey(b.owner, ["links.edit"]);
    const { key: editor } = await createTestApiKey(b.owner, ["links.read"]);
    await callApi({ method: "GET", key: readOnly });
    await callApi({ method: "GET", key: editor });
    const malformed: ApiCall[] = [
      { method: "POST", key: readOnly, body: "{" },
      { method: "POST", key: readOnly, body: { nothing: true } },
      { method: "POST", key: readOnly, body: {}, headers: { "content-type": "text/plain" } },
      { method: "POST", key: readOnly, body: {}, headers: { "idempotency-key": "a b" } },
      { method: "GET", key: readOnly, path: "?limit=x&nothing=1" },
      { method: "GET", key: readOnly, path: `/${randomUUID()}` },
      { method: "PATCH", key: editor, path: `/${randomUUID()}`, body: "x".repeat(70_000) },
      { method: "POST", key: editor, path: `/${randomUUID()}/resolve` },
    ];
    await expectNoChanges(async () => {
      for (const call of malformed) {
        const { status, json } = await callApi(call);
        expect({ ...call, status }).toEqual({ ...call, status: 403 });
        expect(json.requiredPermission).toMatch(/^links\.(create|read|edit)$/);
      }
    });
  });

  it("each key has its own rate limit", async () => {
    vi.resetModules();
    vi.stubEnv("API_RATE_PER_MINUTE", "3");
    const freshModule = await import("../support/api-v1");
    const { key } = await createTestApiKey(a.owner);
    const { key: other } = await createTestApiKey(a.owner);
    const call = (apiKey: string) =>
      freshModule.callApi({ method: "GET", path: "?limit=1", key: apiKey });
    for (let index = 0; index < 3; index++) expect((await call(key)).status).toBe(200);
    const rejected = await call(key);
    expect(rejected).toMatchObject({ status: 429, json: { title: "Too many requests" } });
    expect(Number(rejected.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(rejected.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect((await call(other)).status).toBe(200);
    vi.unstubAllEnvs();
  });
});

// Last, because it turns row-level security off: the services' own clauses must suffice.
describe("c1: without row-level security", () => {
  beforeAll(disableRowSecurity);

  it.each(operations)("%s still finds nothing of another tenant", async (_, callFor) => {
    await expectNoChanges(async () => {
      const foreign = await callApi({ ...callFor(a), key: b.key });
      const unknownTarget = { linkId: randomUUID(), practiceGroupId: "7777777" };
      expect(foreign.status).toBe(404);
      expect(statusAndText(foreign)).toEqual(
        statusAndText(await callApi({ ...callFor(unknownTarget), key: b.key })),
      );
    });
  });

  it.each(operations)("%s still finds nothing of another environment", async (_, callFor) => {
    const { key } = await createTestApiKey(a.staging);
    await callApi({ method: "GET", key });
    const reply = await expectNoChanges(() => callApi({ ...callFor(a), key }));
    expect(reply.status).toBe(404);
  });

  it("a list still contains only the key's own links", async () => {
    const { text } = await callApi({ method: "GET", path: "?limit=100", key: b.key });
    expect(text).toContain(b.linkId);
    expect(text).not.toContain(a.linkId);
  });

  it("a key's last use is still written to that key only, and no other key can be revoked", async () => {
    const others = async () =>
      JSON.stringify(
        await sql`select * from api_keys where tenant_id = ${a.owner.tenantId} order by id`,
      );
    const before = await others();
    const { key, id } = await createTestApiKey(b.owner);
    await callApi({ method: "GET", key });
    await revokeApiKey(b.owner, { apiKeyId: id });
    await expect(revokeApiKey(b.owner, { apiKeyId: a.keyId })).rejects.toThrow(NotFoundError);
    expect(await others()).toBe(before);
  });
});
