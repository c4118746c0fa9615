import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { TenantId } from "@/db/ids";
import { connectAsApp, connectAsSuperuser } from "../setup/database";
import { findPractice } from "../support/hero";
import { makeLookAlikes } from "../support/tenants";

const superuser = connectAsSuperuser();
const app = connectAsApp();

type Furniture = {
  tenantId: TenantId;
  practiceId: string;
  credentialId: string;
  dataKeyId: string;
};

let ours: Furniture;
let theirs: Furniture;

beforeAll(async () => {
  const tenants = await makeLookAlikes();
  const furnish = async (tenant: typeof tenants.ours, partner: "a" | "b"): Promise<Furniture> => {
    const practice = await tenant.connect(await findPractice("30297", partner));
    const { tenantId } = await tenant.as();
    const [dataKey] = await superuser`select id from data_keys where tenant_id = ${tenantId}`;
    return {
      tenantId,
      practiceId: practice.id,
      credentialId: practice.credential.id,
      dataKeyId: String(dataKey?.id),
    };
  };
  ours = await furnish(tenants.ours, "a");
  theirs = await furnish(tenants.theirs, "b");
});

/** Copies a row of ours with some columns changed, with nothing in the way but the table itself. */
async function copyRow(table: string, id: string, changes: Record<string, string>) {
  return superuser.unsafe(
    `insert into ${table} select * from jsonb_populate_record(null::${table},
       (select to_jsonb(t) || $1::text::jsonb from ${table} t where t.id = $2))`,
    [JSON.stringify({ id: randomUUID(), ...changes }), id],
  );
}

const link = (over: Record<string, string>) => ({
  tenant_id: ours.tenantId,
  environment: "sandbox",
  id: randomUUID(),
  operation_id: randomUUID(),
  request_hash: "0",
  practice_id: ours.practiceId,
  outcome: "pending",
  appointment_type_id: "1",
  appointment_type_name: "One",
  location_id: "1",
  location_name: "One",
  expires_on: "2030-01-01",
  maximum_uses: "1",
  created_by: randomUUID(),
  ...over,
});

const foreignKeyViolation = { code: "23503" };

describe("c1: a link cannot point", () => {
  it("nowhere wrong when it points at the practice of its own tenant and environment", async () => {
    await superuser`insert into links ${superuser(link({}))}`;
  });

  it("at a practice of another tenant", async () => {
    const row = link({ practice_id: theirs.practiceId });
    await expect(superuser`insert into links ${superuser(row)}`).rejects.toMatchObject({
      ...foreignKeyViolation,
      constraint_name: "links_practice",
    });
  });

  it("c3: at a practice of another environment", async () => {
    for (const environment of ["staging", "production"]) {
      const row = link({ environment });
      await expect(superuser`insert into links ${superuser(row)}`).rejects.toMatchObject(
        foreignKeyViolation,
      );
    }
  });

  it("at the other tenant's practice, not even for the serving role in its own scope", async () => {
    const work = app.begin(async (tx) => {
      await tx`select set_config('app.tenant_id', ${ours.tenantId}, true)`;
      await tx`insert into links ${tx(link({ practice_id: theirs.practiceId }))}`;
    });
    await expect(work).rejects.toMatchObject(foreignKeyViolation);
  });
});

describe("c1: a practice cannot use", () => {
  const other = { practice_group_id: "another" };

  it("nothing wrong with the credential of its own tenant and environment", async () => {
    await copyRow("practices", ours.practiceId, other);
  });

  it("a credential of another tenant", async () => {
    const changes = { ...other, practice_group_id: "2", credential_id: theirs.credentialId };
    await expect(copyRow("practices", ours.practiceId, changes)).rejects.toMatchObject({
      ...foreignKeyViolation,
      constraint_name: "practices_credential",
    });
  });

  it("c3: a credential of another environment, nor move to one", async () => {
    const changes = { ...other, environment: "production" };
    await expect(copyRow("practices", ours.practiceId, changes)).rejects.toMatchObject(
      foreignKeyViolation,
    );
    await expect(
      superuser`update practices set environment = 'staging' where id = ${ours.practiceId}`,
    ).rejects.toMatchObject(foreignKeyViolation);
    await expect(
      superuser`update credentials set environment = 'staging' where id = ${ours.credentialId}`,
    ).rejects.toMatchObject(foreignKeyViolation);
  });
});

describe("c38: a credential cannot", () => {
  it("be sealed under another tenant's data key", async () => {
    const changes = { fingerprint: "other", data_key_id: theirs.dataKeyId };
    await expect(copyRow("credentials", ours.credentialId, changes)).rejects.toMatchObject({
      ...foreignKeyViolation,
      constraint_name: "credentials_data_key",
    });
  });

  it("be without its key unless it is removed, nor keep it then", async () => {
    const checkViolation = { code: "23514", constraint_name: "credentials_key_unless_removed" };
    await expect(
      superuser`update credentials set sealed_key = null where id = ${ours.credentialId}`,
    ).rejects.toMatchObject(checkViolation);
    await expect(
      superuser`update credentials set state = 'removed' where id = ${ours.credentialId}`,
    ).rejects.toMatchObject(checkViolation);
  });
});

describe("what would be double work", () => {
  const uniqueViolation = { code: "23505" };

  it("is refused: one operation twice, in whichever environment", async () => {
    const row = link({});
    await superuser`insert into links ${superuser(row)}`;
    const again = link({ operation_id: row.operation_id });
    await expect(superuser`insert into links ${superuser(again)}`).rejects.toMatchObject({
      ...uniqueViolation,
      constraint_name: "links_operation",
    });
  });

  it("is refused: one practice group or one key twice in a tenant", async () => {
    await expect(copyRow("practices", ours.practiceId, {})).rejects.toMatchObject({
      ...uniqueViolation,
      constraint_name: "practices_group",
    });
    await expect(
      copyRow("credentials", ours.credentialId, { environment: "production" }),
    ).rejects.toMatchObject({ ...uniqueViolation, constraint_name: "credentials_fingerprint" });
  });
});
