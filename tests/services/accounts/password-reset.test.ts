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
import { findLiveSession } from "@/server/tenancy/session";
import { connectAsSuperuser } from "../../setup/database";
import { listJobs, listEmails, runJobs, getEmailToken } from "../../support/mail";
import { createPerson } from "../../support/tenants";

const superuser = connectAsSuperuser();
const publicContext: PublicContext = { requestId: randomUUID(), clientAddress: "192.0.2.1" };
const password = "the old password";
const newPassword = "the new password";
const hash = await hashPassword(password);

async function createMember() {
  const person = await createPerson();
  await db.shared.insert(passwords).values({ userId: person.id, hash });
  return person;
}

async function emailedToken(email: string): Promise<string> {
  await requestPasswordReset(publicContext, { email });
  await runJobs("account-mail");
  return getEmailToken((await listEmails(email))[0]);
}

const signIn = (email: string, attempt: string) =>
  authenticate({ email, password: attempt }, randomUUID());
const invalidLinkError = { name: "InvalidInputError", field: "token" };

describe("requesting a new password", () => {
  it("c17: known and unknown addresses get the same response", async () => {
    const { email } = await createMember();
    const unknownEmail = `nobody-${randomBytes(6).toString("hex")}@example.com`;
    expect(await requestPasswordReset(publicContext, { email })).toEqual({ email });
    expect(await requestPasswordReset(publicContext, { email: unknownEmail })).toEqual({
      email: unknownEmail,
    });
    const jobs = await listJobs("account-mail");
    expect(jobs.map(({ data }) => data)).toEqual([
      { email, purpose: "reset_password" },
      { email: unknownEmail, purpose: "reset_password" },
    ]);
    await runJobs("account-mail");
    expect(await listEmails(email)).toHaveLength(1);
    expect(await listEmails(unknownEmail)).toEqual([]);
  });

  it("requesting a new password changes nothing", async () => {
    const { email, token } = await createMember();
    await emailedToken(email);
    expect((await signIn(email, password)).outcome).toBe("signed_in");
    expect(await findLiveSession(token)).not.toBeNull();
  });

  it("a disabled account gets no email", async () => {
    const { id, email } = await createMember();
    await superuser`update users set disabled_at = now() where id = ${id}`;
    await requestPasswordReset(publicContext, { email });
    await runJobs("account-mail");
    expect(await listEmails(email)).toEqual([]);
  });

  it("a second request ends the first link, so only the newest works", async () => {
    const { email } = await createMember();
    const first = await emailedToken(email);
    const second = await emailedToken(email);
    await expect(
      resetPassword(publicContext, { token: first, password: newPassword }),
    ).rejects.toMatchObject(invalidLinkError);
    expect(await resetPassword(publicContext, { token: second, password: newPassword })).toEqual({
      email,
    });
  });
});

describe("c16: choosing a new password", () => {
  it("a new password ends every session and link, and replaces the old one", async () => {
    const { id, email, token: session } = await createMember();
    const other = await createSession(id, { userAgent: null });
    const token = await emailedToken(email);
    const [message] = await listEmails(email);
    expect(message?.links).toEqual([`http://localhost:3000/reset-password?token=${token}`]);
    await issueEmailToken(id, "verify_email");

    expect(await resetPassword(publicContext, { token, password: newPassword })).toEqual({ email });
    for (const endedToken of [session, other.token])
      expect(await findLiveSession(endedToken)).toBeNull();
    expect(await superuser`select 1 from sessions where user_id = ${id}`).toHaveLength(0);
    expect(await superuser`select 1 from email_tokens where user_id = ${id}`).toHaveLength(0);
    expect((await signIn(email, password)).outcome).toBe("invalid_credentials");
    expect((await signIn(email, newPassword)).outcome).toBe("signed_in");
    const events = await superuser`
      select action, request_id from account_events where user_id = ${id} order by id`;
    expect(events[0]).toEqual({ action: "password_reset", request_id: publicContext.requestId });
  });

  it("a new password leaves other people's sessions alone", async () => {
    const otherMember = await createMember();
    const { email } = await createMember();
    await resetPassword(publicContext, { token: await emailedToken(email), password: newPassword });
    expect(await findLiveSession(otherMember.token)).not.toBeNull();
    expect((await signIn(otherMember.email, password)).outcome).toBe("signed_in");
  });

  it("a link works once, and of three simultaneous uses only one succeeds", async () => {
    const { email } = await createMember();
    const token = await emailedToken(email);
    const newPasswords = [1, 2, 3].map((n) => `${newPassword} ${n}`);
    const results = await Promise.allSettled(
      newPasswords.map((candidate) => resetPassword(publicContext, { token, password: candidate })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const outcomes = await Promise.all(newPasswords.map((attempt) => signIn(email, attempt)));
    expect(outcomes.map(({ outcome }) => outcome === "signed_in")).toEqual(
      results.map(({ status }) => status === "fulfilled"),
    );
    await expect(resetPassword(publicContext, { token, password })).rejects.toMatchObject(
      invalidLinkError,
    );
  });

  it("a link expires after an hour", async () => {
    const { id, email } = await createMember();
    const token = await emailedToken(email);
    const [lifetime] = await superuser`
      select extract(epoch from expires_at - now()) / 60 as minutes from email_tokens
      where user_id = ${id}`;
    expect(Number(lifetime?.minutes)).toBeGreaterThan(59);
    expect(Number(lifetime?.minutes)).toBeLessThanOrEqual(60);
    await superuser`update email_tokens set expires_at = now() where user_id = ${id}`;
    await expect(
      resetPassword(publicContext, { token, password: newPassword }),
    ).rejects.toMatchObject(invalidLinkError);
    expect((await signIn(email, password)).outcome).toBe("signed_in");
  });

  it("a link of another kind cannot set a password, nor the other way round", async () => {
    const { id } = await createMember();
    const verifyToken = await issueEmailToken(id, "verify_email");
    const reset = await issueEmailToken(id, "reset_password");
    await expect(
      resetPassword(publicContext, { token: verifyToken, password: newPassword }),
    ).rejects.toMatchObject(invalidLinkError);
    await expect(verifyEmail(publicContext, { token: reset, password })).rejects.toMatchObject(
      invalidLinkError,
    );
    const remaining = await superuser`select 1 from email_tokens where user_id = ${id}`;
    expect(remaining).toHaveLength(2);
  });

  it("a new password verifies the address of an unverified account", async () => {
    const { id, email } = await createMember();
    await superuser`update users set email_verified_at = null where id = ${id}`;
    expect((await signIn(email, password)).outcome).toBe("unverified");
    await resetPassword(publicContext, { token: await emailedToken(email), password: newPassword });
    expect((await signIn(email, newPassword)).outcome).toBe("signed_in");
  });
});
