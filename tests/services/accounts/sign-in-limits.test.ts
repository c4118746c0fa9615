import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db/client";
import { passwords } from "@/db/schema/accounts";
import { hashPassword } from "@/server/crypto/passwords";
import { RateLimitedError } from "@/server/errors";
import { authenticate } from "@/server/services/accounts/authenticate";
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
  it("an account allows ten attempts in a quarter of an hour, from any addresses and in parallel", async () => {
    const { email } = await createMember();
    const attempts = Array.from({ length: 40 }, (_, i) =>
      authenticate({ email, password: `guess number ${i}` }, createClientAddress()),
    );
    expect(await countOutcomes(attempts)).toEqual({ allowed: 10, rejected: 30 });
    // The correct password fails too until the limit ends.
    const lateAttempt = authenticate({ email, password }, createClientAddress());
    await expect(lateAttempt).rejects.toThrow("Too many attempts. Wait 15 minutes and try again.");
    await superuser`update rate_limits set expire = now() - interval '1 second'`;
    expect((await authenticate({ email, password }, createClientAddress())).outcome).toBe(
      "signed_in",
    );
  });

  it("an unknown account is limited alike, with the same result and message", async () => {
    const [existing, unknown] = [(await createMember()).email, createEmail()];
    for (const email of [existing, unknown]) {
      for (let i = 0; i < 10; i++) await consumeRateLimit("sign-in-account", email);
    }
    const [existingOutcome, unknownOutcome] = await Promise.all(
      [existing, unknown].map((email) =>
        authenticate({ email, password: "a guess" }, createClientAddress()).catch(
          (error: unknown) => error,
        ),
      ),
    );
    expect(existingOutcome).toBeInstanceOf(RateLimitedError);
    expect(existingOutcome).toEqual(unknownOutcome);
  });

  it("failed attempts are forgotten after a correct one", async () => {
    const { email } = await createMember();
    for (let i = 0; i < 9; i++) await consumeRateLimit("sign-in-account", email);
    expect((await authenticate({ email, password }, createClientAddress())).outcome).toBe(
      "signed_in",
    );
    for (let i = 0; i < 9; i++) await consumeRateLimit("sign-in-account", email);
    expect((await authenticate({ email, password }, createClientAddress())).outcome).toBe(
      "signed_in",
    );
  });

  it("failed attempts lock no one else out", async () => {
    const [attackedMember, unknownOutcome] = [await createMember(), await createMember()];
    const clientAddress = createClientAddress();
    await countOutcomes(
      Array.from({ length: 20 }, () => consumeRateLimit("sign-in-account", attackedMember.email)),
    );
    const input = { email: unknownOutcome.email, password };
    expect((await authenticate(input, clientAddress)).outcome).toBe("signed_in");
  });
});

describe("c17: attempts from one address", () => {
  it("an address allows a hundred attempts in a quarter of an hour, at any accounts", async () => {
    const clientAddress = createClientAddress();
    const attempts = Array.from({ length: 300 }, () =>
      consumeRateLimit("sign-in-address", clientAddress),
    );
    expect(await countOutcomes(attempts)).toEqual({ allowed: 100, rejected: 200 });
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
    for (let i = 0; i < 99; i++) await consumeRateLimit("sign-in-address", clientAddress);
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

  it("an address gets six emails an hour, and one source can send a hundred", async () => {
    const email = createEmail();
    const before = (await listJobs("account-mail")).length;
    const requests = Array.from({ length: 15 }, () => requestReset(email, createClientAddress()));
    expect(await countOutcomes(requests)).toEqual({ allowed: 6, rejected: 9 });
    expect((await listJobs("account-mail")).length).toBe(before + 6);

    const clientAddress = createClientAddress();
    for (let i = 0; i < 97; i++) await consumeRateLimit("mail-address", clientAddress);
    const last = Array.from({ length: 10 }, () => requestReset(createEmail(), clientAddress));
    expect(await countOutcomes(last)).toEqual({ allowed: 3, rejected: 7 });
  });

  it("signing in to an unverified account does not allow unlimited emails", async () => {
    const { id, email } = await createMember();
    await superuser`update users set email_verified_at = null where id = ${id}`;
    const before = (await listJobs("account-mail")).length;
    const outcomes = [];
    for (let i = 0; i < 9; i++) {
      outcomes.push(
        await authenticate({ email, password }, createClientAddress()).then(
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
      await resetRateLimit("sign-in-account", attempt);
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
