import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "@/server/errors";
import { authenticate } from "@/server/services/accounts/authenticate";
import type { PublicContext } from "@/server/services/accounts/events";
import { createSession } from "@/server/services/accounts/sessions";
import { createSignUpProof } from "@/server/services/accounts/sign-up-proof";
import { signUp } from "@/server/services/accounts/sign-up";
import {
  hasSignedUpHere,
  sendVerificationAgain,
  verifyEmail,
  verifyEmailInSameBrowser,
} from "@/server/services/accounts/verify-email";
import { findLiveSession } from "@/server/tenancy/session";
import { connectAsSuperuser } from "../../setup/database";
import { listJobs, listEmails, runJobs, getEmailToken } from "../../support/mail";
import { takesSimilarTime } from "../../support/timing";

const superuser = connectAsSuperuser();
const password = "a long enough password";
const publicContext: PublicContext = { requestId: randomUUID(), clientAddress: "192.0.2.1" };

const createEmail = () => `new-${randomBytes(6).toString("hex")}@example.com`;
const signIn = (email: string, attempt = password) =>
  authenticate({ email, password: attempt }, randomUUID());

/** Everything in the database about an address. */
async function countRows(email: string) {
  const [user] = await superuser`select * from users where email = ${email}`;
  const id = user?.id ?? null;
  return {
    user,
    password: (await superuser`select hash from passwords where user_id = ${id}`)[0]?.hash,
    tokens: (await superuser`select purpose from email_tokens where user_id = ${id}`).length,
    sessions: (await superuser`select 1 from sessions where user_id = ${id}`).length,
    events: (
      await superuser`select action from account_events where user_id = ${id} order by id`
    ).map(({ action }) => action),
  };
}

async function signUpPerson(email = createEmail()) {
  await signUp(publicContext, { name: "Pat Person", email, password });
  await runJobs("account-mail");
  const [message] = await listEmails(email);
  return { email, token: getEmailToken(message) };
}

async function createVerifiedEmail() {
  const { email, token } = await signUpPerson();
  await verifyEmail(publicContext, { token, password });
  return email;
}

