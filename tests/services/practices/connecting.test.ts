import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { ConflictError, NotFoundError } from "@/server/errors";
import { listActivity } from "@/server/services/activity";
import { replaceKey } from "@/server/services/practices/change";
import {
  connectNetworkPractice,
  connectPractice,
  verifyNetworkPractice,
  verifyPractice,
} from "@/server/services/practices/connect";
import { getPractice, listPracticeOptions, listPractices } from "@/server/services/practices/read";
import { getSandboxPractice, injectFault, listHeroCalls } from "../../support/hero";
import { createTenant } from "../../support/tenants";
import {
  superuser,
  type SandboxPractice,
  millbrook,
  kingsway,
  otherKey,
  tenant,
  ctx,
  errorOf,
  savedRows,
  noRows,
  listActions,
  readStoredKey,
} from "./support";

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
        "slots",
        "booking_links",
        "forms",
        "elements",
      ].map((read) => [read, true]),
    );
    expect(JSON.stringify(report)).not.toContain(millbrook.apiKey);
    expect(await savedRows()).toEqual(noRows);
    const [log] = await superuser`
      select count(*)::int as count from hero_requests where tenant_id = ${ctx.tenantId}`;
    expect(log?.count).toBe(9);
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

  it("A9: a reply for another practice is named as such, and nothing is connected", async () => {
    await injectFault({
      operation: "getPracticeGroupById",
      key: millbrook.apiKey,
      body: '{"id":"20417","name":"N"}',
    });
    await expect(connectPractice(ctx, millbrook)).rejects.toMatchObject({
      field: "practiceGroupId",
      message: expect.stringMatching(/^Hero replied with the details of another practice\./),
    });
    expect(await savedRows()).toEqual(noRows);
  });

  it("when one check fails, the practice is connected and the capability is shown as unavailable", async () => {
    await injectFault({ operation: "listElements", key: millbrook.apiKey, malformed: true });
    const { capabilityChecks, health } = await connectPractice(ctx, millbrook);
    expect(health).toBe("working");
    expect(capabilityChecks.filter(({ isAvailable }) => !isAvailable)).toMatchObject([
      { capability: "elements", reason: "Hero's reply could not be read." },
    ]);
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
