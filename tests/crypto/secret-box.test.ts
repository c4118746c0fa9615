import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  open,
  type SealingKey,
  SecretBoxError,
  type SecretLocation,
  seal,
  sealingKeyId,
} from "@/server/crypto/secret-box";

const key: SealingKey = { id: "k1", bytes: randomBytes(32) };
const location: SecretLocation = {
  tenantId: "0198f5a2-0000-7000-8000-000000000001",
  table: "credentials",
  rowId: "sandbox/0198f5a2-0000-7000-8000-00000000000a",
  column: "sealed_key",
};
const secret = Buffer.from("a Hero API key that nobody may read");
const sealed = seal(secret, key, location);

/** Returns one key for every id, so that only the authentication can fail. */
const findKey = () => key.bytes;
const keyring =
  (...keys: SealingKey[]) =>
  (id: string) =>
    keys.find((candidate) => candidate.id === id)?.bytes;

/** The sealed bytes with one bit flipped. */
function flipBit(byteIndex: number, bitIndex: number): Buffer {
  const copy = Buffer.from(sealed);
  copy[byteIndex] = (copy[byteIndex] ?? 0) ^ (1 << bitIndex);
  return copy;
}

describe("a sealed secret", () => {
  it.each([
    ["an ordinary one", secret],
    ["an empty one", Buffer.alloc(0)],
    ["one byte", Buffer.from([0])],
    ["a long one", randomBytes(1024 * 1024)],
    ["text of many scripts", Buffer.from("clé 🔑 مفتاح")],
  ])("a sealed secret opens in its own location: %s", (_, bytes) => {
    expect(open(seal(bytes, key, location), keyring(key), location)).toEqual(bytes);
  });

  it("sealing the same secret twice gives different bytes", () => {
    const ciphertexts = Array.from({ length: 20 }, () =>
      seal(secret, key, location).toString("hex"),
    );
    expect(new Set(ciphertexts).size).toBe(20);
    const nonces = ciphertexts.map((hex) => hex.slice(8, 8 + 24));
    expect(new Set(nonces).size).toBe(20);
  });

  it("a sealed secret reveals only the id of its key", () => {
    expect(sealed.includes(secret.subarray(0, 6))).toBe(false);
    expect(sealingKeyId(sealed)).toBe("k1");
  });

  it("a sealed secret with any bit changed does not open", () => {
    for (let byteIndex = 0; byteIndex < sealed.length; byteIndex++) {
      for (let bitIndex = 0; bitIndex < 8; bitIndex++) {
        expect(
          () => open(flipBit(byteIndex, bitIndex), findKey, location),
          `byte ${byteIndex} bit ${bitIndex}`,
        ).toThrow(SecretBoxError);
      }
    }
  });

  it("a sealed secret that is shortened or extended does not open", () => {
    for (let length = 0; length < sealed.length; length++) {
      expect(() => open(sealed.subarray(0, length), findKey, location), `${length} bytes`).toThrow(
        SecretBoxError,
      );
    }
    expect(() => open(Buffer.concat([sealed, Buffer.of(0)]), findKey, location)).toThrow(
      SecretBoxError,
    );
    expect(() => open(Buffer.concat([Buffer.of(0), sealed]), findKey, location)).toThrow(
      SecretBoxError,
    );
  });

  it.each([0, 2, 3, 127, 255])("a sealed secret of unknown version %i does not open", (version) => {
    const other = Buffer.from(sealed);
    other[0] = version;
    expect(() => open(other, findKey, location)).toThrow("Unknown version.");
    expect(() => sealingKeyId(other)).toThrow("Unknown version.");
  });

  it("a sealed secret opens with the key it names only, never with another", () => {
    const other = { id: "k2", bytes: randomBytes(32) };
    expect(() => open(sealed, keyring(other), location)).toThrow("Unknown key.");
    expect(() => open(sealed, () => undefined, location)).toThrow("Unknown key.");
    // The same id at another installation.
    expect(() => open(sealed, keyring({ ...other, id: "k1" }), location)).toThrow(SecretBoxError);
  });
});

describe("c38: a sealed secret that was moved", () => {
  const otherLocations: [string, SecretLocation][] = [
    ["tenant", { ...location, tenantId: "0198f5a2-0000-7000-8000-000000000002" }],
    ["row", { ...location, rowId: "sandbox/0198f5a2-0000-7000-8000-00000000000b" }],
    ["environment", { ...location, rowId: location.rowId.replace("sandbox/", "staging/") }],
    ["column", { ...location, column: "signing_key" }],
    ["table", { ...location, table: "endpoints" }],
  ];

  it.each(otherLocations)("a sealed secret moved to another %s does not open", (_, other) => {
    expect(() => open(sealed, keyring(key), other)).toThrow(SecretBoxError);
    expect(open(seal(secret, key, other), keyring(key), other)).toEqual(secret);
  });

  it("a sealed secret does not open in a location that only reads the same when joined", () => {
    const ciphertext = seal(secret, key, { tenantId: "a", table: "bc", rowId: "d", column: "e" });
    for (const other of [
      { tenantId: "ab", table: "c", rowId: "d", column: "e" },
      { tenantId: "a", table: "b", rowId: "cd", column: "e" },
      { tenantId: 'a","bc', table: "d", rowId: "e", column: "" },
    ]) {
      expect(() => open(ciphertext, keyring(key), other)).toThrow(SecretBoxError);
    }
  });
});
