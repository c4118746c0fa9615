import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { ConflictError, ForbiddenError, NotFoundError } from "@/server/errors";
import { listActivity } from "@/server/services/activity";
import { loadPracticeWithKey } from "@/server/services/practices/load-with-key";
import {
  disconnectPractice,
  previewDisconnect,
  renamePractice,
  replaceKey,
} from "@/server/services/practices/change";
import {
  connectNetworkPractice,
  connectPractice,
  verifyNetworkPractice,
  verifyPractice,
} from "@/server/services/practices/connect";
import { testPracticeNow } from "@/server/services/practices/test-connection";
import {
  getBookingOptions,
  getPractice,
  listPracticeOptions,
  listPractices,
} from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice, injectFault, listHeroCalls } from "../support/hero";
import { createTenant, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();

type SandboxPractice = Awaited<ReturnType<typeof getSandboxPractice>>;

/** In one network: 20533, 20690 and 20417. Faults are injected for the first only. */
let millbrook: SandboxPractice;
let kingsway: SandboxPractice;
let otherKey: SandboxPractice;

/** A new tenant for each test, with nothing connected. */
let tenant: TestTenant;
let ctx: TenantContext;

beforeAll(async () => {
  millbrook = await getSandboxPractice("20533", "a");
  otherKey = await getSandboxPractice("20533", "b");
  kingsway = await getSandboxPractice("kingsway-31", "c");
});

beforeEach(async () => {
  tenant = await createTenant();
  ctx = await tenant.asOwner();
});

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: unknown) => error,
  );

/** A tenant's saved connections. */
async function savedRows(context = ctx) {
  const practices = await superuser`
    select id, environment, practice_group_id, credential_id, disconnected_at from practices
    where tenant_id = ${context.tenantId} order by id`;
  const credentials = await superuser`
    select id, environment, state, sealed_key, fingerprint from credentials
    where tenant_id = ${context.tenantId} order by id`;
  return { practices, credentials };
}
const noRows = { practices: [], credentials: [] };

const listActions = async (context = ctx) =>
  (await listActivity(context, { limit: 100 })).items.map(({ action }) => action).reverse();

const readStoredKey = (practiceId: string, context = ctx) =>
  db.tenant(context, async (tx) => (await loadPracticeWithKey(tx, context, practiceId)).apiKey);

describe("verifying a key", () => {
  it("verifying a key returns its practice and capabilities, and saves nothing", async () => {
    const report = await verifyPractice(ctx, millbrook);
    expect(report).toMatchObject({ practiceGroupId: "20533", name: "Millbrook Health Centre" });
    expect(
      report.capabilityChecks.map(({ capability, isAvailable }) => [capability, isAvailable]),
    ).toEqual(
      [
        "practice",
        "capabilities",
        "appointment_types",
        "locations",
        "practitioners",
        "booking_links",
        "forms",
        "elements",
      ].map((read) => [read, true]),
    );
    expect(JSON.stringify(report)).not.toContain(millbrook.apiKey);
    expect(await savedRows()).toEqual(noRows);
    const [log] = await superuser`
      select count(*)::int as count from hero_requests where tenant_id = ${ctx.tenantId}`;
    expect(log?.count).toBe(8);
  });

  it("a rejected capability is reported with its reason, and the key still passes", async () => {
    const limitedKey = await getSandboxPractice("30298", "b", "booking_links").catch(() => null);
    await injectFault({ operation: "listForms", key: millbrook.apiKey, status: 403 });
    const { capabilityChecks } = await verifyPractice(ctx, limitedKey ?? millbrook);
    const forms = (await verifyPractice(ctx, millbrook)).capabilityChecks.concat(capabilityChecks);
    const failingChecks = forms.filter(({ isAvailable }) => !isAvailable);
    expect(failingChecks.length).toBeGreaterThan(0);
    for (const { reason } of failingChecks) expect(reason).toMatch(/^Hero does not allow .*\.$/);
  });

  const invalidConnections: [string, () => SandboxPractice, string, string][] = [
    [
      "a wrong key",
      () => ({ ...millbrook, apiKey: "sandbox_a_key_that_nobody_made" }),
      "apiKey",
      "Hero's Sandbox environment does not accept this key.",
    ],
    [
      "the id of a practice outside the network",
      () => ({ ...millbrook, practiceGroupId: "30182" }),
      "practiceGroupId",
      "This key cannot access that practice. Check the ID, or that both practices are in the same network.",
    ],
    [
      "an id that no practice has",
      () => ({ ...millbrook, practiceGroupId: "99999" }),
      "practiceGroupId",
      "This key cannot access that practice. Check the ID, or that both practices are in the same network.",
    ],
    [
      "c2: an id written otherwise",
      () => ({ ...millbrook, practiceGroupId: "020533" }),
      "practiceGroupId",
      "This key cannot access that practice. Check the ID, or that both practices are in the same network.",
    ],
  ];

  it.each(invalidConnections)(
    "%s is rejected at its field, and nothing is connected",
    async (_, getInput, field, text) => {
      for (const call of [verifyPractice, connectPractice]) {
        await expect(call(ctx, getInput())).rejects.toMatchObject({ field, message: text });
      }
      expect(await savedRows()).toEqual(noRows);
      expect(await listActions()).toEqual(["Created the organisation"]);
    },
  );
});

