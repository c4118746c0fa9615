import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db/client";
import { passwords } from "@/db/schema/accounts";
import { hashPassword } from "@/server/crypto/passwords";
import { fingerprint } from "@/server/crypto/tokens";
import { RateLimitedError } from "@/server/errors";
import { consumeAccountLimit } from "@/server/services/accounts/attempt-limits";
import { authenticate } from "@/server/services/accounts/authenticate";
import { findKnownBrowser } from "@/server/services/accounts/known-browser";
import type { PublicContext } from "@/server/services/accounts/events";
import { consumeRateLimit, resetRateLimit, refundRateLimit } from "@/server/services/rate-limits";
import { requestPasswordReset } from "@/server/services/accounts/reset-password";
import { connectAsSuperuser } from "../../setup/database";
import { listJobs } from "../../support/mail";
import { createPerson } from "../../support/tenants";
import { takesSimilarTime } from "../../support/timing";

const superuser = connectAsSuperuser();
const password = "a long enough password";
const hash = await hashPassword(password);

async function createMember() {
  const person = await createPerson();
  await db.shared.insert(passwords).values({ userId: person.id, hash });
  return person;
}

const createEmail = () => `new-${randomBytes(6).toString("hex")}@example.com`;
const createClientAddress = () => `198.51.100.${randomUUID()}`;

/** How many of many simultaneous attempts were allowed and how many limited. */
async function countOutcomes(attempts: Promise<unknown>[]) {
  const results = await Promise.allSettled(attempts);
  const rejected = results.filter((result) => result.status === "rejected");
  for (const { reason } of rejected) {
    if (!(reason instanceof RateLimitedError)) throw reason;
  }
  return { allowed: results.length - rejected.length, rejected: rejected.length };
}

describe("c17: attempts at one account", () => {
  it("an account allows ten attempts in a quarter of an hour from one address, in parallel too", async () => {
    const { email } = await createMember();
    const clientAddress = createClientAddress();
    const attempts = Array.from({ length: 40 }, (_, i) =>
      authenticate({ email, password: `guess number ${i}` }, clientAddress),
    );
    expect(await countOutcomes(attempts)).toEqual({ allowed: 10, rejected: 30 });
    // The correct password fails too until the limit ends.
    const lateAttempt = authenticate({ email, password }, clientAddress);
    await expect(lateAttempt).rejects.toThrow("Too many attempts. Wait 15 minutes and try again.");
    // Only this counter: other files use the table at the same time.
    const key = `sign-in-account:${fingerprint(`${email} ${clientAddress}`)}`;
    await superuser`
      update rate_limits set expire = now() - interval '1 second' where key = ${key}`;
    expect((await authenticate({ email, password }, clientAddress)).outcome).toBe("signed_in");
  });

  it("an account allows a hundred attempts in an hour from all addresses together", async () => {
    const { email } = await createMember();
    const attempts = Array.from({ length: 120 }, (_, i) =>
      authenticate({ email, password: `guess number ${i}` }, createClientAddress()),
    );
    expect(await countOutcomes(attempts)).toEqual({ allowed: 100, rejected: 20 });
  });

  it("C8: failed attempts from elsewhere do not lock the owner out", async () => {
    const { email } = await createMember();
    const stranger = createClientAddress();
    for (let i = 0; i < 12; i++) {
      await authenticate({ email, password: "a guess" }, stranger).catch(() => undefined);
    }
    const owner = await authenticate({ email, password }, createClientAddress());
    expect(owner.outcome).toBe("signed_in");
  });

  it("C8: a known browser is exempt from the limits of its account and its address", async () => {
    const { email } = await createMember();
    const clientAddress = createClientAddress();
    const first = await authenticate({ email, password }, clientAddress);
    const cookie = first.outcome === "signed_in" ? first.knownBrowser : "";
    for (let i = 0; i < 100; i++) {
      await consumeRateLimit("sign-in-account-total", email).catch(() => undefined);
    }
    for (let i = 0; i < 300; i++) await consumeRateLimit("sign-in-address", clientAddress);
    await countOutcomes(
      Array.from({ length: 10 }, () => consumeAccountLimit({ email, clientAddress })),
    );
    for (const other of [undefined, "", "nonsense", `${cookie.slice(0, -2)}AA`]) {
      const attempt = authenticate({ email, password }, createClientAddress(), other);
      await expect(attempt, String(other)).rejects.toThrow(RateLimitedError);
    }
    expect((await authenticate({ email, password }, clientAddress, cookie)).outcome).toBe(
      "signed_in",
    );
    // Its own mistakes are limited.
    const mistakes = Array.from({ length: 15 }, () =>
      authenticate({ email, password: "a guess" }, clientAddress, cookie),
    );
    expect(await countOutcomes(mistakes)).toEqual({ allowed: 10, rejected: 5 });
  });

  it("C8: a browser is known for each account by itself, and until the password changes", async () => {
    const [one, two] = [await createMember(), await createMember()];
    const signIn = async (email: string, cookie?: string) => {
      const result = await authenticate({ email, password }, createClientAddress(), cookie);
      return result.outcome === "signed_in" ? result.knownBrowser : "";
    };
    const account = (email: string) => ({ email, passwordHash: hash });
    const onlyOne = await signIn(one.email);
    expect(findKnownBrowser(onlyOne, account(one.email))).toBeDefined();
    expect(findKnownBrowser(onlyOne, account(two.email))).toBeUndefined();
    const both = await signIn(two.email, onlyOne);
    expect(findKnownBrowser(both, account(one.email))).toBeDefined();
    expect(findKnownBrowser(both, account(two.email))).toBeDefined();
    const newHash = await hashPassword("another long password");
    expect(findKnownBrowser(both, { email: one.email, passwordHash: newHash })).toBeUndefined();
    expect(both).not.toContain(one.id);
    // The cookie stays short.
    let cookie = both;
    for (let i = 0; i < 7; i++) cookie = await signIn((await createMember()).email, cookie);
    expect(cookie.split(".")).toHaveLength(6);
  });

  it("an unknown account is limited alike, with the same result and message", async () => {
    const [existing, unknown] = [(await createMember()).email, createEmail()];
    const clientAddress = createClientAddress();
    for (const email of [existing, unknown]) {
      for (let i = 0; i < 10; i++) await consumeAccountLimit({ email, clientAddress });
    }
    const [existingOutcome, unknownOutcome] = await Promise.all(
      [existing, unknown].map((email) =>
        authenticate({ email, password: "a guess" }, clientAddress).catch(
          (error: unknown) => error,
        ),
      ),
    );
    expect(existingOutcome).toBeInstanceOf(RateLimitedError);
    expect(existingOutcome).toEqual(unknownOutcome);
  });

  it("failed attempts are forgotten after a correct one", async () => {
    const { email } = await createMember();
    const clientAddress = createClientAddress();
    for (let repeat = 0; repeat < 2; repeat++) {
      for (let i = 0; i < 9; i++) await consumeAccountLimit({ email, clientAddress });
      expect((await authenticate({ email, password }, clientAddress)).outcome).toBe("signed_in");
    }
  });

  it("failed attempts lock no one else out", async () => {
    const [attackedMember, unknownOutcome] = [await createMember(), await createMember()];
    const clientAddress = createClientAddress();
    await countOutcomes(
      Array.from({ length: 20 }, () =>
        consumeAccountLimit({ email: attackedMember.email, clientAddress }),
      ),
    );
    const input = { email: unknownOutcome.email, password };
    expect((await authenticate(input, clientAddress)).outcome).toBe("signed_in");
  });
});

