import { describe, expect, it } from "vitest";
import { fingerprint, hashToken, createToken } from "@/server/crypto/tokens";

describe("a bearer token", () => {
  it("a bearer token is 256 random bits, safe in a URL", () => {
    const tokens = Array.from({ length: 2000 }, createToken);
    expect(new Set(tokens).size).toBe(2000);
    for (const token of tokens) {
      expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(Buffer.from(token, "base64url")).toHaveLength(32);
    }
    // Each of the 256 bits is set in about half of them.
    const counts = Array.from({ length: 256 }, () => 0);
    for (const token of tokens) {
      for (const [index, byte] of Buffer.from(token, "base64url").entries()) {
        for (let bit = 0; bit < 8; bit++)
          counts[index * 8 + bit] = (counts[index * 8 + bit] ?? 0) + ((byte >> bit) & 1);
      }
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1200);
  });

  it("a bearer token is stored as its SHA-256 only", () => {
    // The test vector of FIPS 180-4 for "abc".
    const expectedHash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(hashToken("abc").toString("hex")).toBe(expectedHash);
    expect(fingerprint("abc")).toBe(expectedHash);
    const token = createToken();
    expect(hashToken(token).toString("latin1")).not.toContain(token);
    expect(hashToken(token)).not.toEqual(hashToken(`${token} `));
  });
});