describe("connecting a practice", () => {
  it("connecting saves the key and the practice, with audit rows and a view without the key", async () => {
    const view = await connectPractice(ctx, { ...millbrook, nickname: "The mill" });
    expect(view).toMatchObject({
      practiceGroupId: "20533",
      name: "Millbrook Health Centre",
      nickname: "The mill",
      health: "working",
      healthReason: null,
      isNetworkPractice: false,
      credential: {
        lastFour: millbrook.apiKey.slice(-4),
        state: "working",
        addedBy: "Olive Owner",
        ownPracticeGroupId: "20533",
      },
    });
    expect(view.credential.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(await listActions()).toEqual([
      "Created the organisation",
      "Added a Hero API key",
      "Connected the practice",
    ]);
    expect(await getPractice(ctx, { practiceId: view.id })).toEqual(view);
    expect(await listPractices(await tenant.asRole("viewer"))).toEqual([view]);
    expect(await listPracticeOptions(ctx)).toEqual([
      { id: view.id, name: "The mill", practiceGroupId: "20533" },
    ]);
  });

  it("c9: a key is stored sealed only: no table, view or log contains it", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    expect(await readStoredKey(id)).toBe(millbrook.apiKey);
    const tables = await superuser`
      select table_schema || '.' || table_name as name from information_schema.tables
      where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE'`;
    const key = Buffer.from(millbrook.apiKey);
    const storedText = [
      millbrook.apiKey,
      millbrook.apiKey.slice(0, -4),
      key.toString("base64").slice(0, 40),
      key.toString("hex").slice(0, 80),
    ];
    for (const { name } of tables) {
      const [row] = await superuser.unsafe(
        `select coalesce(string_agg(t::text, ' '), '') as text from ${name} t`,
      );
      for (const trace of storedText) expect(row?.text.includes(trace), name).toBe(false);
    }
    const views = [await listPractices(ctx), await listActivity(ctx, {})];
    for (const trace of storedText) expect(JSON.stringify(views)).not.toContain(trace);
  });

  it("a connected practice is rejected, and nothing is saved", async () => {
    await connectPractice(ctx, millbrook);
    const before = await savedRows();
    const actions = await listActions();
    const error = await errorOf(connectPractice(ctx, otherKey));
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toMatchObject({
      message: expect.stringContaining("Millbrook Health Centre is already connected in Sandbox."),
    });
    await expect(connectPractice(ctx, millbrook)).rejects.toThrow(ConflictError);
    expect(await savedRows()).toEqual(before);
    expect(await listActions()).toEqual(actions);
  });

  it("a practice sent five times at once is connected once", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => connectPractice(ctx, millbrook)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { practices, credentials } = await savedRows();
    expect([practices.length, credentials.length]).toEqual([1, 1]);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(ConflictError);
    }
  });

  it("c3: a key sent to two environments at once is saved in one", async () => {
    const scopes = [ctx, await tenant.asOwner("staging"), await tenant.asOwner("production")];
    const results = await Promise.allSettled(
      scopes.map((scope) => connectPractice(scope, millbrook)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ field: "apiKey" });
    }
    const { practices, credentials } = await savedRows();
    expect([practices.length, credentials.length]).toEqual([1, 1]);
  });

  it("c3: a key of another environment is rejected before any request", async () => {
    await connectPractice(ctx, millbrook);
    for (const environment of ["staging", "production"] as const) {
      const otherCtx = await tenant.asOwner(environment);
      const calls = (await listHeroCalls(millbrook.apiKey)).length;
      for (const call of [verifyPractice, connectPractice]) {
        await expect(call(otherCtx, millbrook)).rejects.toMatchObject({
          field: "apiKey",
          message: expect.stringMatching(/^This key is saved for Sandbox\. Keys of Sandbox cannot/),
        });
      }
      expect((await listHeroCalls(millbrook.apiKey)).length).toBe(calls);
      expect(await listPractices(otherCtx)).toEqual([]);
    }
    // A key cannot be replaced by one of another environment either.
    const otherCtx = await tenant.asOwner("production");
    const practice = await connectPractice(otherCtx, otherKey);
    const input = { credentialId: practice.credential.id, apiKey: millbrook.apiKey };
    await expect(replaceKey(otherCtx, input)).rejects.toMatchObject({ field: "apiKey" });
    expect(await readStoredKey(practice.id, otherCtx)).toBe(otherKey.apiKey);
  });

  it("c1: two organisations can have the same practice and key", async () => {
    const other = await createTenant();
    const otherTenantCtx = await other.asOwner();
    const ownPractice = await connectPractice(ctx, millbrook);
    const foreign = await connectPractice(otherTenantCtx, millbrook);
    expect(foreign.id).not.toBe(ownPractice.id);
    const rows = [
      ...(await savedRows()).credentials,
      ...(await savedRows(otherTenantCtx)).credentials,
    ];
    expect(rows).toHaveLength(2);
    expect(rows[0]?.sealed_key).not.toEqual(rows[1]?.sealed_key);
    expect(await readStoredKey(foreign.id, otherTenantCtx)).toBe(millbrook.apiKey);
  });

  it("c38: sealed bytes moved to another row, tenant or environment do not open", async () => {
    const other = await createTenant();
    const otherTenantCtx = await other.asOwner();
    const ownPractice = await connectPractice(ctx, millbrook);
    const neighbourPractice = await connectPractice(ctx, kingsway);
    const foreign = await connectPractice(otherTenantCtx, otherKey);
    const otherCtx = await tenant.asOwner("staging");
    const stagingPractice = await connectPractice(otherCtx, otherKey);
    const [row] = await superuser`
      select sealed_key from credentials where id = ${ownPractice.credential.id}`;
    for (const [context, practice] of [
      [ctx, neighbourPractice],
      [otherTenantCtx, foreign],
      [otherCtx, stagingPractice],
    ] as const) {
      const [stored] = await superuser`
        select sealed_key from credentials where id = ${practice.credential.id}`;
      await superuser`update credentials set sealed_key = ${row?.sealed_key ?? null}
        where id = ${practice.credential.id}`;
      await expect(readStoredKey(practice.id, context)).rejects.toMatchObject({
        name: "SecretBoxError",
      });
      await superuser`update credentials set sealed_key = ${stored?.sealed_key ?? null}
        where id = ${practice.credential.id}`;
      await readStoredKey(practice.id, context);
    }
  });
});

