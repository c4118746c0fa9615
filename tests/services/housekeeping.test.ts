import { createHash, randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { db } from "@/db/client";
import { issueEmailToken } from "@/server/services/accounts/email-tokens";
import { consumeRateLimit } from "@/server/services/rate-limits";
import { loadPracticeWithKey } from "@/server/services/practices/load-with-key";
import { runHousekeeping, listConnectedPractices } from "@/server/services/housekeeping";
import { disconnectPractice } from "@/server/services/practices/change";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { getSandboxPractice } from "../support/hero";
import { createTenantPair, createPerson } from "../support/tenants";

const superuser = connectAsSuperuser();

let ownCtx: TenantContext;
let otherCtx: TenantContext;
let ownPracticeId: string;
let theirPracticeId: string;
let apiKey: string;

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice("30298", "a");
  ({ apiKey } = practice);
  ownPracticeId = (await tenants.first.connect(practice)).id;
  theirPracticeId = (await tenants.second.connect(practice)).id;
  ownCtx = await tenants.first.asOwner();
  otherCtx = await tenants.second.asOwner();
});

describe("housekeeping", () => {
  it("housekeeping deletes expired email links and keeps the others", async () => {
    const { id } = await createPerson();
    const activeToken = await issueEmailToken(id, "verify_email");
    await issueEmailToken(id, "reset_password");
    await superuser`update email_tokens set expires_at = now() - interval '1 second'
      where user_id = ${id} and purpose = 'reset_password'`;
    await runHousekeeping();
    const rows = await superuser`select token_hash from email_tokens where user_id = ${id}`;
    const hash = createHash("sha256").update(activeToken).digest();
    expect(rows.map((row) => row.token_hash)).toEqual([hash]);
  });

  it("housekeeping deletes idle and expired sessions and keeps the others", async () => {
    const [active, idle, expired] = [
      await createPerson(),
      await createPerson(),
      await createPerson(),
    ];
    await superuser`update sessions set last_seen_at = now() - interval '61 minutes'
      where user_id = ${idle.id}`;
    await superuser`update sessions set expires_at = now() - interval '1 second'
      where user_id = ${expired.id}`;
    await runHousekeeping();
    const rows = await superuser`
      select user_id from sessions where user_id in ${superuser([active.id, idle.id, expired.id])}`;
    expect(rows.map((row) => row.user_id)).toEqual([active.id]);
  });

  it("c17: housekeeping deletes expired counters, never active ones", async () => {
    const key = randomUUID();
    await consumeRateLimit("sign-in-account", key);
    await superuser`
      insert into rate_limits (key, points, expire) values ('over', 9, now() - interval '1 second')`;
    await runHousekeeping();
    const rows = await superuser`select key from rate_limits`;
    expect(rows.map((row) => row.key)).not.toContain("over");
    expect(rows.length).toBeGreaterThan(0);
  });

  it("housekeeping touches no row of a tenant", async () => {
    const tables = ["tenants", "memberships", "credentials", "practices", "audit_events"];
    const readLastSeen = () =>
      Promise.all(
        tables.map((table) =>
          superuser.unsafe(`select md5(string_agg(t::text, '|' order by t::text)) from ${table} t`),
        ),
      );
    const before = await readLastSeen();
    await runHousekeeping();
    expect(await readLastSeen()).toEqual(before);
  });
});

describe("the list for the daily probe", () => {
  it("the list has every connected practice of every tenant, by ids only", async () => {
    const listed = await listConnectedPractices();
    const rows = [
      { tenantId: ownCtx.tenantId, environment: "sandbox", practiceId: ownPracticeId },
      { tenantId: otherCtx.tenantId, environment: "sandbox", practiceId: theirPracticeId },
    ];
    expect(listed).toEqual(expect.arrayContaining(rows));
    expect(listed).toHaveLength(2);
    await disconnectPractice(otherCtx, { practiceId: theirPracticeId });
    expect(await listConnectedPractices()).toEqual(rows.slice(0, 1));
  });
});

describe("c38: after the master key was rotated", () => {
  const oldKey = `test:${Buffer.alloc(32, 7).toString("base64")}`;
  const newKey = `next:${Buffer.alloc(32, 8).toString("base64")}`;

  /** The modules of a process with these master keys, on the same database. */
  async function startWithKeys(masterKeys: string) {
    vi.stubEnv("MASTER_KEYS", masterKeys);
    vi.resetModules();
    const practices = await import("@/server/services/practices/load-with-key");
    const housekeeping = await import("@/server/services/housekeeping");
    return {
      openKey: async () =>
        (await db.tenant(ownCtx, (tx) => practices.loadPracticeWithKey(tx, ownCtx, ownPracticeId)))
          .apiKey,
      rewrap: () => housekeeping.rewrapDataKeys(),
    };
  }
  const listMasterKeyIds = async () =>
    (await superuser`select distinct master_key_id from data_keys`).map((row) => row.master_key_id);

  afterEach(() => vi.unstubAllEnvs());

  it("keys open before, during and after rewrapping, and the old master key can then go", async () => {
    const practice = await db.tenant(ownCtx, (tx) =>
      loadPracticeWithKey(tx, ownCtx, ownPracticeId),
    );
    expect(practice.apiKey).toBe(apiKey);
    const sealed = await superuser`select id, sealed_key from credentials order by id`;

    const withoutOldKey = await startWithKeys(newKey);
    await expect(withoutOldKey.openKey()).rejects.toThrow("Unknown key.");
    await expect(withoutOldKey.rewrap()).rejects.toThrow("Unknown key.");
    expect(await listMasterKeyIds()).toEqual(["test"]);

    const withBothKeys = await startWithKeys(`${newKey},${oldKey}`);
    expect(await withBothKeys.openKey()).toBe(apiKey);
    expect(await withBothKeys.rewrap()).toBeGreaterThanOrEqual(2);
    expect(await withBothKeys.openKey()).toBe(apiKey);
    expect(await withBothKeys.rewrap()).toBe(0);
    expect(await listMasterKeyIds()).toEqual(["next"]);

    const withNewKey = await startWithKeys(newKey);
    expect(await withNewKey.openKey()).toBe(apiKey);
    // Secrets sealed with the data keys were not changed.
    expect(await superuser`select id, sealed_key from credentials order by id`).toEqual(sealed);
    const withOldKeyOnly = await startWithKeys(oldKey);
    await expect(withOldKeyOnly.openKey()).rejects.toThrow("Unknown key.");
  });
});
