import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "@/server/crypto/passwords";
import { takesSimilarTime } from "../support/timing";

const password = "correct horse battery";

describe("a password hash", () => {
  it("a password hash uses argon2id with our parameters and its own salt", async () => {
    const [first, second] = await Promise.all([hashPassword(password), hashPassword(password)]);
    expect(first).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
    expect(first).not.toBe(second);
    expect(first).not.toContain(password);
  });

  it("a password hash matches its own password and no other", async () => {
    const hash = await hashPassword(password);
    expect(await verifyPassword(password, hash)).toBe(true);
    for (const wrong of ["", " ", `${password} `, password.toUpperCase(), password.slice(0, -1)]) {
      expect(await verifyPassword(wrong, hash), JSON.stringify(wrong)).toBe(false);
    }
  });

  it("a password matches in any Unicode composition", async () => {
    const hash = await hashPassword("caf\u00e9 na\u00efve 12");
    expect(await verifyPassword("cafe\u0301 nai\u0308ve 12", hash)).toBe(true);
    expect(await verifyPassword("cafe naive 12", hash)).toBe(false);
  });

  it("a hash of the reference implementation with other parameters can be verified", async () => {
    const hash =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await verifyPassword("password", hash)).toBe(true);
    expect(await verifyPassword("Password", hash)).toBe(false);
  });

  it("c17: verifying without a hash fails, and takes as long as with one", async () => {
    const hash = await hashPassword(password);
    const guess = "a wrong guess";
    const isSimilar = await takesSimilarTime(
      () => verifyPassword(guess, hash),
      () => verifyPassword(guess, undefined),
    );
    expect(isSimilar).toBe(true);
    expect(await verifyPassword(password, undefined)).toBe(false);
    expect(await verifyPassword("", undefined)).toBe(false);
  });

  it.each([
    ["empty", ""],
    ["plain text", password],
    ["another scheme", "$2b$12$abcdefghijklmnopqrstuv"],
    ["argon2i", "$argon2i$v=19$m=19456,t=2,p=1$c29tc2FsdHNvbWVzYWx0$AAAA"],
    ["an older version", "$argon2id$v=16$m=19456,t=2,p=1$c29tc2FsdHNvbWVzYWx0$AAAA"],
    ["no parameters", "$argon2id$v=19$$c29tc2FsdHNvbWVzYWx0$AAAA"],
    ["a cut key", "$argon2id$v=19$m=19456,t=2,p=1$c29tc2FsdHNvbWVzYWx0$AAAA"],
    ["no key", "$argon2id$v=19$m=19456,t=2,p=1$c29tc2FsdHNvbWVzYWx0$"],
  ])("a malformed hash throws and never matches: %s", async (_, hash) => {
    await expect(verifyPassword(password, hash)).rejects.toThrow(Error);
  });
});