describe("when Hero has a problem", () => {
  const heroErrors = [
    ["is down", { status: 503, times: 9 }, "upstream_failed"],
    ["breaks the connection", { reset: true, times: 9 }, "connection_lost"],
    ["says nothing", { hang: true }, "timed_out"],
    ["answers half", { truncate: true }, "unreadable_reply"],
    ["answers nonsense", { malformed: true }, "unreadable_reply"],
    ["answers nothing", { empty: true }, "unreadable_reply"],
    ["answers for another practice", { body: '{"id":"20417","name":"N"}' }, "unreadable_reply"],
    ["names no practice", { body: '{"id":"20533"}' }, "unreadable_reply"],
    ["sends us elsewhere", { status: 302, headers: { location: "/" } }, "redirected"],
    ["asks us to wait for long", { status: 429, retryAfter: 30 }, "rate_limited"],
  ] as const;

  // A leftover fault or pause would affect the next test.
  beforeEach(async () => {
    await superuser`delete from hero_limits`;
  });

  it.each(heroErrors)(
    "when Hero %s, nothing is connected and the reason is named",
    async (_, fault, code) => {
      const times = "times" in fault ? 3 : 1;
      await injectFault({
        operation: "getPracticeGroupById",
        key: millbrook.apiKey,
        ...fault,
        times,
      });
      await expect(connectPractice(ctx, millbrook)).rejects.toMatchObject({
        name: "HeroError",
        code,
      });
      expect(await savedRows()).toEqual(noRows);
      expect(await listActions()).toEqual(["Created the organisation"]);
    },
  );

  it("when one check fails, the practice is connected and the capability is shown as unavailable", async () => {
    await injectFault({ operation: "listElements", key: millbrook.apiKey, malformed: true });
    const { capabilityChecks, health } = await connectPractice(ctx, millbrook);
    expect(health).toBe("working");
    expect(capabilityChecks.filter(({ isAvailable }) => !isAvailable)).toMatchObject([
      { capability: "elements", reason: "Hero's reply could not be read." },
    ]);
  });
});

