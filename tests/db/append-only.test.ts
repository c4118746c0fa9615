import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Sql } from "postgres";
import { db } from "@/db/client";
import type { TenantId } from "@/db/ids";
import { recordAccountEvent } from "@/server/services/accounts/events";
import { connectAsApp, connectAsOwner, connectAsSuperuser } from "../setup/database";
import { createTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const app = connectAsApp();
const owner = connectAsOwner();

let tenantId: TenantId;

beforeAll(async () => {
  const tenant = await createTenant();
  ({ tenantId } = await tenant.asOwner());
  await recordAccountEvent(db.shared, {
    userId: tenant.owner.id,
    action: "signed_in",
    requestId: randomUUID(),
  });
});

const count = async (table: string) =>
  Number((await superuser.unsafe(`select count(*) from ${table}`))[0]?.count);

/** Runs a statement in the tenant's scope. Returns the error, or null on success. */
async function errorCodeAs(role: Sql, statement: string): Promise<string | null> {
  return role
    .begin(async (tx) => {
      await tx`select set_config('app.tenant_id', ${tenantId}, true)`;
      await tx.unsafe(statement);
      return null;
    })
    .catch((error: Error) => error.message);
}

describe.each(["audit_events", "account_events"])("%s is append-only", (table) => {
  it.each([
    `update ${table} set action = 'nothing happened'`,
    `delete from ${table}`,
    `truncate ${table}`,
  ])("the serving role cannot %s", async (statement) => {
    const before = await count(table);
    expect(before).toBeGreaterThan(0);
    expect(await errorCodeAs(app, statement)).toContain("permission denied");
    expect(await count(table)).toBe(before);
  });

  it.each([
    `update ${table} set action = 'nothing happened'`,
    `delete from ${table}`,
    `truncate ${table}`,
  ])("a superuser cannot %s either", async (statement) => {
    const before = await count(table);
    expect(await errorCodeAs(superuser, statement)).toContain("is append-only");
    expect(await count(table)).toBe(before);
  });

  it("the owner cannot change rows by mistake", async () => {
    const before = await superuser.unsafe(`select * from ${table} order by id`);
    expect(before.length).toBeGreaterThan(0);
    for (const statement of [
      `update ${table} set action = 'nothing happened'`,
      `delete from ${table}`,
      `truncate ${table}`,
      `truncate ${table} cascade`,
    ]) {
      await errorCodeAs(owner, statement);
    }
    expect(await superuser.unsafe(`select * from ${table} order by id`)).toEqual(before);
  });
});

describe("the partitions of the audit log", () => {
  it("partitions of the audit log cannot be changed directly", async () => {
    const [row] = await superuser<{ part: string }[]>`
      select tableoid::regclass::text as part from audit_events limit 1`;
    const part = row?.part ?? "";
    expect(part).toMatch(/^audit_events_\d{4}_\d{2}$/);
    const before = await count(part);
    for (const role of [owner, superuser]) {
      for (const statement of [
        `update ${part} set action = 'nothing happened'`,
        `delete from ${part}`,
        `truncate ${part}`,
      ]) {
        expect(await errorCodeAs(role, statement), statement).toContain("is append-only");
      }
    }
    expect(await count(part)).toBe(before);
  });
});
