import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db/client";
import { passwords } from "@/db/schema/accounts";
import { hashPassword } from "@/server/crypto/passwords";
import { RateLimitedError } from "@/server/errors";
import { authenticate } from "@/server/services/accounts/authenticate";
import type { PublicContext } from "@/server/services/accounts/events";
import { countTry, forgiveAll, forgiveTry } from "@/server/services/limits";
import { requestPasswordReset } from "@/server/services/accounts/reset-password";
import { connectAsSuperuser } from "../../setup/database";
import { listJobs } from "../../support/mail";
import { makePerson } from "../../support/tenants";
import { costTheSame } from "../../support/timing";

const superuser = connectAsSuperuser();
const password = "a long enough password";
const hash = await hashPassword(password);

async function makeMember() {
  const person = await makePerson();
  await db.shared.insert(passwords).values({ userId: person.id, hash });
  return person;
}

const newAddress = () => `new-${randomBytes(6).toString("hex")}@example.com`;
const newPlace = () => `198.51.100.${randomUUID()}`;

/** How many of many tries at once were let through, and how many were told to wait. */
async function count(tries: Promise<unknown>[]) {
  const settled = await Promise.allSettled(tries);
  const refused = settled.filter((one) => one.status === "rejected");
  for (const { reason } of refused) {
    if (!(reason instanceof RateLimitedError)) throw reason;
  }
  return { through: settled.length - refused.length, refused: refused.length };
}

describe("c17: tries at one account", () => {
  it("are ten in a quarter of an hour, from however many addresses and however parallel", async () => {
    const { email } = await makeMember();
    const tries = Array.from({ length: 40 }, (_, i) =>
      authenticate({ email, password: `guess number ${i}` }, newPlace()),
    );
    expect(await count(tries)).toEqual({ through: 10, refused: 30 });
    // Then the right password does not help either, until the time is over.
    const late = authenticate({ email, password }, newPlace());
    await expect(late).rejects.toThrow("Too many tries. Wait 15 minutes and try again.");
    await superuser`update rate_limits set expire = now() - interval '1 second'`;
    expect((await authenticate({ email, password }, newPlace())).outcome).toBe("signed_in");
  });

  it("count the same for an address nobody has, with the same outcome and words", async () => {
    const [known, unknown] = [(await makeMember()).email, newAddress()];
    for (const email of [known, unknown]) {
      for (let i = 0; i < 10; i++) await countTry("sign-in-account", email);
    }
    const [one, other] = await Promise.all(
      [known, unknown].map((email) =>
        authenticate({ email, password: "a guess" }, newPlace()).catch((error: unknown) => error),
      ),
    );
    expect(one).toBeInstanceOf(RateLimitedError);
    expect(one).toEqual(other);
  });

  it("that were wrong are forgotten after the right one", async () => {
    const { email } = await makeMember();
    for (let i = 0; i < 9; i++) await countTry("sign-in-account", email);
    expect((await authenticate({ email, password }, newPlace())).outcome).toBe("signed_in");
    for (let i = 0; i < 9; i++) await countTry("sign-in-account", email);
    expect((await authenticate({ email, password }, newPlace())).outcome).toBe("signed_in");
  });

  it("do not lock anybody else out", async () => {
    const [attacked, other] = [await makeMember(), await makeMember()];
    const place = newPlace();
    await count(Array.from({ length: 20 }, () => countTry("sign-in-account", attacked.email)));
    const input = { email: other.email, password };
    expect((await authenticate(input, place)).outcome).toBe("signed_in");
  });
});

