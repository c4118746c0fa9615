import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "@/server/errors";
import { authenticate } from "@/server/services/accounts/authenticate";
import type { PublicContext } from "@/server/services/accounts/events";
import { createSession } from "@/server/services/accounts/sessions";
import { signUp } from "@/server/services/accounts/sign-up";
import { verifyEmail } from "@/server/services/accounts/verify-email";
import { findLiveSession } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../../setup/database";
import { listJobs, listMails, runJobs, tokenIn } from "../../support/mail";
import { costTheSame } from "../../support/timing";

const superuser = connectAsSuperuser();
const password = "a long enough password";
const someone: PublicContext = { requestId: randomUUID(), clientAddress: "192.0.2.1" };

const newAddress = () => `new-${randomBytes(6).toString("hex")}@example.com`;
const signIn = (email: string, tried = password) =>
  authenticate({ email, password: tried }, randomUUID());

/** What the database holds of an address, with nothing left out. */
async function rowsOf(email: string) {
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

async function signedUp(email = newAddress()) {
  await signUp(someone, { name: "Pat Person", email, password });
  await runJobs("account-mail");
  const [mail] = await listMails(email);
  return { email, token: tokenIn(mail) };
}

async function verified() {
  const { email, token } = await signedUp();
  await verifyEmail(someone, { token, password });
  return email;
}

describe("signing up", () => {
  it("leads by a mailed link and the password to an account that can sign in", async () => {
    const email = newAddress();
    expect(await signUp(someone, { name: "Pat Person", email, password })).toEqual({ email });
    expect(await rowsOf(email)).toMatchObject({
      user: { name: "Pat Person", email_verified_at: null, disabled_at: null },
      password: expect.stringMatching(/^\$argon2id\$/),
      tokens: 0,
      sessions: 0,
      events: ["signed_up"],
    });
    await runJobs("account-mail");

    const [mail, ...others] = await listMails(email);
    expect(others).toEqual([]);
    expect(mail?.to).toBe(email);
    expect(mail?.subject).toBe("Verify your e-mail address for Partner Portal");
    const token = tokenIn(mail);
    expect(mail?.links).toEqual([`http://localhost:3000/verify-email?token=${token}`]);
    expect(JSON.stringify(mail)).not.toContain(password);
    expect(JSON.stringify(await superuser`select * from email_tokens`)).not.toContain(token);

    expect(await verifyEmail(someone, { token, password })).toEqual({ email });
    expect(await rowsOf(email)).toMatchObject({ tokens: 0, sessions: 0 });
    const outcome = await signIn(email);
    if (outcome.outcome !== "signed_in") throw new Error(outcome.outcome);
    const session = await createSession(outcome.userId, { userAgent: null });
    expect(await findLiveSession(session.token)).toMatchObject({ email, name: "Pat Person" });
    expect((await rowsOf(email)).events).toEqual(["signed_up", "email_verified", "signed_in"]);
  });

  it("gives no way in before the address is verified, and tells so only who knows the password", async () => {
    const { email, token } = await signedUp();
    expect(await signIn(email, "not the password")).toEqual({ outcome: "wrong" });
    expect((await listJobs("account-mail")).length).toBe(0);
    expect(await signIn(email)).toEqual({ outcome: "unverified" });
    expect((await rowsOf(email)).sessions).toBe(0);

    await runJobs("account-mail");
    const mails = await listMails(email);
    expect(mails).toHaveLength(2);
    const deadLink = verifyEmail(someone, { token, password });
    await expect(deadLink).rejects.toMatchObject({ field: "token" });
    expect(await verifyEmail(someone, { token: tokenIn(mails[0]), password })).toEqual({ email });
  });

  it("leaves no job where it could not be written", async () => {
    const tooLong = `${"a".repeat(1_000_000)}`;
    const email = newAddress();
    const broken = { name: `\u0000${tooLong}`, email, password };
    await expect(signUp(someone, broken)).rejects.toThrow(Error);
    expect(await rowsOf(email)).toMatchObject({ user: undefined, events: [] });
    expect(await listJobs("account-mail")).toEqual([]);
  });
});

describe("c17: signing up with an address that has an account", () => {
  it("gets the same answer and leaves the same job as any other, and changes nothing", async () => {
    const known = await verified();
    const unknown = newAddress();
    const before = await rowsOf(known);
    const input = { name: "Mallory", password: "another long password" };
    const answers = [
      await signUp(someone, { ...input, email: known }),
      await signUp(someone, { ...input, email: unknown }),
    ];
    expect(answers).toEqual([{ email: known }, { email: unknown }]);
    const jobs = await listJobs("account-mail");
    expect(jobs.map(({ data }) => data)).toEqual([
      { email: known, about: "sign_up" },
      { email: unknown, about: "sign_up" },
    ]);
    expect(await rowsOf(known)).toEqual(before);

    await runJobs("account-mail");
    const [toOwner] = await listMails(known);
    expect(toOwner?.subject).toBe("You already have a Partner Portal account");
    expect(toOwner?.links).toEqual(["http://localhost:3000/sign-in"]);
    expect((await rowsOf(known)).tokens).toBe(0);
    expect((await signIn(known)).outcome).toBe("signed_in");
    expect((await signIn(known, input.password)).outcome).toBe("wrong");
  });

  it("costs the same time", async () => {
    const known = await verified();
    // Each from a place of its own and within the hour's mails to one address.
    const again = (email: string) => () =>
      signUp({ ...someone, clientAddress: randomUUID() }, { name: "N", email, password });
    const members = [known, await verified(), await verified()];
    let turn = 0;
    const nextKnown = () => again(members[turn++ % members.length] ?? known)();
    expect(await costTheSame(nextKnown, () => again(newAddress())())).toBe(true);
    await runJobs("account-mail");
  });

  it("many times at once makes one account, and the last password to be kept is one of them", async () => {
    const email = newAddress();
    const passwords = Array.from({ length: 5 }, (_, i) => `password number ${i}`);
    await Promise.all(
      passwords.map((one) => signUp(someone, { name: "Pat", email, password: one })),
    );
    const users = await superuser`select id from users where email = ${email}`;
    expect(users).toHaveLength(1);
    await superuser`update users set email_verified_at = now() where email = ${email}`;
    const outcomes = await Promise.all(passwords.map((one) => signIn(email, one)));
    expect(outcomes.filter(({ outcome }) => outcome === "signed_in")).toHaveLength(1);
    await runJobs("account-mail");
  });
});

describe("c10: signing up again before the address is verified", () => {
  it("replaces name and password and ends the earlier link", async () => {
    const { email, token } = await signedUp();
    await signUp(someone, { name: "Second Try", email, password: "the second password" });
    expect(await rowsOf(email)).toMatchObject({
      user: { name: "Second Try", email_verified_at: null },
      tokens: 0,
    });
    await expect(verifyEmail(someone, { token, password })).rejects.toMatchObject({
      field: "token",
    });
    await runJobs("account-mail");
    const second = tokenIn((await listMails(email))[0]);
    await expect(verifyEmail(someone, { token: second, password })).rejects.toMatchObject({
      field: "password",
    });
    await verifyEmail(someone, { token: second, password: "the second password" });
    expect((await signIn(email)).outcome).toBe("wrong");
    expect((await signIn(email, "the second password")).outcome).toBe("signed_in");
  });

  it("does not let a stranger's password be confirmed by the owner of the address", async () => {
    // The stranger signs up last, and the owner follows whatever link arrives.
    const { email } = await signedUp();
    await signUp(someone, { name: "Stranger", email, password: "the stranger's own" });
    await runJobs("account-mail");
    const token = tokenIn((await listMails(email))[0]);
    const refusal = await verifyEmail(someone, { token, password }).catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(InvalidInputError);
    expect(refusal).toMatchObject({ field: "password" });
    expect((await rowsOf(email)).user?.email_verified_at).toBeNull();
    expect((await signIn(email, "the stranger's own")).outcome).toBe("unverified");
    await runJobs("account-mail");
  });
});

describe("c10: the link in the mail", () => {
  it("works once, and of two at the same moment only one does", async () => {
    const { email, token } = await signedUp();
    const both = await Promise.allSettled(
      [1, 2, 3].map(() => verifyEmail(someone, { token, password })),
    );
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(verifyEmail(someone, { token, password })).rejects.toMatchObject({
      field: "token",
    });
    expect((await rowsOf(email)).events).toEqual(["signed_up", "email_verified"]);
  });

  it("stays usable after a wrong password, and dead after a day", async () => {
    const { email, token } = await signedUp();
    await expect(verifyEmail(someone, { token, password: "wrong" })).rejects.toMatchObject({
      field: "password",
    });
    expect((await rowsOf(email)).tokens).toBe(1);
    const [life] = await superuser`
      select extract(epoch from expires_at - now()) / 3600 as hours from email_tokens t
      join users u on u.id = t.user_id where u.email = ${email}`;
    expect(Number(life?.hours)).toBeGreaterThan(23.9);
    expect(Number(life?.hours)).toBeLessThanOrEqual(24);
    await superuser`update email_tokens set expires_at = now() - interval '1 second'
      where user_id = (select id from users where email = ${email})`;
    await expect(verifyEmail(someone, { token, password })).rejects.toMatchObject({
      field: "token",
    });
    expect((await rowsOf(email)).user?.email_verified_at).toBeNull();
  });

  it("that is used, expired or invented is refused in the same words", async () => {
    const { token } = await signedUp();
    await verifyEmail(someone, { token, password });
    const old = await signedUp();
    await superuser`update email_tokens set expires_at = now() - interval '1 second'
      where user_id = (select id from users where email = ${old.email})`;
    const refusals = await Promise.all(
      [token, old.token, "A".repeat(43)].map((one) =>
        verifyEmail(someone, { token: one, password }).catch((error: unknown) => error),
      ),
    );
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
  });
});
