import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";

const k1 = `k1:${Buffer.alloc(32, 1).toString("base64")}`;
const k2 = `k2:${Buffer.alloc(32, 2).toString("base64")}`;
const otherK1 = `k1:${Buffer.alloc(32, 3).toString("base64")}`;

const tenantId = "0198f5a2-0000-7000-8000-000000000001";
const id = "0198f5a2-0000-7000-8000-00000000000d";
const location = { tenantId, table: "credentials", rowId: "sandbox/1", column: "sealed_key" };
const secret = Buffer.from("a Hero API key");

/** Loads the crypto modules with these master keys. */
async function loadCryptoWith(masterKeys: string) {
  vi.stubEnv("MASTER_KEYS", masterKeys);
  vi.resetModules();
  const keys = await import("@/server/crypto/keys");
  const box = await import("@/server/crypto/secret-box");
  return {
    ...keys,
    seal: (sealedKey: Buffer) =>
      box.seal(secret, keys.openDataKey(tenantId, { id, sealedKey }), location),
    open: (sealedKey: Buffer, sealed: Buffer) => {
      const dataKey = keys.openDataKey(tenantId, { id, sealedKey });
      return box.open(
        sealed,
        (keyId) => (keyId === dataKey.id ? dataKey.bytes : undefined),
        location,
      );
    },
  };
}

afterEach(() => vi.unstubAllEnvs());

describe("a tenant's data key", () => {
  it("a data key is 32 random bytes, sealed by the first master key", async () => {
    const { createDataKey, openDataKey } = await loadCryptoWith(`${k2},${k1}`);
    const firstKey = createDataKey(tenantId, id);
    const secondKey = createDataKey(tenantId, id);
    expect(firstKey.masterKeyId).toBe("k2");
    const [first, second] = [firstKey, secondKey].map((dataKey) =>
      openDataKey(tenantId, { id, ...dataKey }),
    );
    expect(first?.bytes).toHaveLength(32);
    expect(first?.id).toBe(id);
    expect(first?.bytes.equals(second?.bytes ?? Buffer.alloc(0))).toBe(false);
  });

  it("c38: a data key does not open for another tenant or under another id", async () => {
    const { createDataKey, openDataKey } = await loadCryptoWith(k1);
    const { sealedKey } = createDataKey(tenantId, id);
    const otherId = id.replace("d", "e");
    const otherTenant = tenantId.replace(/1$/, "2");
    expect(() => openDataKey(otherTenant, { id, sealedKey })).toThrow("The secret does not open.");
    expect(() => openDataKey(tenantId, { id: otherId, sealedKey })).toThrow(
      "The secret does not open.",
    );
  });

  it("opening a data key throws when its bytes were changed", async () => {
    const { createDataKey, openDataKey } = await loadCryptoWith(k1);
    const { sealedKey } = createDataKey(tenantId, id);
    for (const bytes of [Buffer.alloc(0), randomBytes(70), sealedKey.subarray(1)]) {
      expect(() => openDataKey(tenantId, { id, sealedKey: bytes })).toThrow(
        expect.objectContaining({ name: "SecretBoxError" }),
      );
    }
  });
});

describe("c38: rotating the master key", () => {
  it("data keys open during the whole rotation, and the old master key can go once all are rewrapped", async () => {
    const withOldKey = await loadCryptoWith(k1);
    const oldDataKey = withOldKey.createDataKey(tenantId, id);
    const sealed = withOldKey.seal(oldDataKey.sealedKey);

    const withBothKeys = await loadCryptoWith(`${k2},${k1}`);
    expect(withBothKeys.open(oldDataKey.sealedKey, sealed)).toEqual(secret);
    const rewrapped = withBothKeys.rewrapDataKey(tenantId, { id, sealedKey: oldDataKey.sealedKey });
    if (!rewrapped) throw new Error("Nothing was rewrapped.");
    expect(rewrapped.masterKeyId).toBe("k2");
    expect(withBothKeys.open(rewrapped.sealedKey, sealed)).toEqual(secret);
    expect(
      withBothKeys.rewrapDataKey(tenantId, { id, sealedKey: rewrapped.sealedKey }),
    ).toBeUndefined();

    const withNewKey = await loadCryptoWith(k2);
    expect(withNewKey.open(rewrapped.sealedKey, sealed)).toEqual(secret);
  });

  it("opening a data key throws when the old master key was removed too early", async () => {
    const withOldKey = await loadCryptoWith(k1);
    const oldDataKey = withOldKey.createDataKey(tenantId, id);
    const withoutOldKey = await loadCryptoWith(k2);
    const stored = { id, sealedKey: oldDataKey.sealedKey };
    expect(() => withoutOldKey.openDataKey(tenantId, stored)).toThrow("Unknown key.");
    expect(() => withoutOldKey.rewrapDataKey(tenantId, stored)).toThrow("Unknown key.");
  });

  it("a different master key with the same name does not open a data key", async () => {
    const withOldKey = await loadCryptoWith(k1);
    const oldDataKey = withOldKey.createDataKey(tenantId, id);
    const withWrongKey = await loadCryptoWith(otherK1);
    expect(() =>
      withWrongKey.openDataKey(tenantId, { id, sealedKey: oldDataKey.sealedKey }),
    ).toThrow("The secret does not open.");
  });

  it("a data key that was moved from another tenant is not rewrapped", async () => {
    const withOldKey = await loadCryptoWith(k1);
    const oldDataKey = withOldKey.createDataKey(tenantId, id);
    const withBothKeys = await loadCryptoWith(`${k2},${k1}`);
    const stored = { id, sealedKey: oldDataKey.sealedKey };
    expect(() => withBothKeys.rewrapDataKey(tenantId.replace(/1$/, "2"), stored)).toThrow(
      "The secret does not open.",
    );
  });
});