describe("signing up", () => {
  it("signing up leads through an emailed link and the password to a working account", async () => {
    const email = createEmail();
    expect(await signUp(publicContext, { name: "Pat Person", email, password })).toEqual({ email });
    expect(await countRows(email)).toMatchObject({
      user: { name: "Pat Person", email_verified_at: null, disabled_at: null },
      password: expect.stringMatching(/^\$argon2id\$/),
      tokens: 0,
      sessions: 0,
      events: ["signed_up"],
    });
    await runJobs("account-mail");

    const [message, ...others] = await listEmails(email);
    expect(others).toEqual([]);
    expect(message?.to).toBe(email);
    expect(message?.subject).toBe("Confirm your email address for Partner Portal");
    const token = getEmailToken(message);
    expect(message?.links).toEqual([`http://localhost:3000/verify-email?token=${token}`]);
    expect(JSON.stringify(message)).not.toContain(password);
    expect(JSON.stringify(await superuser`select * from email_tokens`)).not.toContain(token);

    expect(await verifyEmail(publicContext, { token, password })).toEqual({ email });
    expect(await countRows(email)).toMatchObject({ tokens: 0, sessions: 0 });
    const outcome = await signIn(email);
    if (outcome.outcome !== "signed_in") throw new Error(outcome.outcome);
    const session = await createSession(outcome.userId, { userAgent: null });
    expect(await findLiveSession(session.token)).toMatchObject({ email, name: "Pat Person" });
    expect((await countRows(email)).events).toEqual(["signed_up", "email_verified", "signed_in"]);
  });

  it("E6: an unverified account cannot sign in, and the first link works after an attempt", async () => {
    const { email, token } = await signUpPerson();
    expect(await signIn(email, "not the password")).toEqual({ outcome: "invalid_credentials" });
    expect((await listJobs("account-mail")).length).toBe(0);
    expect(await signIn(email)).toEqual({ outcome: "unverified" });
    expect((await countRows(email)).sessions).toBe(0);

    await runJobs("account-mail");
    const emails = await listEmails(email);
    expect(emails).toHaveLength(2);
    expect(await verifyEmail(publicContext, { token, password })).toEqual({ email });
    const later = verifyEmail(publicContext, { token: getEmailToken(emails[0]), password });
    await expect(later).rejects.toMatchObject({ field: "token" });
    expect((await countRows(email)).tokens).toBe(0);
  });

  it("E6: the email can be sent again, with the same response for every address", async () => {
    const { email, token } = await signUpPerson();
    const verified = await createVerifiedEmail();
    const unknown = createEmail();
    const mailCount = (await listEmails(verified)).length;
    for (const address of [email, verified, unknown]) {
      const ctx = { ...publicContext, clientAddress: randomUUID() };
      expect(await sendVerificationAgain(ctx, { email: address })).toEqual({ email: address });
    }
    await runJobs("account-mail");
    const [second] = await listEmails(email);
    expect(getEmailToken(second)).not.toBe(token);
    expect(await listEmails(verified)).toHaveLength(mailCount);
    expect(await listEmails(unknown)).toEqual([]);
    expect(await verifyEmail(publicContext, { token, password })).toEqual({ email });
  });

  it("E6: the browser that signed up does not ask for the password again", async () => {
    const { email, token } = await signUpPerson();
    const proof = await createSignUpProof({ email, password });
    expect(await hasSignedUpHere(token, proof)).toBe(true);
    const { userId } = await verifyEmailInSameBrowser(publicContext, { token, proof });
    expect((await countRows(email)).user).toMatchObject({
      id: userId,
      email_verified_at: expect.any(Date),
    });
    const again = verifyEmailInSameBrowser(publicContext, { token, proof });
    await expect(again).rejects.toMatchObject({ field: "token" });
  });

  it("E6: no other browser can leave the password out", async () => {
    const { email, token } = await signUpPerson();
    const other = await signUpPerson();
    const proof = await createSignUpProof({ email, password });
    const rejected = [
      undefined,
      "",
      "x".repeat(43),
      await createSignUpProof({ email, password: "not the password" }),
      await createSignUpProof({ email: other.email, password }),
      await createSignUpProof({ email: await createVerifiedEmail(), password }),
      await createSignUpProof({ email: createEmail(), password }),
    ];
    for (const candidate of rejected) {
      expect(await hasSignedUpHere(token, candidate)).toBe(false);
      const attempt = verifyEmailInSameBrowser(publicContext, { token, proof: candidate });
      await expect(attempt).rejects.toMatchObject({ field: "password" });
    }
    expect(await hasSignedUpHere("t".repeat(43), proof)).toBe(false);
    // Somebody else signed up with the address since.
    await signUp(publicContext, { name: "Else", email, password: "a stranger's password" });
    await runJobs("account-mail");
    const [latest] = await listEmails(email);
    expect(await hasSignedUpHere(getEmailToken(latest), proof)).toBe(false);
    expect((await countRows(email)).user?.email_verified_at).toBeNull();
  });

  it("a sign-up that could not be saved queues no email", async () => {
    const tooLong = `${"a".repeat(1_000_000)}`;
    const email = createEmail();
    const invalidInput = { name: `\u0000${tooLong}`, email, password };
    await expect(signUp(publicContext, invalidInput)).rejects.toThrow(Error);
    expect(await countRows(email)).toMatchObject({ user: undefined, events: [] });
    expect(await listJobs("account-mail")).toEqual([]);
  });
});

describe("c17: signing up with an address that has an account", () => {
  it("an existing account gets the same response and job as a new one, and is unchanged", async () => {
    const existingEmail = await createVerifiedEmail();
    const newEmail = createEmail();
    const before = await countRows(existingEmail);
    const input = { name: "Mallory", password: "another long password" };
    const results = [
      await signUp(publicContext, { ...input, email: existingEmail }),
      await signUp(publicContext, { ...input, email: newEmail }),
    ];
    expect(results).toEqual([{ email: existingEmail }, { email: newEmail }]);
    const jobs = await listJobs("account-mail");
    expect(jobs.map(({ data }) => data)).toEqual([
      { email: existingEmail, purpose: "sign_up" },
      { email: newEmail, purpose: "sign_up" },
    ]);
    expect(await countRows(existingEmail)).toEqual(before);

    await runJobs("account-mail");
    const [ownerMessage] = await listEmails(existingEmail);
    expect(ownerMessage?.subject).toBe("You already have a Partner Portal account");
    expect(ownerMessage?.links).toEqual(["http://localhost:3000/sign-in"]);
    expect((await countRows(existingEmail)).tokens).toBe(0);
    expect((await signIn(existingEmail)).outcome).toBe("signed_in");
    expect((await signIn(existingEmail, input.password)).outcome).toBe("invalid_credentials");
  });

  it("an existing account takes the same time", async () => {
    const existingEmail = await createVerifiedEmail();
    // Each from its own address, within the hourly emails.
    const signUpAgain = (email: string) => () =>
      signUp({ ...publicContext, clientAddress: randomUUID() }, { name: "N", email, password });
    const members = [existingEmail, await createVerifiedEmail(), await createVerifiedEmail()];
    let index = 0;
    const signUpNextMember = () =>
      signUpAgain(members[index++ % members.length] ?? existingEmail)();
    expect(await takesSimilarTime(signUpNextMember, () => signUpAgain(createEmail())())).toBe(true);
    await runJobs("account-mail");
  });

  it("many sign-ups at once create one account with one of their passwords", async () => {
    const email = createEmail();
    const passwords = Array.from({ length: 5 }, (_, i) => `password number ${i}`);
    await Promise.all(
      passwords.map((candidate) =>
        signUp(publicContext, { name: "Pat", email, password: candidate }),
      ),
    );
    const users = await superuser`select id from users where email = ${email}`;
    expect(users).toHaveLength(1);
    await superuser`update users set email_verified_at = now() where email = ${email}`;
    const outcomes = await Promise.all(passwords.map((attempt) => signIn(email, attempt)));
    expect(outcomes.filter(({ outcome }) => outcome === "signed_in")).toHaveLength(1);
    await runJobs("account-mail");
  });
});

