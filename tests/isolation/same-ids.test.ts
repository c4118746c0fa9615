import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { sendKeyRefusedMail } from "@/server/services/practices/key-refused-mail";
import { sandboxUrl } from "../setup/database";
import {
  askPortal,
  dropRowSecurity,
  type Furnished,
  furnishTenant,
  hashTables,
  portal,
  sql,
} from "./support";

// Ids of ours are random and the tenant is part of every key, so two tenants never have the same ones,
// and a write that forgets its tenant goes unnoticed. Here they do have the same ones, with the same
// practices and Hero keys, and no row-level security: forget one clause anywhere, and this goes red.

let other: Furnished;
let own: Furnished;

beforeAll(async () => {
  const practices = {
    main: "20417",
    neighbour: "20690",
    spare: "kingsway-31",
    partner: "c",
  } as const;
  // The other one is the later one: "the newest" of anything is theirs.
  own = await furnishTenant(practices);
  other = await furnishTenant(practices);
  // They have connected already what the inputs of the table connect.
  for (const name of ["practices.connect", "practices.connectNetwork"]) {
    const entry = portal.find((one) => one.name === name);
    if (!entry) throw new Error(`No entry for ${name}.`);
    const input = entry.input?.(other.belongings);
    await askPortal(entry, other.tenant.slug, { input, token: other.tokens.owner });
  }
  await makeIdsAlike();
  // Kept lists are alike too, and writing the same again would not show.
  await sql`update practices set booking_options = null where tenant_id = ${other.tenantId}`;
  await dropRowSecurity();
});

