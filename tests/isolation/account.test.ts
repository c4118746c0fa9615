import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { createPerson } from "../support/tenants";
import {
  accountEntries,
  callProcedure,
  expectNoChanges,
  expectNoDataOf,
  type SeededTenant,
  seedTenant,
  hashTables,
  sentence,
  sql,
} from "./support";

let a: SeededTenant;
let b: SeededTenant;

beforeAll(async () => {
  const practices = { main: "20690", neighbour: "20533", spare: "kingsway-31" };
  a = await seedTenant({ ...practices, partner: "a" });
  b = await seedTenant({ ...practices, partner: "b" });
});

describe("c14, c16: procedures outside a tenant", () => {
  const signedInEntries = accountEntries.filter(({ access }) => access === "signed in");

  it.each(signedInEntries)("$name needs a session, whatever the body claims", async (entry) => {
    const input = {
      ...entry.input?.(a.fixture),
      userId: a.ownerId,
      tenantId: a.tenantId,
      role: "owner",
      sessionToken: a.tokens.owner,
      person: { userId: a.ownerId },
    };
    await expectNoChanges([a, b], async () => {
      for (const token of [undefined, "x".repeat(43), a.ownerId]) {
        const response = await callProcedure({
          scope: "account",
          procedure: entry.name,
          kind: entry.kind,
          input,
          token,
          headers: { "x-user-id": a.ownerId, authorization: `Bearer ${a.tokens.owner}` },
        });
        expect(response).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
        expectNoDataOf(a, response.text);
      }
    });
  });

  it("endSession does not find another person's session", async () => {
    const [otherSession] = await sql<{ id: string }[]>`
      select id from sessions where user_id = ${a.ownerId}`;
    await expectNoChanges([a, b], async () => {
      const [foreign, absent] = await Promise.all(
        [otherSession?.id, randomUUID()].map((sessionId) =>
          callProcedure({
            scope: "account",
            procedure: "endSession",
            kind: "mutation",
            input: { sessionId, userId: a.ownerId },
            token: b.tokens.owner,
          }),
        ),
      );
      expect(foreign).toMatchObject({ status: 404, code: "NOT_FOUND" });
      expect(foreign).toEqual(absent);
    });
  });

  it("sessions, me and endOtherSessions are limited to the caller", async () => {
    const person = await createPerson();
    const before = await sql`select id from sessions where user_id <> ${person.id} order by id`;
    for (const [procedure, kind] of [
      ["sessions", "query"],
      ["me", "query"],
      ["endOtherSessions", "mutation"],
    ] as const) {
      const input = { userId: a.ownerId, email: a.tenant.owner.email };
      const response = await callProcedure({
        scope: "account",
        procedure,
        kind,
        input,
        token: person.token,
      });
      expect(response.code).toBe("OK");
      expectNoDataOf(a, response.text);
    }
    expect(await sql`select id from sessions where user_id <> ${person.id} order by id`).toEqual(
      before,
    );
  });

  it("the caller of createOrganisation becomes its owner, whatever the body says", async () => {
    const person = await createPerson();
    const slug = `acme-${randomUUID().slice(0, 8)}`;
    const input = { name: "Acme", slug, userId: a.ownerId, tenantId: a.tenantId, role: "viewer" };
    const before = await hashTables(a.tenantId);
    const created = await callProcedure({
      scope: "account",
      procedure: "createOrganisation",
      kind: "mutation",
      input,
      token: person.token,
    });
    expect(created.data).toEqual({ slug, name: "Acme", role: "owner" });
    expect(await hashTables(a.tenantId)).toEqual(before);
    expect(
      await sql`
      select user_id, role from memberships m join tenants t on t.id = m.tenant_id
      where t.slug = ${slug}`,
    ).toEqual([{ user_id: person.id, role: "owner" }]);
    const repeated = await callProcedure({
      scope: "account",
      procedure: "createOrganisation",
      kind: "mutation",
      input: { name: "Mine now", slug: a.tenant.slug },
      token: person.token,
    });
    expect(repeated.code).toBe("BAD_REQUEST");
    expect(repeated.fieldErrors.slug).toMatch(sentence);
  });

  it("signUp with a known address changes nothing in the account and responds alike", async () => {
    const { email } = a.tenant.owner;
    const [before] = await sql`select * from users where email = ${email}`;
    const signUp = (recipient: string) =>
      callProcedure({
        scope: "account",
        procedure: "signUp",
        kind: "mutation",
        input: {
          name: "Mallory",
          email: recipient,
          password: "mallory's own password",
          emailVerifiedAt: new Date().toISOString(),
          userId: a.ownerId,
        },
      });
    expect((await signUp(email)).data).toEqual({ email });
    const newEmail = `new-${randomUUID()}@example.com`;
    expect((await signUp(newEmail)).data).toEqual({ email: newEmail });
    expect((await sql`select * from users where email = ${email}`)[0]).toEqual(before);
    expect(await sql`select from passwords where user_id = ${a.ownerId}`).toHaveLength(0);
    const [created] = await sql`select email_verified_at from users where email = ${newEmail}`;
    expect(created).toEqual({ email_verified_at: null });
  });
});
