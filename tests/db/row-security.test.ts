import { randomBytes, randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import type { TenantId } from "@/db/ids";
import { apiKeys } from "@/db/schema/api-keys";
import { elementScriptAcknowledgements } from "@/db/schema/element-scripts";
import { elementReports } from "@/db/schema/placements";
import { credentials, practices } from "@/db/schema/practices";
import { links } from "@/db/schema/links";
import { tenants } from "@/db/schema/organisations";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { addBulkUploadRows, createBulkUpload } from "@/server/services/bulk-uploads/create";
import { upsertSavedView } from "@/server/services/links/saved-views";
import { createBookingLink } from "@/server/services/links/create";
import { createPortalElementSession } from "@/server/services/element-sessions/create";
import { createPlacement } from "@/server/services/placements/save";
import { getBookingOptions } from "@/server/services/practices/read";
import { connectAsApp, connectAsOwner, connectAsSuperuser } from "../setup/database";
import { getSandboxPractice } from "../support/hero";
import { insertMessageBatchRows } from "../support/message-batch-rows";
import { insertMessageRows } from "../support/message-rows";
import { insertPatientRows } from "../support/patient-rows";
import { insertChangeBatch } from "../support/change-batches";
import { insertWebhookRows } from "../support/webhook-rows";
import { createTenantPair, type TestTenant } from "../support/tenants";
import { listTenantTables } from "./tenant-isolation-rules";

const superuser = connectAsSuperuser();
const app = connectAsApp();
const owner = connectAsOwner();

const tenantTables = (await listTenantTables(superuser)).map(({ name, tenantColumn }) => ({
  name,
  tenantColumn,
}));

const insufficientPrivilege = "42501";

let ownTenantId: TenantId;
let otherTenantId: TenantId;

/** A tenant with at least one row in every tenant table. */
async function seedTenantRows(tenant: TestTenant, partner: "a" | "b"): Promise<TenantId> {
  const practice = await tenant.connect(await getSandboxPractice("kingsway-31", partner));
  const ctx = await tenant.asOwner();
  const options = await getBookingOptions(ctx, { practiceId: practice.id });
  const link = await createBookingLink(ctx, {
    operationId: randomUUID(),
    practiceId: practice.id,
    appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
    locationId: options.locations[0]?.id ?? "",
    expiresOn: addDays(ukDateOf(new Date()), 7),
    maxUses: 1,
  });
  await insertPatientRows(ctx, practice.id);
  await insertMessageRows(ctx, practice.id);
  await insertMessageBatchRows(ctx, practice.id);
  await insertWebhookRows(ctx, practice.id, link.id);
  await insertChangeBatch(ctx, link.id);
  await upsertSavedView(ctx, { name: "Live", query: "state=live" });
  const bulkUpload = await createBulkUpload(ctx, {
    operationId: randomUUID(),
    name: "Flu letters",
    kind: "booking",
    rowCount: 1,
    columns: {},
  });
  await addBulkUploadRows(ctx, {
    bulkUploadId: bulkUpload.id,
    rows: [
      {
        rowNumber: 1,
        reference: undefined,
        practiceId: practice.id,
        appointmentTypeId: options.appointmentTypes[0]?.id,
        locationId: options.locations[0]?.id,
        expiresOn: addDays(ukDateOf(new Date()), 7),
        maxUses: 1,
      } as BulkUploadRow,
    ],
  });
  await db.tenant(ctx, (tx) =>
    tx.insert(apiKeys).values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: randomUUID(),
      name: "Server",
      tokenHash: randomBytes(32),
      lastFour: "abcd",
      permissions: ["links.read"],
      createdBy: tenant.owner.id,
    }),
  );
  const placement = await createPlacement(ctx, {
    element: "hh-message-builder",
    name: "Messages",
    practiceIds: [practice.id],
    origins: ["https://app.example.org"],
    theme: null,
    attributes: {},
  });
  await createPortalElementSession(ctx, { practiceId: practice.id });
  await db.tenant(ctx, async (tx) => {
    const { tenantId, environment } = ctx;
    await tx.insert(elementReports).values({
      tenantId,
      environment,
      placementId: placement.id,
      day: ukDateOf(new Date()),
      code: "offline",
      count: 1,
    });
    await tx.insert(elementScriptAcknowledgements).values({
      tenantId,
      url: "https://scripts.example.org/latest.js",
      sha256: "0".repeat(64),
      userId: tenant.owner.id,
    });
  });
  return ctx.tenantId;
}

