import { randomBytes, randomUUID } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { migrateDatabase } from "@/db/migrate";
import journal from "@/db/migrations/meta/_journal.json" with { type: "json" };
import { prepareRoles, withDatabase } from "@/scripts/roles";

// The migration that renames tables, columns and stored values, run on a database with rows in it.

const { superuserUrl } = inject("servers");
const database = `renamed_${randomBytes(6).toString("hex")}`;
const folder = mkdtempSync(join(tmpdir(), "migrations-"));
const tenantId = randomUUID();
const id = randomUUID();

let superuser: Sql;

async function migrateToPrevious(ownerUrl: string): Promise<void> {
  cpSync("db/migrations", folder, { recursive: true });
  const entries = journal.entries.filter(({ idx }) => idx < 6);
  writeFileSync(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries }));
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => undefined });
  await migrate(drizzle(owner), { migrationsFolder: folder });
  await owner`select ensure_partitions()`;
  await owner.end();
}

async function insertOldRows(): Promise<void> {
  await superuser`insert into tenants (id, slug, name) values (${tenantId}, 'old', 'Old')`;
  await superuser`insert into data_keys (tenant_id, id, sealed_key, master_key_id)
    values (${tenantId}, ${id}, '\\x00', '1')`;
  await superuser`insert into credentials
    (tenant_id, environment, id, own_practice_group_id, sealed_key, data_key_id, fingerprint, last_four, added_by)
    values (${tenantId}, 'sandbox', ${id}, '1', '\\x00', ${id}, 'f', '0000', ${id})`;
  await superuser`insert into practices
    (tenant_id, environment, id, practice_group_id, credential_id, name, alias, capabilities, reads)
    values (${tenantId}, 'sandbox', ${id}, '1', ${id}, 'Practice', 'Ours', '{}', ${superuser.json([
      { read: "practice", isWorking: true, reason: null, durationMs: 5 },
      { read: "forms", isWorking: false, reason: "No.", durationMs: 6 },
    ])})`;
  await superuser`insert into links
    (tenant_id, environment, id, operation_id, request_hash, practice_id, outcome, appointment_type_id,
      location_id, expires_on, maximum_uses, failure_code, created_by)
    values (${tenantId}, 'sandbox', ${id}, ${id}, 'h', ${id}, 'failed', '1', '2', '2027-01-01', 3, 'settled', ${id})`;
  await superuser`insert into bulks
    (tenant_id, environment, id, operation_id, name, kind, state, row_count, columns, result, data_key_id,
      created_by, rows_until)
    values (${tenantId}, 'sandbox', ${id}, ${id}, 'File', 'booking', 'finished', 1,
      ${superuser.json({ maximumUses: "Uses" })}, ${superuser.json({ made: 2, refused: 1, unknown: 0 })},
      ${id}, ${id}, now())`;
  await superuser`insert into bulk_rows
    (tenant_id, environment, bulk_id, row_number, state, operation_id, practice_id, expires_on,
      maximum_uses, reason_code)
    values (${tenantId}, 'sandbox', ${id}, 1, 'refused', ${id}, ${id}, '2027-01-01', 1, 'patient_must_verify')`;
  const events = [
    ["link.settled", "link", { how: "by reading", verdict: "not made" }],
    ["link.changed", "link", { maximumUses: 4 }],
    ["bulk.finished", "bulk", { made: 2, refused: 1, unknown: 0 }],
    ["practice.renamed", "practice", { alias: "Ours" }],
    ["element_session.exchanged", "placement", { turn: 1 }],
    ["patient.looked_up", "practice", { by: "nhs_number", outcome: "must_verify" }],
    ["placement.switched_off", "placement", null],
  ] as const;
  for (const [action, type, details] of events) {
    await superuser`insert into audit_events
      (tenant_id, id, action, subject_type, subject_id, request_id, details)
      values (${tenantId}, ${randomUUID()}, ${action}, ${type}, ${id}, 'r', ${details && superuser.json(details)})`;
  }
}