async function makeIdsAlike(): Promise<void> {
  const [mine, theirs] = [own.belongings, other.belongings];
  const { tenantId } = other;
  await sql.begin(async (tx) => {
    // References are between keys that all change together.
    await tx`set local session_replication_role = replica`;
    for (const [from, to] of [
      [theirs.practiceId, mine.practiceId],
      [theirs.credentialId, mine.credentialId],
      [theirs.linkId, mine.linkId],
      [theirs.closableLinkId, mine.closableLinkId],
      [theirs.operationId, mine.operationId],
      [theirs.apiKeyId, mine.apiKeyId],
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

const ask = (name: string, input: unknown) => {
  const entry = portal.find((one) => one.name === name);
  if (!entry) throw new Error(`No entry for ${name}.`);
  return askPortal(entry, own.tenant.slug, { input, token: own.tokens.owner });
};

/** Nothing of the other tenant moved; `work` is done by the one of two that look the same. */
async function expectOtherUntouched<Result>(work: () => Promise<Result>): Promise<Result> {
  const before = await hashTables(other.tenantId);
  const result = await work();
  expect(await hashTables(other.tenantId)).toEqual(before);
  return result;
}

const places = z.object({ practiceGroupId: z.string() });
const inputs = Object.fromEntries(portal.map(({ name, input }) => [name, input]));

describe("c1: two tenants with the same ids, practices and keys", () => {
  it("do have the same ones", async () => {
    for (const table of ["practices", "credentials", "links", "api_keys"]) {
      const [row] = await sql.unsafe<{ alike: number }[]>(
        `select count(*)::int as alike from ${table} a join ${table} b using (environment, id)
         where a.tenant_id = '${own.tenantId}' and b.tenant_id = '${other.tenantId}'`,
      );
      expect({ table, isAlike: (row?.alike ?? 0) > 0 }).toEqual({ table, isAlike: true });
    }
  });

  const last = ["practices.connect", "practices.disconnect"];
  it.each(portal.filter(({ name }) => !last.includes(name)))(
    "$name does its work in one of them",
    async ({ name, input }) => {
      const given = ["links.list", "activity.list"].includes(name) ? {} : input?.(own.belongings);
      const answer = await expectOtherUntouched(() => ask(name, given));
      expect(answer.code).toBe("OK");
      expect(answer.text).not.toContain(other.tenantId);
    },
  );

  it("have a link each for one operation id, however often it is sent", async () => {
    const { operationId } = own.belongings;
    const taken = randomUUID();
    await sql`update links set operation_id = ${taken}
      where tenant_id = ${other.tenantId} and operation_id = ${operationId}`;
    const input = { ...inputs["links.create"]?.(own.belongings), operationId: taken };
    const [first, again] = await expectOtherUntouched(async () => [
      await ask("links.create", input),
      await ask("links.create", input),
    ]);
    expect(first.code).toBe("OK");
    expect(again).toEqual(first);
  });

  it("lose and find a practice again each for itself", async () => {
    const { spare } = own.belongings;
    const connect = () =>
      ask("practices.connect", { ...places.parse(spare), apiKey: spare.apiKey });
    const made = await expectOtherUntouched(connect);
    expect(made.code).toBe("OK");
    const { id } = z.object({ id: z.string() }).parse(made.data);
    const preview = await ask("practices.disconnectPreview", { practiceId: id });
    expect(preview.data).toEqual({ liveLinks: 0, practicesOnThisKey: 1 });
    const lost = await expectOtherUntouched(() => ask("practices.disconnect", { practiceId: id }));
    expect(lost.code).toBe("OK");
    expect((await expectOtherUntouched(connect)).code).toBe("OK");
  });

  it("c3: may hold one key in different environments", async () => {
    const { apiKey, practiceGroupId } = own.belongings;
    const hold = (environment: string) =>
      sql.begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        await tx`update credentials set environment = ${environment}
          where tenant_id = ${other.tenantId} and id = ${own.belongings.credentialId}`;
      });
    await hold("production");
    const answer = await ask("practices.verify", { apiKey, practiceGroupId });
    await hold("sandbox");
    expect(answer.code).toBe("OK");
  });

  it("count links of their own only", async () => {
    const { practiceId } = own.belongings;
    const [row] = await sql<{ live: number }[]>`
      select count(*)::int as live from links where tenant_id = ${own.tenantId}
      and practice_id = ${practiceId} and outcome <> 'failed' and closed_at is null`;
    const preview = await ask("practices.disconnectPreview", { practiceId });
    expect(preview.data).toMatchObject({ liveLinks: row?.live });
  });

  it("hear of a refused key, and of a feature that is not theirs, each for itself", async () => {
    const { practiceId, credentialId, apiKey } = own.belongings;
    const fault = (operation: string, status: number) =>
      fetch(`${sandboxUrl}/_sandbox/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ operation, key: apiKey, status }),
      });
    await fault("listForms", 403);
    await expectOtherUntouched(() => ask("practices.testNow", { practiceId }));
    await fault("getPracticeGroupById", 401);
    await expectOtherUntouched(() => ask("practices.testNow", { practiceId }));
    const states = await sql<{ tenant_id: string; state: string }[]>`
      select tenant_id, state from credentials where id = ${credentialId}`;
    expect(Object.fromEntries(states.map((row) => [row.tenant_id, row.state]))).toEqual({
      [own.tenantId]: "needs_new_key",
      [other.tenantId]: "working",
    });
    await sendKeyRefusedMail(await own.tenant.as(), practiceId);
    const inbox = async (address: string) =>
      z
        .array(z.unknown())
        .parse(await (await fetch(`${sandboxUrl}/inbox.json?to=${address}`)).json());
    expect(await inbox(own.tenant.owner.email)).toHaveLength(1);
    expect(await inbox(other.tenant.owner.email)).toHaveLength(0);
  });

  it("are disconnected each for itself, and their key is wiped and saved again", async () => {
    const { practiceId, practiceGroupId, apiKey, credentialId } = own.belongings;
    const onKey = await sql<{ id: string }[]>`
      select id from practices where tenant_id = ${own.tenantId}
      and credential_id = ${credentialId} and disconnected_at is null`;
    expect(onKey.map(({ id }) => id)).toContain(practiceId);
    for (const { id } of onKey) {
      const answer = await expectOtherUntouched(() =>
        ask("practices.disconnect", { practiceId: id }),
      );
      expect(answer.code).toBe("OK");
    }
    const again = await expectOtherUntouched(() =>
      ask("practices.connect", { practiceGroupId, apiKey }),
    );
    expect(again.code).toBe("OK");
  });
});