describe("testing a connected practice", () => {
  it("a test stores Hero's current data", async () => {
    const before = await connectPractice(ctx, millbrook);
    await superuser`update practices set name = 'Old name', capability_checks = '[]', last_checked_at = null
      where id = ${before.id}`;
    const after = await testPracticeNow(await tenant.asRole("viewer"), { practiceId: before.id });
    expect(after).toMatchObject({ name: "Millbrook Health Centre", health: "working" });
    expect(after.capabilityChecks).toHaveLength(8);
    expect(Date.parse(after.lastSuccessAt ?? "")).toBeGreaterThan(
      Date.parse(before.lastSuccessAt ?? ""),
    );
  });

  it("a failed test keeps the last success, and the next good test clears it", async () => {
    const before = await connectPractice(ctx, millbrook);
    const fault = { operation: "getPracticeGroupById", key: millbrook.apiKey, malformed: true };
    await injectFault({ ...fault, malformed: true });
    const failing = await testPracticeNow(ctx, { practiceId: before.id });
    expect(failing).toMatchObject({
      name: before.name,
      health: "failing",
      healthReason: "Hero's reply could not be read.",
      lastSuccessAt: before.lastSuccessAt,
      credential: { state: "working" },
    });
    expect(failing.lastCheckedAt).not.toBe(before.lastCheckedAt);
    expect(await testPracticeNow(ctx, { practiceId: before.id })).toMatchObject({
      health: "working",
      healthReason: null,
    });
  });

  it("a 401 marks the key once, and the key recovers by itself", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    await injectFault({
      operation: "getPracticeGroupById",
      key: millbrook.apiKey,
      status: 401,
      times: 2,
    });
    const rejected = await testPracticeNow(ctx, { practiceId: id });
    expect(rejected).toMatchObject({
      health: "needs_new_key",
      healthReason: expect.stringMatching(/^Hero no longer accepts this key\./),
      credential: { state: "needs_new_key" },
    });
    await testPracticeNow(ctx, { practiceId: id });
    const recovered = await testPracticeNow(ctx, { practiceId: id });
    expect(recovered.health).toBe("working");
    expect((await listActions()).slice(3)).toEqual([
      "Hero rejected the API key",
      "Hero accepted the API key again",
    ]);
  });

  it("a 403 marks only its capability", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    await injectFault({ operation: "listPractitioners", key: millbrook.apiKey, status: 403 });
    await expect(getBookingOptions(ctx, { practiceId: id })).rejects.toMatchObject({
      code: "forbidden",
    });
    const view = await getPractice(ctx, { practiceId: id });
    expect(view.health).toBe("working");
    expect(view.capabilityChecks.filter(({ isAvailable }) => !isAvailable)).toMatchObject([
      { capability: "practitioners", reason: expect.stringMatching(/^Hero does not allow/) },
    ]);
    expect(await listActions()).not.toContain("Hero rejected the API key");
    const tested = await testPracticeNow(ctx, { practiceId: id });
    expect(tested.capabilityChecks.every(({ isAvailable }) => isAvailable)).toBe(true);
  });

  it("a test stores what links can be created for", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    const operator = await tenant.asRole("operator");
    const options = await getBookingOptions(operator, { practiceId: id });
    expect(options.appointmentTypes.length).toBeGreaterThan(2);
    expect(options.locations.map(({ name }) => name)).toContain("Millbrook Health Centre");
    expect(options.practitioners.map(({ name }) => name)).toContain("Dr Farah Siddiqui");
    const [row] = await superuser`select booking_options from practices where id = ${id}`;
    expect(row?.booking_options).toEqual(options);
  });
});

