import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { sendKeyRejectedMail } from "@/server/services/practices/key-rejected-mail";
import { sandboxUrl } from "../setup/database";
import {
  callPortalProcedure,
  disableRowSecurity,
  type SeededTenant,
  seedTenant,
  hashTables,
  portalEntries,
  sql,
} from "./support";

// Our ids are random and every key contains the tenant, so a write that forgets its tenant would go
// unnoticed. Here two tenants have the same ids, practices and keys, and row-level security is off: a
// missing clause anywhere fails these tests.

let other: SeededTenant;
let own: SeededTenant;

beforeAll(async () => {
  const practices = {
    main: "20417",
    neighbour: "20690",
    spare: "kingsway-31",
    partner: "c",
  } as const;
  // The other tenant is newer, so "the newest" of anything is theirs.
  own = await seedTenant(practices);
  other = await seedTenant(practices);
  // They already have the practices that the inputs of the table connect.
  for (const name of ["practices.connect", "practices.connectNetwork"]) {
    const entry = portalEntries.find((candidate) => candidate.name === name);
    if (!entry) throw new Error(`No entry for ${name}.`);
    const input = entry.input?.(other.fixture);
    await callPortalProcedure(entry, other.tenant.slug, { input, token: other.tokens.owner });
  }
  await shareIds();
  // Stored lists are alike too, so writing the same again would not show.
  await sql`update practices set booking_options = null where tenant_id = ${other.tenantId}`;
  await disableRowSecurity();
});

async function shareIds(): Promise<void> {
  const [ownFixture, otherFixture] = [own.fixture, other.fixture];
  const { tenantId } = other;
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    for (const [from, to] of [
      [otherFixture.practiceId, ownFixture.practiceId],
      [otherFixture.credentialId, ownFixture.credentialId],
      [otherFixture.linkId, ownFixture.linkId],
      [otherFixture.closableLinkId, ownFixture.closableLinkId],
      [otherFixture.operationId, ownFixture.operationId],
      [otherFixture.apiKeyId, ownFixture.apiKeyId],
    ] as const) {
      await tx`update api_keys set id = ${to} where tenant_id = ${tenantId} and id = ${from}`;
      await tx`update placement_practices set practice_id = ${to}
        where tenant_id = ${tenantId} and practice_id = ${from}`;
      await tx`update practices set id = ${to} where tenant_id = ${tenantId} and id = ${from}`;
      await tx`update practices set credential_id = ${to}
        where tenant_id = ${tenantId} and credential_id = ${from}`;
      await tx`update credentials set id = ${to} where tenant_id = ${tenantId} and id = ${from}`;
      await tx`update links set id = ${to} where tenant_id = ${tenantId} and id = ${from}`;
      await tx`update links set practice_id = ${to}
        where tenant_id = ${tenantId} and practice_id = ${from}`;
      await tx`update links set operation_id = ${to}
        where tenant_id = ${tenantId} and operation_id = ${from}`;
    }
  });
}

const call = (name: string, input: unknown) => {
  const entry = portalEntries.find((candidate) => candidate.name === name);
  if (!entry) throw new Error(`No entry for ${name}.`);
  return callPortalProcedure(entry, own.tenant.slug, { input, token: own.tokens.owner });
};

/** Runs `work` for one of two look-alike tenants and expects the other to be unchanged. */
async function expectOtherUntouched<Result>(task: () => Promise<Result>): Promise<Result> {
  const before = await hashTables(other.tenantId);
  const result = await task();
  expect(await hashTables(other.tenantId)).toEqual(before);
  return result;
}

const practicesSchema = z.object({ practiceGroupId: z.string() });
const inputs = Object.fromEntries(portalEntries.map(({ name, input }) => [name, input]));

