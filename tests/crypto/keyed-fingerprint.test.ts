import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keyedFingerprint } from "@/server/crypto/keyed-fingerprint";

const newKey = () => ({ id: "key", bytes: randomBytes(32) });

describe("keyed fingerprints", () => {
  it("a keyed fingerprint is equal for equal values, and differs by key, purpose and value", () => {
    const key = newKey();
    const fingerprint = keyedFingerprint(key, "records", ["Sarah", "1980-01-01"]);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(keyedFingerprint(key, "records", ["Sarah", "1980-01-01"])).toBe(fingerprint);
    expect(keyedFingerprint(newKey(), "records", ["Sarah", "1980-01-01"])).not.toBe(fingerprint);
    expect(keyedFingerprint(key, "preview", ["Sarah", "1980-01-01"])).not.toBe(fingerprint);
    expect(keyedFingerprint(key, "records", ["Sarah1980-01-01"])).not.toBe(fingerprint);
  });
});
