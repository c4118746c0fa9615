import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { passwords } from "@/db/schema/accounts";
import { hashPassword } from "@/server/crypto/passwords";
import { authenticate } from "@/server/services/accounts/authenticate";
import { issueEmailToken } from "@/server/services/accounts/email-tokens";
import type { PublicContext } from "@/server/services/accounts/events";
import { requestPasswordReset, resetPassword } from "@/server/services/accounts/reset-password";
import { createSession } from "@/server/services/accounts/sessions";
import { verifyEmail } from "@/server/services/accounts/verify-email";
import { findLiveSession } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { listJobs, listMails, runJobs, tokenIn } from "../../support/mail";
import { makePerson } from "../../support/tenants";

const superuser = connectAsSuperuser();
const someone: PublicContext = { requestId: randomUUID(), clientAddress: "192.0.2.1" };
const password = "the old password";
const newPassword = "the new password";
const hash = await hashPassword(password);

async function makeMember() {
  const person = await makePerson();
  await db.shared.insert(passwords).values({ userId: person.id, hash });
  return person;
}

async function mailedToken(email: string): Promise<string> {
  await requestPasswordReset(someone, { email });
  await runJobs("account-mail");
  return tokenIn((await listMails(email))[0]);
}

const signIn = (email: string, tried: string) =>
  authenticate({ email, password: tried }, randomUUID());
const deadLink = { name: "InvalidInputError", field: "token" };

describe("asking for a new password", () => {
  it("c17: is answered alike for an address with an account and one without", async () => {
    const { email } = await makeMember();
    const unknown = `nobody-${randomBytes(6).toString("hex")}@example.com`;
    expect(await requestPasswordReset(someone, { email })).toEqual({ email });
    expect(await requestPasswordReset(someone, { email: unknown })).toEqual({ email: unknown });
    const jobs = await listJobs("account-mail");
    expect(jobs.map(({ data }) => data)).toEqual([
      { email, about: "reset_password" },
      { email: unknown, about: "reset_password" },
    ]);
    await runJobs("account-mail");
    expect(await listMails(email)).toHaveLength(1);
    expect(await listMails(unknown)).toEqual([]);
  });

  it("changes nothing by itself", async () => {
    const { email, token } = await makeMember();
    await mailedToken(email);
    expect((await signIn(email, password)).outcome).toBe("signed_in");
    expect(await findLiveSession(token)).not.toBeNull();
  });

  it("sends nothing to a disabled account", async () => {
    const { id, email } = await makeMember();
    await superuser`update users set disabled_at = now() where id = ${id}`;
    await requestPasswordReset(someone, { email });
    await runJobs("account-mail");
    expect(await listMails(email)).toEqual([]);
  });

  it("a second time ends the first link, so that only the newest works", async () => {
    const { email } = await makeMember();
    const first = await mailedToken(email);
    const second = await mailedToken(email);
    await expect(
      resetPassword(someone, { token: first, password: newPassword }),
    ).rejects.toMatchObject(deadLink);
    expect(await resetPassword(someone, { token: second, password: newPassword })).toEqual({
      email,
    });
  });
});

describe("c16: choosing a new password", () => {
  it("ends every session and every link, lets the new password in and the old one no more", async () => {
    const { id, email, token: session } = await makeMember();
    const other = await createSession(id, { userAgent: null });
    const token = await mailedToken(email);
    const [mail] = await listMails(email);
    expect(mail?.links).toEqual([`http://localhost:3000/reset-password?token=${token}`]);
    await issueEmailToken(id, "verify_email");

    expect(await resetPassword(someone, { token, password: newPassword })).toEqual({ email });
    for (const ended of [session, other.token]) expect(await findLiveSession(ended)).toBeNull();
    expect(await superuser`select 1 from sessions where user_id = ${id}`).toHaveLength(0);
    expect(await superuser`select 1 from email_tokens where user_id = ${id}`).toHaveLength(0);
    expect((await signIn(email, password)).outcome).toBe("wrong");
    expect((await signIn(email, newPassword)).outcome).toBe("signed_in");
    const events = await superuser`
      select action, request_id from account_events where user_id = ${id} order by id`;
    expect(events[0]).toEqual({ action: "password_reset", request_id: someone.requestId });
  });

  it("leaves the sessions of everybody else alone", async () => {
    const bystander = await makeMember();
    const { email } = await makeMember();
    await resetPassword(someone, { token: await mailedToken(email), password: newPassword });
    expect(await findLiveSession(bystander.token)).not.toBeNull();
    expect((await signIn(bystander.email, password)).outcome).toBe("signed_in");
  });

  it("works once with a link, and of three at the same moment only one does", async () => {
    const { email } = await makeMember();
    const token = await mailedToken(email);
    const tries = [1, 2, 3].map((n) => `${newPassword} ${n}`);
    const results = await Promise.allSettled(
      tries.map((one) => resetPassword(someone, { token, password: one })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const outcomes = await Promise.all(tries.map((one) => signIn(email, one)));
    expect(outcomes.map(({ outcome }) => outcome === "signed_in")).toEqual(
      results.map(({ status }) => status === "fulfilled"),
    );
    await expect(resetPassword(someone, { token, password })).rejects.toMatchObject(deadLink);
  });

  it("is not possible after an hour", async () => {
    const { id, email } = await makeMember();
    const token = await mailedToken(email);
    const [life] = await superuser`
      select extract(epoch from expires_at - now()) / 60 as minutes from email_tokens
      where user_id = ${id}`;
    expect(Number(life?.minutes)).toBeGreaterThan(59);
    expect(Number(life?.minutes)).toBeLessThanOrEqual(60);
    await superuser`update email_tokens set expires_at = now() where user_id = ${id}`;
    await expect(resetPassword(someone, { token, password: newPassword })).rejects.toMatchObject(
      deadLink,
    );
    expect((await signIn(email, password)).outcome).toBe("signed_in");
  });

  it("is not possible with a link of the other kind, nor the other way round", async () => {
    const { id } = await makeMember();
    const verify = await issueEmailToken(id, "verify_email");
    const reset = await issueEmailToken(id, "reset_password");
    await expect(
      resetPassword(someone, { token: verify, password: newPassword }),
    ).rejects.toMatchObject(deadLink);
    await expect(verifyEmail(someone, { token: reset, password })).rejects.toMatchObject(deadLink);
    const kept = await superuser`select 1 from email_tokens where user_id = ${id}`;
    expect(kept).toHaveLength(2);
  });

  it("proves the address of an account that was not verified yet", async () => {
    const { id, email } = await makeMember();
    await superuser`update users set email_verified_at = null where id = ${id}`;
    expect((await signIn(email, password)).outcome).toBe("unverified");
    await resetPassword(someone, { token: await mailedToken(email), password: newPassword });
    expect((await signIn(email, newPassword)).outcome).toBe("signed_in");
  });
});