describe("c17: attempts from one address", () => {
  it("C8: a hundred mistypings of an office do not lock it out", async () => {
    const clientAddress = createClientAddress();
    const colleagues = await Promise.all(Array.from({ length: 20 }, createMember));
    const mistypings = colleagues.flatMap(({ email }) =>
      Array.from({ length: 5 }, () => authenticate({ email, password: "a typo" }, clientAddress)),
    );
    expect(await countOutcomes(mistypings)).toEqual({ allowed: 100, rejected: 0 });
    const { email } = await createMember();
    expect((await authenticate({ email, password }, clientAddress)).outcome).toBe("signed_in");
    // Those who sign in after all take their mistypings back.
    for (const colleague of colleagues) {
      await authenticate({ email: colleague.email, password }, clientAddress);
    }
    const [row] = await superuser`
      select points from rate_limits where key = ${`sign-in-address:${fingerprint(clientAddress)}`}`;
    expect(row?.points).toBe(0);
  });

  it("an address allows 300 attempts in a quarter of an hour, at any accounts", async () => {
    const clientAddress = createClientAddress();
    const attempts = Array.from({ length: 400 }, () =>
      consumeRateLimit("sign-in-address", clientAddress),
    );
    expect(await countOutcomes(attempts)).toEqual({ allowed: 300, rejected: 100 });
    const { email } = await createMember();
    await expect(authenticate({ email, password }, clientAddress)).rejects.toThrow(
      RateLimitedError,
    );
    // Rejected attempts did not count towards the account.
    expect((await authenticate({ email, password }, createClientAddress())).outcome).toBe(
      "signed_in",
    );
  });

  it("successful attempts do not count", async () => {
    const clientAddress = createClientAddress();
    const { email } = await createMember();
    for (let i = 0; i < 299; i++) await consumeRateLimit("sign-in-address", clientAddress);
    for (let i = 0; i < 3; i++) {
      expect((await authenticate({ email, password }, clientAddress)).outcome).toBe("signed_in");
    }
    await consumeRateLimit("sign-in-address", clientAddress);
    await expect(consumeRateLimit("sign-in-address", clientAddress)).rejects.toThrow(
      RateLimitedError,
    );
    await refundRateLimit("sign-in-address", clientAddress);
  });
});

