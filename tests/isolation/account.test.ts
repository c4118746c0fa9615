import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { makePerson } from "../support/tenants";
import {
  account,
  ask,
  expectNothingDone,
  expectNothingOf,
  type Furnished,
  furnishTenant,
  hashTables,
  sentence,
  sql,
} from "./support";

let a: Furnished;
let b: Furnished;

beforeAll(async () => {
  const practices = { main: "20690", neighbour: "20533", spare: "kingsway-31" };
  a = await furnishTenant({ ...practices, partner: "a" });
  b = await furnishTenant({ ...practices, partner: "b" });
});

describe("c14, c16: procedures outside a tenant", () => {
  const guarded = account.filter(({ who }) => who === "signed in");

  it.each(guarded)("$name is for who is signed in, whatever the body claims", async (entry) => {
    const input = {
      ...entry.input?.(a.belongings),
      userId: a.ownerId,
      tenantId: a.tenantId,
      role: "owner",
      sessionToken: a.tokens.owner,
      person: { userId: a.ownerId },
    };
    await expectNothingDone([a, b], async () => {
      for (const token of [undefined, "x".repeat(43), a.ownerId]) {
        const answer = await ask({
          place: "account",
          procedure: entry.name,
          kind: entry.kind,
          input,
          token,
          headers: { "x-user-id": a.ownerId, authorization: `Bearer ${a.tokens.owner}` },
        });
        expect(answer).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
        expectNothingOf(a, answer.text);
      }
    });
  });

  it("endSession does not find a session of somebody else", async () => {
    const [theirs] = await sql<{ id: string }[]>`
      select id from sessions where user_id = ${a.ownerId}`;
    await expectNothingDone([a, b], async () => {
      const [foreign, absent] = await Promise.all(
        [theirs?.id, randomUUID()].map((sessionId) =>
          ask({
            place: "account",
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

  it("sessions, me and endOtherSessions stay with the person who asks", async () => {
    const person = await makePerson();
    const before = await sql`select id from sessions where user_id <> ${person.id} order by id`;
    for (const [procedure, kind] of [
      ["sessions", "query"],
      ["me", "query"],
      ["endOtherSessions", "mutation"],
    ] as const) {
      const input = { userId: a.ownerId, email: a.tenant.owner.email };
      const answer = await ask({ place: "account", procedure, kind, input, token: person.token });
      expect(answer.code).toBe("OK");
      expectNothingOf(a, answer.text);
    }
    expect(await sql`select id from sessions where user_id <> ${person.id} order by id`).toEqual(
      before,
    );
  });

  it("createOrganisation makes the caller its owner, not whom the body names", async () => {
    const person = await makePerson();
    const slug = `acme-${randomUUID().slice(0, 8)}`;
    const input = { name: "Acme", slug, userId: a.ownerId, tenantId: a.tenantId, role: "viewer" };
    const before = await hashTables(a.tenantId);
    const made = await ask({
      place: "account",
      procedure: "createOrganisation",
      kind: "mutation",
      input,
      token: person.token,
    });
    expect(made.data).toEqual({ slug, name: "Acme", role: "owner" });
    expect(await hashTables(a.tenantId)).toEqual(before);
    expect(
      await sql`
      select user_id, role from memberships m join tenants t on t.id = m.tenant_id
      where t.slug = ${slug}`,
    ).toEqual([{ user_id: person.id, role: "owner" }]);
    const again = await ask({
      place: "account",
      procedure: "createOrganisation",
      kind: "mutation",
      input: { name: "Mine now", slug: a.tenant.slug },
      token: person.token,
    });
    expect(again.code).toBe("BAD_REQUEST");
    expect(again.fieldErrors.slug).toMatch(sentence);
  });

  it("signUp with a known address changes nothing of the account and answers alike", async () => {
    const { email } = a.tenant.owner;
    const [before] = await sql`select * from users where email = ${email}`;
    const signUp = (address: string) =>
      ask({
        place: "account",
        procedure: "signUp",
        kind: "mutation",
        input: {
          name: "Mallory",
          email: address,
          password: "mallory's own password",
          emailVerifiedAt: new Date().toISOString(),
          userId: a.ownerId,
        },
      });
    expect((await signUp(email)).data).toEqual({ email });
    const stranger = `new-${randomUUID()}@example.com`;
    expect((await signUp(stranger)).data).toEqual({ email: stranger });
    expect((await sql`select * from users where email = ${email}`)[0]).toEqual(before);
    expect(await sql`select from passwords where user_id = ${a.ownerId}`).toHaveLength(0);
    const [made] = await sql`select email_verified_at from users where email = ${stranger}`;
    expect(made).toEqual({ email_verified_at: null });
  });
});