describe("c17: tries from one address", () => {
  it("are a hundred in a quarter of an hour, at however many accounts", async () => {
    const place = newPlace();
    const tries = Array.from({ length: 300 }, () => countTry("sign-in-address", place));
    expect(await count(tries)).toEqual({ through: 100, refused: 200 });
    const { email } = await makeMember();
    await expect(authenticate({ email, password }, place)).rejects.toThrow(RateLimitedError);
    // The account's own tries were not touched by what was refused before.
    expect((await authenticate({ email, password }, newPlace())).outcome).toBe("signed_in");
  });

  it("do not add up while they succeed", async () => {
    const place = newPlace();
    const { email } = await makeMember();
    for (let i = 0; i < 99; i++) await countTry("sign-in-address", place);
    for (let i = 0; i < 3; i++) {
      expect((await authenticate({ email, password }, place)).outcome).toBe("signed_in");
    }
    await countTry("sign-in-address", place);
    await expect(countTry("sign-in-address", place)).rejects.toThrow(RateLimitedError);
    await forgiveTry("sign-in-address", place);
  });
});

describe("c17: mails to one address", () => {
  const ask = (email: string, clientAddress: string) => {
    const ctx: PublicContext = { requestId: randomUUID(), clientAddress };
    return requestPasswordReset(ctx, { email });
  };

  it("are six an hour, from however many places, and from one place a hundred in all", async () => {
    const email = newAddress();
    const before = (await listJobs("account-mail")).length;
    const many = Array.from({ length: 15 }, () => ask(email, newPlace()));
    expect(await count(many)).toEqual({ through: 6, refused: 9 });
    expect((await listJobs("account-mail")).length).toBe(before + 6);

    const place = newPlace();
    for (let i = 0; i < 97; i++) await countTry("mail-address", place);
    const last = Array.from({ length: 10 }, () => ask(newAddress(), place));
    expect(await count(last)).toEqual({ through: 3, refused: 7 });
  });

  it("cannot be had without limit by signing in to an account that is not verified", async () => {
    const { id, email } = await makeMember();
    await superuser`update users set email_verified_at = null where id = ${id}`;
    const before = (await listJobs("account-mail")).length;
    const outcomes = [];
    for (let i = 0; i < 9; i++) {
      outcomes.push(
        await authenticate({ email, password }, newPlace()).then(
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

describe("the answer to a sign-in", () => {
  it("c17: is the same for a wrong password, an unknown address and a disabled account", async () => {
    const member = await makeMember();
    const disabled = await makeMember();
    await superuser`update users set disabled_at = now() where id = ${disabled.id}`;
    const answers = await Promise.all([
      authenticate({ email: member.email, password: "wrong" }, newPlace()),
      authenticate({ email: newAddress(), password }, newPlace()),
      authenticate({ email: disabled.email, password }, newPlace()),
      authenticate({ email: (await makePerson()).email, password }, newPlace()),
    ]);
    expect(answers).toEqual(Array.from({ length: 4 }, () => ({ outcome: "wrong" })));
    const events = await superuser`
      select 1 from account_events where user_id in ${superuser([member.id, disabled.id])}`;
    expect(events).toHaveLength(0);
  });

  it("c17: takes as long for an unknown address as for a known one", async () => {
    const { email } = await makeMember();
    const guess = async (tried: string) => {
      await authenticate({ email: tried, password: "a guess" }, newPlace());
      await forgiveAll("sign-in-account", tried);
    };
    expect(
      await costTheSame(
        () => guess(email),
        () => guess(newAddress()),
      ),
    ).toBe(true);
  });
});

describe("the counters", () => {
  afterEach(() => vi.resetModules());

  it("c8: are shared by processes: what one counted the other knows", async () => {
    vi.resetModules();
    const other = await import("@/server/services/limits");
    expect(other.countTry).not.toBe(countTry);
    const email = newAddress();
    const tries = Array.from({ length: 30 }, (_, i) =>
      (i % 2 ? countTry : other.countTry)("sign-in-account", email).catch((error: Error) => {
        // The other process has its own class of this name.
        if (error.name === "RateLimitedError") throw new RateLimitedError(1);
        throw error;
      }),
    );
    expect(await count(tries)).toEqual({ through: 10, refused: 20 });
  });

  it("hold no address of anybody", async () => {
    const email = newAddress();
    await countTry("sign-in-account", email);
    const rows = await superuser`select key, points from rate_limits`;
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(email.split("@")[0]);
    for (const { key } of rows) expect(key).toMatch(/^[a-z-]+:[0-9a-f]{64}$/);
  });
});