beforeAll(async () => {
  const tenants = await createTenantPair();
  ownTenantId = await seedTenantRows(tenants.first, "a");
  otherTenantId = await seedTenantRows(tenants.second, "b");
});

/** Runs one statement as the serving role, in a transaction of the given tenant or of none. */
async function asServing(tenantId: string | null, statement: string, values: string[] = []) {
  return app.begin(async (tx) => {
    if (tenantId !== null) await tx`select set_config('app.tenant_id', ${tenantId}, true)`;
    return tx.unsafe(statement, values);
  });
}

/** The number of affected rows; "refused" when the role lacks the right. */
async function affectedRows(...query: Parameters<typeof asServing>): Promise<number | "refused"> {
  try {
    return (await asServing(...query)).count;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === insufficientPrivilege) {
      return "refused";
    }
    throw error;
  }
}

/** All rows of a table, of every tenant. */
const snapshot = (table: string) =>
  superuser.unsafe(`select md5(string_agg(t::text, '|' order by t::text)) from ${table} t`);

describe.each(tenantTables)(
  "c1: row-level security of $name without a clause in the query",
  (table) => {
    const { name, tenantColumn } = table;

    it("both tenants have rows", async () => {
      for (const tenantId of [ownTenantId, otherTenantId]) {
        const count = await affectedRows(tenantId, `select 1 from ${name}`);
        expect(count).toBeGreaterThan(0);
        const [row] = await superuser.unsafe(
          `select count(*)::int as count from ${name} where ${tenantColumn} = $1`,
          [tenantId],
        );
        expect(count).toBe(row?.count);
      }
    });

    it("rows of another tenant cannot be read or changed, nor any rows without a tenant", async () => {
      const before = await snapshot(name);
      for (const scope of [otherTenantId, null, "", randomUUID()]) {
        const whereClause = `where ${tenantColumn} = $1`;
        expect(
          await affectedRows(scope, `select 1 from ${name} ${whereClause}`, [ownTenantId]),
        ).toBe(0);
        for (const statement of [
          `update ${name} set ${tenantColumn} = ${tenantColumn} ${whereClause}`,
          `delete from ${name} ${whereClause}`,
        ]) {
          expect([0, "refused"], statement).toContain(
            await affectedRows(scope, statement, [ownTenantId]),
          );
        }
        expect(
          await affectedRows(scope, `select 1 from ${name} where ${tenantColumn} <> $1`, [
            otherTenantId,
          ]),
        ).toBe(0);
      }
      expect(await snapshot(name)).toEqual(before);
    });

    it("rows cannot be written for another tenant", async () => {
      const before = await snapshot(name);
      const [found] = await superuser.unsafe<{ row: string }[]>(
        `select to_jsonb(t)::text as row from ${name} t where ${tenantColumn} = $1 limit 1`,
        [ownTenantId],
      );
      const insertSql = `insert into ${name} select * from jsonb_populate_record(null::${name}, $1::text::jsonb)`;
      const moveSql = `update ${name} set ${tenantColumn} = $1`;
      for (const scope of [otherTenantId, null]) {
        expect(await affectedRows(scope, insertSql, [found?.row ?? ""])).toBe("refused");
      }
      expect(await affectedRows(otherTenantId, moveSql, [ownTenantId])).toBe("refused");
      expect(await snapshot(name)).toEqual(before);
    });

    // The owner's `send_changes` moves these rows, which hold topics and IDs only.
    if (["change_batches", "changes"].includes(name)) return;

    it("the owner role is restricted too, except for what access checks read", async () => {
      const before = await snapshot(name);
      const isReadableByOwner = [
        "api_keys",
        "approvals",
        "bulk_uploads",
        // Sealed with a master key, which the database does not have.
        "data_keys",
        "destinations",
        "element_secrets",
        "element_sessions",
        "event_sendings",
        "events",
        "memberships",
        "message_batches",
        "messages",
        "placements",
        "practices",
        "tenants",
        "webhook_deliveries",
        "webhook_endpoints",
        "webhook_objects",
        "webhook_registrations",
      ].includes(name);
      const results = await owner.unsafe(`select 1 from ${name}`);
      expect(results.count > 0).toBe(isReadableByOwner);
      await owner.unsafe(`update ${name} set ${tenantColumn} = ${tenantColumn}`);
      await owner.unsafe(`delete from ${name}`);
      expect(await snapshot(name)).toEqual(before);
    });
  },
);