describe("c10: signing up again before the address is verified", () => {
  it("a second sign-up replaces the name and password and ends the earlier link", async () => {
    const { email, token } = await signUpPerson();
    await signUp(publicContext, { name: "Second Try", email, password: "the second password" });
    expect(await countRows(email)).toMatchObject({
      user: { name: "Second Try", email_verified_at: null },
      tokens: 0,
    });
    await expect(verifyEmail(publicContext, { token, password })).rejects.toMatchObject({
      field: "token",
    });
    await runJobs("account-mail");
    const second = getEmailToken((await listEmails(email))[0]);
    await expect(verifyEmail(publicContext, { token: second, password })).rejects.toMatchObject({
      field: "password",
    });
    await verifyEmail(publicContext, { token: second, password: "the second password" });
    expect((await signIn(email)).outcome).toBe("invalid_credentials");
    expect((await signIn(email, "the second password")).outcome).toBe("signed_in");
  });

  it("the owner of the address does not confirm another person's password", async () => {
    // The other person signs up last, and the owner follows any link that arrives.
    const { email } = await signUpPerson();
    await signUp(publicContext, { name: "Stranger", email, password: "the stranger's own" });
    await runJobs("account-mail");
    const token = getEmailToken((await listEmails(email))[0]);
    const rejection = await verifyEmail(publicContext, { token, password }).catch(
      (error: unknown) => error,
    );
    expect(rejection).toBeInstanceOf(InvalidInputError);
    expect(rejection).toMatchObject({ field: "password" });
    expect((await countRows(email)).user?.email_verified_at).toBeNull();
    expect((await signIn(email, "the stranger's own")).outcome).toBe("unverified");
    await runJobs("account-mail");
  });
});

describe("c10: the link in the email", () => {
  it("a verification link works once, and of two simultaneous uses only one succeeds", async () => {
    const { email, token } = await signUpPerson();
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => verifyEmail(publicContext, { token, password })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(verifyEmail(publicContext, { token, password })).rejects.toMatchObject({
      field: "token",
    });
    expect((await countRows(email)).events).toEqual(["signed_up", "email_verified"]);
  });

  it("a verification link works after a wrong password, and expires after a day", async () => {
    const { email, token } = await signUpPerson();
    await expect(verifyEmail(publicContext, { token, password: "wrong" })).rejects.toMatchObject({
      field: "password",
    });
    expect((await countRows(email)).tokens).toBe(1);
    const [lifetime] = await superuser`
      select extract(epoch from expires_at - now()) / 3600 as hours from email_tokens t
      join users u on u.id = t.user_id where u.email = ${email}`;
    expect(Number(lifetime?.hours)).toBeGreaterThan(23.9);
    expect(Number(lifetime?.hours)).toBeLessThanOrEqual(24);
    await superuser`update email_tokens set expires_at = now() - interval '1 second'
      where user_id = (select id from users where email = ${email})`;
    await expect(verifyEmail(publicContext, { token, password })).rejects.toMatchObject({
      field: "token",
    });
    expect((await countRows(email)).user?.email_verified_at).toBeNull();
  });

  it("used, expired and invented links get the same message", async () => {
    const { token } = await signUpPerson();
    await verifyEmail(publicContext, { token, password });
    const expired = await signUpPerson();
    await superuser`update email_tokens set expires_at = now() - interval '1 second'
      where user_id = (select id from users where email = ${expired.email})`;
    const rejections = await Promise.all(
      [token, expired.token, "A".repeat(43)].map((invalidToken) =>
        verifyEmail(publicContext, { token: invalidToken, password }).catch(
          (error: unknown) => error,
        ),
      ),
    );
    for (const rejection of rejections) expect(rejection).toEqual(rejections[0]);
  });
});
