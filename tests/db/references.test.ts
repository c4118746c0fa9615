import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { TenantId } from "@/db/ids";
import { connectAsApp, connectAsSuperuser } from "../setup/database";
import { getSandboxPractice } from "../support/hero";
import { createTenantPair } from "../support/tenants";

const superuser = connectAsSuperuser();
const app = connectAsApp();

type SeededRows = {
  tenantId: TenantId;
  practiceId: string;
  credentialId: string;
  dataKeyId: string;
};

let ownRows: SeededRows;
let otherRows: SeededRows;

beforeAll(async () => {
  const tenants = await createTenantPair();
  const seedRows = async (
    tenant: typeof tenants.first,
    partner: "a" | "b",
  ): Promise<SeededRows> => {
    const practice = await tenant.connect(await getSandboxPractice("30297", partner));
    const { tenantId } = await tenant.asOwner();
    const [dataKey] = await superuser`select id from data_keys where tenant_id = ${tenantId}`;
    return {
      tenantId,
      practiceId: practice.id,
      credentialId: practice.credential.id,
      dataKeyId: String(dataKey?.id),
    };
  };
  ownRows = await seedRows(tenants.first, "a");
  otherRows = await seedRows(tenants.second, "b");
});

/** Copies an own row with some columns changed, as superuser. */
async function copyRow(table: string, id: string, changes: Record<string, string>) {
  return superuser.unsafe(
    `insert into ${table} select * from jsonb_populate_record(null::${table},
       (select to_jsonb(t) || $1::text::jsonb from ${table} t where t.id = $2))`,
    [JSON.stringify({ id: randomUUID(), ...changes }), id],
  );
}

const link = (overrides: Record<string, string>) => ({
  tenant_id: ownRows.tenantId,
  environment: "sandbox",
  id: randomUUID(),
  operation_id: randomUUID(),
  request_hash: "0",
  practice_id: ownRows.practiceId,
  outcome: "pending",
  appointment_type_id: "1",
  appointment_type_name: "One",
  location_id: "1",
  location_name: "One",
  expires_on: "2030-01-01",
  max_uses: "1",
  created_by: randomUUID(),
  ...overrides,
});

const foreignKeyViolation = { code: "23503" };

describe("c1: a link's practice", () => {
  it("a link can use a practice of its own tenant and environment", async () => {
    await superuser`insert into links ${superuser(link({}))}`;
  });

  it("a link cannot use a practice of another tenant", async () => {
    const row = link({ practice_id: otherRows.practiceId });
    await expect(superuser`insert into links ${superuser(row)}`).rejects.toMatchObject({
      ...foreignKeyViolation,
      constraint_name: "links_practice",
    });
  });

  it("c3: a link cannot use a practice of another environment", async () => {
    for (const environment of ["staging", "production"]) {
      const row = link({ environment });
      await expect(superuser`insert into links ${superuser(row)}`).rejects.toMatchObject(
        foreignKeyViolation,
      );
    }
  });

  it("the serving role cannot give a link another tenant's practice, even in its own scope", async () => {
    const transaction = app.begin(async (tx) => {
      await tx`select set_config('app.tenant_id', ${ownRows.tenantId}, true)`;
      await tx`insert into links ${tx(link({ practice_id: otherRows.practiceId }))}`;
    });
    await expect(transaction).rejects.toMatchObject(foreignKeyViolation);
  });
});

describe("c1: a practice's credential", () => {
  const other = { practice_group_id: "another" };

  it("a practice can use a credential of its own tenant and environment", async () => {
    await copyRow("practices", ownRows.practiceId, other);
  });

  it("a practice cannot use a credential of another tenant", async () => {
    const changes = { ...other, practice_group_id: "2", credential_id: otherRows.credentialId };
    await expect(copyRow("practices", ownRows.practiceId, changes)).rejects.toMatchObject({
      ...foreignKeyViolation,
      constraint_name: "practices_credential",
    });
  });

  it("c3: a practice cannot use a credential of another environment, or move to one", async () => {
    const changes = { ...other, environment: "production" };
    await expect(copyRow("practices", ownRows.practiceId, changes)).rejects.toMatchObject(
      foreignKeyViolation,
    );
    await expect(
      superuser`update practices set environment = 'staging' where id = ${ownRows.practiceId}`,
    ).rejects.toMatchObject(foreignKeyViolation);
    await expect(
      superuser`update credentials set environment = 'staging' where id = ${ownRows.credentialId}`,
    ).rejects.toMatchObject(foreignKeyViolation);
  });
});

describe("c38: a credential's key", () => {
  it("a credential cannot be sealed under another tenant's data key", async () => {
    const changes = { fingerprint: "other", data_key_id: otherRows.dataKeyId };
    await expect(copyRow("credentials", ownRows.credentialId, changes)).rejects.toMatchObject({
      ...foreignKeyViolation,
      constraint_name: "credentials_data_key",
    });
  });

  it("a credential has its key until it is removed, and not after", async () => {
    const checkViolation = { code: "23514", constraint_name: "credentials_key_unless_removed" };
    await expect(
      superuser`update credentials set sealed_key = null where id = ${ownRows.credentialId}`,
    ).rejects.toMatchObject(checkViolation);
    await expect(
      superuser`update credentials set state = 'removed' where id = ${ownRows.credentialId}`,
    ).rejects.toMatchObject(checkViolation);
  });
});

describe("duplicates", () => {
  const uniqueViolation = { code: "23505" };

  it("one operation ID cannot be used twice, in any environment", async () => {
    const row = link({});
    await superuser`insert into links ${superuser(row)}`;
    const duplicate = link({ operation_id: row.operation_id });
    await expect(superuser`insert into links ${superuser(duplicate)}`).rejects.toMatchObject({
      ...uniqueViolation,
      constraint_name: "links_operation",
    });
  });

  it("one practice group or key cannot be used twice in a tenant", async () => {
    await expect(copyRow("practices", ownRows.practiceId, {})).rejects.toMatchObject({
      ...uniqueViolation,
      constraint_name: "practices_group",
    });
    await expect(
      copyRow("credentials", ownRows.credentialId, { environment: "production" }),
    ).rejects.toMatchObject({ ...uniqueViolation, constraint_name: "credentials_fingerprint" });
  });
});