describe("another practice of the network", () => {
  it("a practice of the network is connected with the stored key", async () => {
    const main = await connectPractice(ctx, millbrook);
    const input = { credentialId: main.credential.id, practiceGroupId: "20690" };
    const report = await verifyNetworkPractice(ctx, input);
    expect(report.name).toBe("Northgate Extended Access Hub");
    expect((await savedRows()).practices).toHaveLength(1);

    const networkPractice = await connectNetworkPractice(ctx, { ...input, nickname: "Hub" });
    expect(networkPractice).toMatchObject({
      nickname: "Hub",
      isNetworkPractice: true,
      credential: { id: main.credential.id, ownPracticeGroupId: "20533" },
    });
    expect((await savedRows()).credentials).toHaveLength(1);
    expect(await readStoredKey(networkPractice.id)).toBe(millbrook.apiKey);
    expect((await listActions()).slice(3)).toEqual(["Connected the practice"]);
  });

  it("c2: a practice outside the network is rejected and not connected", async () => {
    const main = await connectPractice(ctx, millbrook);
    const input = { credentialId: main.credential.id, practiceGroupId: "30182" };
    for (const call of [verifyNetworkPractice, connectNetworkPractice]) {
      await expect(call(ctx, input)).rejects.toMatchObject({ field: "practiceGroupId" });
    }
    expect((await savedRows()).practices).toHaveLength(1);
  });

  it("c1: a key of another tenant or environment cannot be used, and nothing is sent", async () => {
    const main = await connectPractice(ctx, millbrook);
    const other = await (await createTenant()).asOwner();
    const input = { credentialId: main.credential.id, practiceGroupId: "20690" };
    const calls = (await listHeroCalls(millbrook.apiKey)).length;
    for (const context of [
      other,
      await tenant.asOwner("staging"),
      await tenant.asOwner("production"),
    ]) {
      for (const call of [verifyNetworkPractice, connectNetworkPractice]) {
        const foreign = await errorOf(call(context, input));
        const absent = await errorOf(call(context, { ...input, credentialId: randomUUID() }));
        expect(foreign).toBeInstanceOf(NotFoundError);
        expect(foreign).toEqual(absent);
      }
      const replace = { credentialId: main.credential.id, apiKey: otherKey.apiKey };
      expect(await errorOf(replaceKey(context, replace))).toEqual(new NotFoundError());
    }
    expect((await listHeroCalls(millbrook.apiKey)).length).toBe(calls);
    expect(await savedRows(other)).toEqual(noRows);
  });

  it("a rejected key must be replaced before it connects another practice", async () => {
    const main = await connectPractice(ctx, millbrook);
    await superuser`update credentials set state = 'needs_new_key'
      where id = ${main.credential.id}`;
    const input = { credentialId: main.credential.id, practiceGroupId: "20690" };
    await expect(connectNetworkPractice(ctx, input)).rejects.toThrow(
      "Hero no longer accepts this key. Replace it first.",
    );
  });
});