describe("c17: emails to one address", () => {
  const requestReset = (email: string, clientAddress: string) => {
    const ctx: PublicContext = { requestId: randomUUID(), clientAddress };
    return requestPasswordReset(ctx, { email });
  };

  it("a source can send six emails an hour to one address and a hundred in total; an address gets 30", async () => {
    const email = createEmail();
    const before = (await listJobs("account-mail")).length;
    const source = createClientAddress();
    const requests = Array.from({ length: 15 }, () => requestReset(email, source));
    expect(await countOutcomes(requests)).toEqual({ allowed: 6, rejected: 9 });
    expect((await listJobs("account-mail")).length).toBe(before + 6);
    // Somebody else's requests do not keep the owner from an email (C8).
    await requestReset(email, createClientAddress());
    const many = Array.from({ length: 30 }, () => requestReset(email, createClientAddress()));
    await countOutcomes(many);
    expect((await listJobs("account-mail")).length).toBeLessThanOrEqual(before + 30);

    const clientAddress = createClientAddress();
    for (let i = 0; i < 97; i++) await consumeRateLimit("mail-address", clientAddress);
    const last = Array.from({ length: 10 }, () => requestReset(createEmail(), clientAddress));
    expect(await countOutcomes(last)).toEqual({ allowed: 3, rejected: 7 });
  });

  it("signing in to an unverified account does not allow unlimited emails", async () => {
    const { id, email } = await createMember();
    await superuser`update users set email_verified_at = null where id = ${id}`;
    const before = (await listJobs("account-mail")).length;
    const clientAddress = createClientAddress();
    const outcomes = [];
    for (let i = 0; i < 9; i++) {
      outcomes.push(
        await authenticate({ email, password }, clientAddress).then(
          ({ outcome }) => outcome,
          (error: Error) => error.name,
        ),
      );
    }
    expect(outcomes).toEqual([
      ...Array.from({ length: 6 }, () => "unverified"),
      ...Array.from({ length: 3 }, () => "RateLimitedError"),
    ]);
    expect((await listJobs("account-mail")).length).toBe(before + 6);
  });
});

describe("the response to a sign-in", () => {
  it("c17: a wrong password, an unknown address and a disabled account get the same response", async () => {
    const member = await createMember();
    const disabled = await createMember();
    await superuser`update users set disabled_at = now() where id = ${disabled.id}`;
    const results = await Promise.all([
      authenticate({ email: member.email, password: "wrong" }, createClientAddress()),
      authenticate({ email: createEmail(), password }, createClientAddress()),
      authenticate({ email: disabled.email, password }, createClientAddress()),
      authenticate({ email: (await createPerson()).email, password }, createClientAddress()),
    ]);
    expect(results).toEqual(Array.from({ length: 4 }, () => ({ outcome: "invalid_credentials" })));
    const events = await superuser`
      select 1 from account_events where user_id in ${superuser([member.id, disabled.id])}`;
    expect(events).toHaveLength(0);
  });

  it("c17: an unknown address takes as long as a known one", async () => {
    const { email } = await createMember();
    const attemptSignIn = async (attempt: string) => {
      await authenticate({ email: attempt, password: "a guess" }, createClientAddress());
      await resetRateLimit("sign-in-account-total", attempt);
    };
    expect(
      await takesSimilarTime(
        () => attemptSignIn(email),
        () => attemptSignIn(createEmail()),
      ),
    ).toBe(true);
  });
});

describe("the counters", () => {
  afterEach(() => vi.resetModules());

  it("c8: processes share their counters", async () => {
    vi.resetModules();
    const unknownOutcome = await import("@/server/services/rate-limits");
    expect(unknownOutcome.consumeRateLimit).not.toBe(consumeRateLimit);
    const email = createEmail();
    const attempts = Array.from({ length: 30 }, (_, i) =>
      (i % 2 ? consumeRateLimit : unknownOutcome.consumeRateLimit)("sign-in-account", email).catch(
        (error: Error) => {
          // The other process has its own class with this name.
          if (error.name === "RateLimitedError") throw new RateLimitedError(1);
          throw error;
        },
      ),
    );
    expect(await countOutcomes(attempts)).toEqual({ allowed: 10, rejected: 20 });
  });

  it("a counter stores no email address", async () => {
    const email = createEmail();
    await consumeRateLimit("sign-in-account", email);
    const rows = await superuser`select key, points from rate_limits`;
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(email.split("@")[0]);
    for (const { key } of rows) expect(key).toMatch(/^[a-z-]+:[0-9a-f]{64}$/);
  });
});