describe("c1: a service that forgot its scope", () => {
  it("a query without a scope still returns the tenant's own rows only", async () => {
    for (const tenantId of [ownTenantId, otherTenantId]) {
      const found = await db.tenant({ tenantId }, async (tx) => [
        ...(await tx.select({ tenantId: links.tenantId }).from(links)),
        ...(await tx.select({ tenantId: practices.tenantId }).from(practices)),
        ...(await tx.select({ tenantId: credentials.tenantId }).from(credentials)),
      ]);
      expect(found.length).toBeGreaterThanOrEqual(3);
      expect(new Set(found.map((row) => row.tenantId))).toEqual(new Set([tenantId]));
    }
    expect(await db.shared.select({ id: links.id }).from(links)).toEqual([]);
  });

  it("an update without a scope still changes the tenant's own rows only", async () => {
    const before = await superuser`select id, name from links where tenant_id = ${ownTenantId}`;
    await db.tenant({ tenantId: otherTenantId }, (tx) =>
      tx.update(links).set({ name: "Everywhere" }),
    );
    expect(await superuser`select id, name from links where tenant_id = ${ownTenantId}`).toEqual(
      before,
    );
    await db.shared.update(links).set({ name: "Nowhere" });
    const names = await superuser`select distinct name from links`;
    expect(names.map((row) => row.name)).not.toContain("Nowhere");
  });
});

describe("c1: the tenant of a transaction", () => {
  it("the tenant setting ends with its transaction, committed or not, and with its savepoint", async () => {
    await expect(
      db.tenant({ tenantId: ownTenantId }, async () => {
        throw new Error("half-way");
      }),
    ).rejects.toThrow("half-way");
    await db.tenant({ tenantId: ownTenantId }, async (tx) => {
      await expect(
        tx.transaction(async (inner) => {
          await inner.execute(sql`select set_config('app.tenant_id', ${otherTenantId}, true)`);
          throw new Error("inside");
        }),
      ).rejects.toThrow("inside");
      const results = await tx.select({ id: tenants.id }).from(tenants);
      expect(results).toEqual([{ id: ownTenantId }]);
    });
    // As many as the pool has connections, to test each.
    const after = await Promise.all(
      Array.from({ length: 10 }, () => db.shared.select({ id: tenants.id }).from(tenants)),
    );
    expect(after.flat()).toEqual([]);
  });

  it("the tenant setting ignores text that is not an id", async () => {
    await expect(asServing("not an id", "select 1 from links")).rejects.toMatchObject({
      code: "22P02",
    });
  });

  it("c18: two hundred concurrent transactions each keep their own tenant", async () => {
    const results = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const tenantId = index % 2 ? ownTenantId : otherTenantId;
        const other = index % 2 ? otherTenantId : ownTenantId;
        const query = db.tenant({ tenantId }, async (tx) => {
          const before = await tx.select({ id: tenants.id }).from(tenants);
          await tx.execute(sql`select pg_sleep(${(index % 5) / 1000})`);
          const rows = await tx.select({ tenantId: links.tenantId }).from(links);
          if (index % 7 === 0) throw new Error("given up");
          return [...before.map(({ id }) => id), ...rows.map((row) => row.tenantId)];
        });
        // Queries without a tenant in between.
        const [own, none] = await Promise.all([
          query.catch((error: Error) => {
            if (error.message !== "given up") throw error;
            return [tenantId];
          }),
          db.shared.select({ id: links.id }).from(links),
        ]);
        return none.length === 0 && own.length > 0 && !own.includes(other);
      }),
    );
    expect(results).toEqual(Array.from({ length: 200 }, () => true));
  });
});