describe("replacing a key", () => {
  it("a new key replaces the old one for all its practices", async () => {
    const main = await connectPractice(ctx, millbrook);
    const { credential } = main;
    const hub = { credentialId: credential.id, practiceGroupId: "20690" };
    const networkPractice = await connectNetworkPractice(ctx, hub);
    await superuser`update credentials set state = 'needs_new_key' where id = ${credential.id}`;
    const views = await replaceKey(ctx, { credentialId: credential.id, apiKey: otherKey.apiKey });
    expect(views.map(({ id }) => id).sort()).toEqual([main.id, networkPractice.id].sort());
    for (const view of views) {
      expect(view).toMatchObject({
        health: "working",
        credential: { id: credential.id, lastFour: otherKey.apiKey.slice(-4) },
      });
      expect(view.credential.fingerprint).not.toBe(credential.fingerprint);
      expect(await readStoredKey(view.id)).toBe(otherKey.apiKey);
    }
    expect((await savedRows()).credentials).toHaveLength(1);
    expect(await listActions()).toContain("Replaced the Hero API key");
  });

  it("nothing changes when Hero rejects the new key or does not respond", async () => {
    const main = await connectPractice(ctx, millbrook);
    const before = await savedRows();
    const credentialId = main.credential.id;
    const results = [
      ["sandbox_a_key_that_nobody_made", { field: "apiKey" }],
      [kingsway.apiKey, { field: "apiKey", message: expect.stringContaining("Millbrook") }],
    ] as const;
    for (const [apiKey, rejection] of results) {
      await expect(replaceKey(ctx, { credentialId, apiKey })).rejects.toMatchObject(rejection);
    }
    await injectFault({
      operation: "getPracticeGroupById",
      key: millbrook.apiKey,
      malformed: true,
    });
    await expect(replaceKey(ctx, { credentialId, apiKey: millbrook.apiKey })).rejects.toMatchObject(
      { code: "unreadable_reply" },
    );
    expect(await savedRows()).toEqual(before);
    expect(await listActions()).not.toContain("Replaced the Hero API key");
  });

  it("a key of another practice of this organisation is rejected", async () => {
    const main = await connectPractice(ctx, millbrook);
    const neighbourPractice = await getSandboxPractice("20417", "c");
    await connectPractice(ctx, neighbourPractice);
    const input = { credentialId: main.credential.id, apiKey: neighbourPractice.apiKey };
    await expect(replaceKey(ctx, input)).rejects.toMatchObject({
      field: "apiKey",
      message: "This key is already saved for another practice.",
    });
    expect(await readStoredKey(main.id)).toBe(millbrook.apiKey);
  });
});

describe("one new key for two old ones at once", () => {
  it("one of two simultaneous replacements succeeds, and the other is rejected", async () => {
    const main = await connectPractice(ctx, millbrook);
    const hub = await connectPractice(ctx, {
      practiceGroupId: "20690",
      apiKey: (await getSandboxPractice("20417", "c")).apiKey,
    });
    const results = await Promise.allSettled(
      [main, hub].map(({ credential }) =>
        replaceKey(ctx, { credentialId: credential.id, apiKey: otherKey.apiKey }),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ field: "apiKey" });
    }
  });
});