beforeAll(async () => {
  const bootstrap = postgres(superuserUrl, { max: 1 });
  await bootstrap.unsafe(`create database ${database}`);
  await bootstrap.end();
  superuser = postgres(withDatabase(superuserUrl, database), { max: 1, onnotice: () => undefined });
  const addresses = await prepareRoles({
    databaseUrl: withDatabase(superuserUrl, database),
    fallbackPassword: "none",
  });
  const ownerUrl = addresses.ownerUrl ?? "";
  await migrateToPrevious(ownerUrl);
  await insertOldRows();
  await migrateDatabase(ownerUrl);
});

afterAll(async () => {
  await superuser.end();
  const bootstrap = postgres(superuserUrl, { max: 1 });
  await bootstrap.unsafe(`drop database ${database} with (force)`);
  await bootstrap.end();
  rmSync(folder, { recursive: true });
});

describe("the migration to plain names", () => {
  it("a practice keeps its nickname and checks", async () => {
    expect(await superuser`select nickname, capability_checks from practices`).toEqual([
      {
        nickname: "Ours",
        capability_checks: [
          { capability: "practice", isAvailable: true, reason: null, durationMs: 5 },
          { capability: "forms", isAvailable: false, reason: "No.", durationMs: 6 },
        ],
      },
    ]);
  });

  it("links and bulk uploads keep their codes and counts", async () => {
    expect(await superuser`select max_uses, failure_code from links`).toEqual([
      { max_uses: 3, failure_code: "resolved" },
    ]);
    // A later migration deletes the columns, among which patients' details may be.
    expect(await superuser`select columns, result from bulk_uploads`).toEqual([
      { columns: {}, result: { created: 2, failed: 1, unknown: 0 } },
    ]);
    expect(await superuser`select state::text, reason_code from bulk_upload_rows`).toEqual([
      { state: "failed", reason_code: "patient_verification_required" },
    ]);
  });

  it("audit rows are kept under the new names", async () => {
    const events = await superuser`select action, subject_type, details from audit_events`;
    const sorted = events.toSorted((a, b) => String(a.action).localeCompare(String(b.action)));
    expect(sorted).toEqual([
      {
        action: "bulk_upload.finished",
        subject_type: "bulk_upload",
        details: { created: 2, failed: 1, unknown: 0 },
      },
      { action: "element_session.exchanged", subject_type: "placement", details: { sequence: 1 } },
      {
        action: "link.resolved",
        subject_type: "link",
        details: { method: "hero_list", resolution: "not_created" },
      },
      { action: "link.updated", subject_type: "link", details: { maxUses: 4 } },
      {
        action: "patient.looked_up",
        subject_type: "practice",
        details: { by: "nhs_number", outcome: "verification_required" },
      },
      { action: "placement.turned_off", subject_type: "placement", details: null },
      { action: "practice.renamed", subject_type: "practice", details: { nickname: "Ours" } },
    ]);
  });

  it("the audit stays append-only and row security stays forced on every tenant table", async () => {
    await expect(superuser`update audit_events set action = 'x'`).rejects.toThrow("append-only");
    const unforced = await superuser`
      select relname from pg_class where relrowsecurity and not relforcerowsecurity`;
    expect(unforced).toEqual([]);
  });

  it("no constraint, index or function has an old name", async () => {
    const names = await superuser<{ name: string }[]>`
      select conname as name from pg_constraint
      where connamespace = 'public'::regnamespace and contype <> 'n'
      union all select relname from pg_class where relnamespace = 'public'::regnamespace
      union all select proname from pg_proc where pronamespace = 'public'::regnamespace`;
    const old = /^bulks|^bulk_rows|^link_terms|^link_views|_bulk$|_not_made|_what$|_maker|to_tend/;
    expect(names.map(({ name }) => name).filter((name) => old.test(name))).toEqual([]);
  });
});