describe("c1: two tenants with the same ids, practices and keys", () => {
  it("both tenants have the same ids, practices and keys", async () => {
    for (const table of ["practices", "credentials", "links", "api_keys"]) {
      const [row] = await sql.unsafe<{ alike: number }[]>(
        `select count(*)::int as alike from ${table} a join ${table} b using (environment, id)
         where a.tenant_id = '${own.tenantId}' and b.tenant_id = '${other.tenantId}'`,
      );
      expect({ table, isAlike: (row?.alike ?? 0) > 0 }).toEqual({ table, isAlike: true });
    }
  });

  const last = ["practices.connect", "practices.disconnect"];
  it.each(portalEntries.filter(({ name }) => !last.includes(name)))(
    "$name works in one of two look-alike tenants",
    async ({ name, input }) => {
      const callInput = ["links.list", "activity.list"].includes(name) ? {} : input?.(own.fixture);
      const response = await expectOtherUntouched(() => call(name, callInput));
      expect(response.code).toBe("OK");
      expect(response.text).not.toContain(other.tenantId);
    },
  );

  it("one operation ID creates one link in each tenant, however often it is sent", async () => {
    const { operationId } = own.fixture;
    const taken = randomUUID();
    await sql`update links set operation_id = ${taken}
      where tenant_id = ${other.tenantId} and operation_id = ${operationId}`;
    const input = { ...inputs["links.create"]?.(own.fixture), operationId: taken };
    const [first, repeated] = await expectOtherUntouched(async () => [
      await call("links.create", input),
      await call("links.create", input),
    ]);
    expect(first.code).toBe("OK");
    expect(repeated).toEqual(first);
  });

  it("each tenant disconnects and reconnects the practice separately", async () => {
    const { spare } = own.fixture;
    const connect = () =>
      call("practices.connect", { ...practicesSchema.parse(spare), apiKey: spare.apiKey });
    const connected = await expectOtherUntouched(connect);
    expect(connected.code).toBe("OK");
    const { id } = z.object({ id: z.string() }).parse(connected.data);
    const preview = await call("practices.previewDisconnect", { practiceId: id });
    expect(preview.data).toEqual({ liveLinks: 0, practicesOnThisKey: 1, webhooks: 0 });
    const disconnected = await expectOtherUntouched(() =>
      call("practices.disconnect", { practiceId: id }),
    );
    expect(disconnected.code).toBe("OK");
    expect((await expectOtherUntouched(connect)).code).toBe("OK");
  });

  it("c3: one key can be used in different environments", async () => {
    const { apiKey, practiceGroupId } = own.fixture;
    const countKeys = (environment: string) =>
      sql.begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        await tx`update credentials set environment = ${environment}
          where tenant_id = ${other.tenantId} and id = ${own.fixture.credentialId}`;
      });
    await countKeys("production");
    const response = await call("practices.verify", { apiKey, practiceGroupId });
    await countKeys("sandbox");
    expect(response.code).toBe("OK");
  });

  it("each tenant counts its own links only", async () => {
    const { practiceId } = own.fixture;
    const [row] = await sql<{ live: number }[]>`
      select count(*)::int as live from links where tenant_id = ${own.tenantId}
      and practice_id = ${practiceId} and outcome <> 'failed' and closed_at is null`;
    const preview = await call("practices.previewDisconnect", { practiceId });
    expect(preview.data).toMatchObject({ liveLinks: row?.live });
  });

  it("a rejected key or missing feature is noted in its own tenant only", async () => {
    const { practiceId, credentialId, apiKey } = own.fixture;
    const failOnce = (operation: string, status: number) =>
      fetch(`${sandboxUrl}/_sandbox/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ operation, key: apiKey, status }),
      });
    await failOnce("listForms", 403);
    await expectOtherUntouched(() => call("practices.testConnection", { practiceId }));
    await failOnce("getPracticeGroupById", 401);
    await expectOtherUntouched(() => call("practices.testConnection", { practiceId }));
    const states = await sql<{ tenant_id: string; state: string }[]>`
      select tenant_id, state from credentials where id = ${credentialId}`;
    expect(Object.fromEntries(states.map((row) => [row.tenant_id, row.state]))).toEqual({
      [own.tenantId]: "needs_new_key",
      [other.tenantId]: "working",
    });
    await sendKeyRejectedMail(await own.tenant.asOwner(), practiceId);
    const inbox = async (address: string) =>
      z
        .array(z.unknown())
        .parse(await (await fetch(`${sandboxUrl}/inbox.json?to=${address}`)).json());
    expect(await inbox(own.tenant.owner.email)).toHaveLength(1);
    expect(await inbox(other.tenant.owner.email)).toHaveLength(0);
  });

  it("disconnecting wipes the key in one tenant only, and it can be saved again", async () => {
    const { practiceId, practiceGroupId, apiKey, credentialId } = own.fixture;
    const practicesOnKey = await sql<{ id: string }[]>`
      select id from practices where tenant_id = ${own.tenantId}
      and credential_id = ${credentialId} and disconnected_at is null`;
    expect(practicesOnKey.map(({ id }) => id)).toContain(practiceId);
    for (const { id } of practicesOnKey) {
      const response = await expectOtherUntouched(() =>
        call("practices.disconnect", { practiceId: id }),
      );
      expect(response.code).toBe("OK");
    }
    const repeated = await expectOtherUntouched(() =>
      call("practices.connect", { practiceGroupId, apiKey }),
    );
    expect(repeated.code).toBe("OK");
  });
});