describe("a practice disconnected during a call to Hero", () => {
  /** Starts a slow call to Hero and disconnects the practice during it. */
  async function disconnectDuring(
    practiceId: string,
    apiKey: string,
    task: () => Promise<unknown>,
  ) {
    await injectFault({ operation: "getPracticeGroupById", key: apiKey, delayMs: 400 });
    const working = errorOf(task());
    await new Promise((resolve) => setTimeout(resolve, 150));
    await disconnectPractice(ctx, { practiceId });
    return working;
  }

  it("a practice disconnected in the meantime gets no new key", async () => {
    const main = await connectPractice(ctx, millbrook);
    const input = { credentialId: main.credential.id, apiKey: millbrook.apiKey };
    const error = await disconnectDuring(main.id, millbrook.apiKey, () => replaceKey(ctx, input));
    expect(error).toBeInstanceOf(NotFoundError);
    expect((await savedRows()).credentials).toMatchObject([{ state: "removed", sealed_key: null }]);
  });

  it("a practice disconnected in the meantime does not share its key", async () => {
    const main = await connectPractice(ctx, millbrook);
    const input = { credentialId: main.credential.id, practiceGroupId: "20690" };
    const error = await disconnectDuring(main.id, millbrook.apiKey, () =>
      connectNetworkPractice(ctx, input),
    );
    expect(error).toBeInstanceOf(NotFoundError);
    expect(await listPractices(ctx)).toEqual([]);
    expect((await savedRows()).practices).toHaveLength(1);
  });
});

describe("disconnecting a practice", () => {
  it("disconnecting lists what is affected beforehand, and removes the practice", async () => {
    const main = await connectPractice(ctx, millbrook);
    const preview = await previewDisconnect(ctx, { practiceId: main.id });
    expect(preview).toEqual({ liveLinks: 0, practicesOnThisKey: 1 });
    expect(await disconnectPractice(ctx, { practiceId: main.id })).toBeNull();
    expect(await listPractices(ctx)).toEqual([]);
    const calls = (await listHeroCalls(millbrook.apiKey)).length;
    for (const call of [getPractice, testPracticeNow, getBookingOptions, disconnectPractice]) {
      await expect(call(ctx, { practiceId: main.id })).rejects.toThrow(NotFoundError);
    }
    expect((await listHeroCalls(millbrook.apiKey)).length).toBe(calls);
    expect((await listActions()).at(-1)).toBe("Disconnected the practice");
  });

  it("the sealed key is deleted with its last practice, and not before", async () => {
    const main = await connectPractice(ctx, millbrook);
    const hub = { credentialId: main.credential.id, practiceGroupId: "20690" };
    const networkPractice = await connectNetworkPractice(ctx, hub);
    expect(await previewDisconnect(ctx, { practiceId: main.id })).toMatchObject({
      practicesOnThisKey: 2,
    });
    await disconnectPractice(ctx, { practiceId: main.id });
    expect((await savedRows()).credentials).toMatchObject([{ state: "working" }]);
    expect(await readStoredKey(networkPractice.id)).toBe(millbrook.apiKey);
    await disconnectPractice(ctx, { practiceId: networkPractice.id });
    expect((await savedRows()).credentials).toMatchObject([{ state: "removed", sealed_key: null }]);
    await expect(verifyNetworkPractice(ctx, hub)).rejects.toThrow(NotFoundError);
  });

  it("the key is also deleted when its last two practices are disconnected at once", async () => {
    const main = await connectPractice(ctx, millbrook);
    const hub = { credentialId: main.credential.id, practiceGroupId: "20690" };
    const networkPractice = await connectNetworkPractice(ctx, hub);
    await Promise.all(
      [main, networkPractice].map(({ id }) => disconnectPractice(ctx, { practiceId: id })),
    );
    expect(await listPractices(ctx)).toEqual([]);
    expect((await savedRows()).credentials).toMatchObject([{ state: "removed", sealed_key: null }]);
  });

  it("a disconnected practice can be connected again, with the same row and a new key", async () => {
    const main = await connectPractice(ctx, millbrook);
    await disconnectPractice(ctx, { practiceId: main.id });
    const reconnected = await connectPractice(ctx, { ...millbrook, nickname: "Back" });
    expect(reconnected).toMatchObject({ id: main.id, nickname: "Back", health: "working" });
    expect(await readStoredKey(reconnected.id)).toBe(millbrook.apiKey);
    const { practices, credentials } = await savedRows();
    expect([practices.length, credentials.length]).toEqual([1, 1]);
    expect((await listActions()).slice(3)).toEqual([
      "Disconnected the practice",
      "Added a Hero API key",
      "Reconnected the practice",
    ]);
  });
});

