import { createHash, randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { db } from "@/db/client";
import { issueEmailToken } from "@/server/services/accounts/email-tokens";
import { countTry } from "@/server/services/limits";
import { loadReachablePractice } from "@/server/services/hero/access";
import { keepHouse, listConnectedPractices } from "@/server/services/housekeeping";
import { disconnectPractice } from "@/server/services/practices/change";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import { findPractice } from "../support/hero";
import { makeLookAlikes, makePerson } from "../support/tenants";

const superuser = connectAsSuperuser();

let ours: TenantContext;
let theirs: TenantContext;
let ourPracticeId: string;
let theirPracticeId: string;
let apiKey: string;

beforeAll(async () => {
  const tenants = await makeLookAlikes();
  const practice = await findPractice("30298", "a");
  ({ apiKey } = practice);
  ourPracticeId = (await tenants.ours.connect(practice)).id;
  theirPracticeId = (await tenants.theirs.connect(practice)).id;
  ours = await tenants.ours.as();
  theirs = await tenants.theirs.as();
});

describe("the housekeeping", () => {
  it("clears away links of mails that have ended, and keeps the others", async () => {
    const { id } = await makePerson();
    const kept = await issueEmailToken(id, "verify_email");
    await issueEmailToken(id, "reset_password");
    await superuser`update email_tokens set expires_at = now() - interval '1 second'
      where user_id = ${id} and purpose = 'reset_password'`;
    await keepHouse();
    const rows = await superuser`select token_hash from email_tokens where user_id = ${id}`;
    const hash = createHash("sha256").update(kept).digest();
    expect(rows.map((row) => row.token_hash)).toEqual([hash]);
  });

  it("clears away idle sessions and those at their end, and keeps the others", async () => {
    const [living, idle, old] = [await makePerson(), await makePerson(), await makePerson()];
    await superuser`update sessions set last_seen_at = now() - interval '61 minutes'
      where user_id = ${idle.id}`;
    await superuser`update sessions set expires_at = now() - interval '1 second'
      where user_id = ${old.id}`;
    await keepHouse();
    const rows = await superuser`
      select user_id from sessions where user_id in ${superuser([living.id, idle.id, old.id])}`;
    expect(rows.map((row) => row.user_id)).toEqual([living.id]);
  });

  it("c17: clears away counters whose time is over, and never one that still holds", async () => {
    const key = randomUUID();
    await countTry("sign-in-account", key);
    await superuser`
      insert into rate_limits (key, points, expire) values ('over', 9, now() - interval '1 second')`;
    await keepHouse();
    const rows = await superuser`select key from rate_limits`;
    expect(rows.map((row) => row.key)).not.toContain("over");
    expect(rows.length).toBeGreaterThan(0);
  });

  it("touches no row of a tenant", async () => {
    const tables = ["tenants", "memberships", "credentials", "practices", "audit_events"];
    const seen = () =>
      Promise.all(
        tables.map((table) =>
          superuser.unsafe(`select md5(string_agg(t::text, '|' order by t::text)) from ${table} t`),
        ),
      );
    const before = await seen();
    await keepHouse();
    expect(await seen()).toEqual(before);
  });
});

describe("the list for the daily probe", () => {
  it("has every connected practice of every tenant, by ids only", async () => {
    const listed = await listConnectedPractices();
    const rows = [
      { tenantId: ours.tenantId, environment: "sandbox", practiceId: ourPracticeId },
      { tenantId: theirs.tenantId, environment: "sandbox", practiceId: theirPracticeId },
    ];
    expect(listed).toEqual(expect.arrayContaining(rows));
    expect(listed).toHaveLength(2);
    await disconnectPractice(theirs, { practiceId: theirPracticeId });
    expect(await listConnectedPractices()).toEqual(rows.slice(0, 1));
  });
});

describe("c38: after the master key was rotated", () => {
  const oldKey = `test:${Buffer.alloc(32, 7).toString("base64")}`;
  const newKey = `next:${Buffer.alloc(32, 8).toString("base64")}`;

  /** The rooms of a process that was started with these master keys, on the same database. */
  async function startedWith(masterKeys: string) {
    vi.stubEnv("MASTER_KEYS", masterKeys);
    vi.resetModules();
    const access = await import("@/server/services/hero/access");
    const house = await import("@/server/services/housekeeping");
    return {
      openKey: async () =>
        (await db.tenant(ours, (tx) => access.loadReachablePractice(tx, ours, ourPracticeId)))
          .apiKey,
      rewrap: () => house.rewrapDataKeys(),
    };
  }
  const mastersInUse = async () =>
    (await superuser`select distinct master_key_id from data_keys`).map((row) => row.master_key_id);

  afterEach(() => vi.unstubAllEnvs());

  it("keys open before, during and after, and the old master key can go at the end", async () => {
    const now = await db.tenant(ours, (tx) => loadReachablePractice(tx, ours, ourPracticeId));
    expect(now.apiKey).toBe(apiKey);
    const sealed = await superuser`select id, sealed_key from credentials order by id`;

    const tooEarly = await startedWith(newKey);
    await expect(tooEarly.openKey()).rejects.toThrow("Unknown key.");
    await expect(tooEarly.rewrap()).rejects.toThrow("Unknown key.");
    expect(await mastersInUse()).toEqual(["test"]);

    const during = await startedWith(`${newKey},${oldKey}`);
    expect(await during.openKey()).toBe(apiKey);
    expect(await during.rewrap()).toBeGreaterThanOrEqual(2);
    expect(await during.openKey()).toBe(apiKey);
    expect(await during.rewrap()).toBe(0);
    expect(await mastersInUse()).toEqual(["next"]);

    const after = await startedWith(newKey);
    expect(await after.openKey()).toBe(apiKey);
    // What the data keys sealed was never touched.
    expect(await superuser`select id, sealed_key from credentials order by id`).toEqual(sealed);
    const gone = await startedWith(oldKey);
    await expect(gone.openKey()).rejects.toThrow("Unknown key.");
  });
});