describe("renaming a practice", () => {
  it("a nickname is set and cleared, with an audit row each time", async () => {
    const { id } = await connectPractice(ctx, millbrook);
    expect(await renamePractice(ctx, { practiceId: id, nickname: "Mill" })).toMatchObject({
      nickname: "Mill",
      name: "Millbrook Health Centre",
    });
    expect((await listPracticeOptions(ctx))[0]?.name).toBe("Mill");
    expect((await renamePractice(ctx, { practiceId: id })).nickname).toBeNull();
    expect((await listActions()).slice(3)).toEqual([
      "Changed the practice's nickname",
      "Changed the practice's nickname",
    ]);
  });
});

describe("c1: a practice of another organisation or environment", () => {
  it("another organisation's practice is not found, and nothing changes or is sent", async () => {
    const main = await connectPractice(ctx, millbrook);
    const other = await (await createTenant()).asOwner();
    const before = await savedRows();
    const calls = (await listHeroCalls(millbrook.apiKey)).length;
    const mutations = [
      getPractice,
      getBookingOptions,
      testPracticeNow,
      previewDisconnect,
      disconnectPractice,
      (context: TenantContext, input: { practiceId: string }) =>
        renamePractice(context, { ...input, nickname: "Taken" }),
    ];
    for (const context of [
      other,
      await tenant.asOwner("staging"),
      await tenant.asOwner("production"),
    ]) {
      for (const mutate of mutations) {
        const foreign = await errorOf(mutate(context, { practiceId: main.id }));
        const absent = await errorOf(mutate(context, { practiceId: randomUUID() }));
        expect(foreign).toBeInstanceOf(NotFoundError);
        expect(foreign).toEqual(absent);
      }
      expect(await listPractices(context)).toEqual([]);
    }
    expect(await savedRows()).toEqual(before);
    expect((await listHeroCalls(millbrook.apiKey)).length).toBe(calls);
  });
});

describe("c15: permission to manage connections", () => {
  it("a member without permission is rejected before anything is read, sent or written", async () => {
    const main = await connectPractice(ctx, millbrook);
    const before = await savedRows();
    const calls = (await listHeroCalls(millbrook.apiKey)).length;
    const credentialId = main.credential.id;
    for (const role of ["operator", "viewer", "auditor"] as const) {
      const context = await tenant.asRole(role);
      for (const call of [
        () => verifyPractice(context, kingsway),
        () => connectPractice(context, kingsway),
        () => verifyNetworkPractice(context, { credentialId, practiceGroupId: "20690" }),
        () => connectNetworkPractice(context, { credentialId, practiceGroupId: "20690" }),
        () => replaceKey(context, { credentialId, apiKey: otherKey.apiKey }),
        () => renamePractice(context, { practiceId: main.id, nickname: "Mine" }),
        () => previewDisconnect(context, { practiceId: main.id }),
        () => disconnectPractice(context, { practiceId: main.id }),
      ]) {
        await expect(call()).rejects.toThrow(ForbiddenError);
      }
      expect(await listPractices(context)).toHaveLength(1);
    }
    expect(await savedRows()).toEqual(before);
    expect((await listHeroCalls(millbrook.apiKey)).length).toBe(calls);
  });

  it("an admin and a developer can manage connections", async () => {
    const nickname = randomBytes(4).toString("hex");
    const main = await connectPractice(await tenant.asRole("developer"), millbrook);
    const renamedPractice = await renamePractice(await tenant.asRole("admin"), {
      practiceId: main.id,
      nickname,
    });
    expect(renamedPractice.nickname).toBe(nickname);
  });
});
