import "server-only";
import { randomBytes } from "node:crypto";
import { env } from "../env";
import { open, type SealingKey, SecretBoxError, seal, sealingKeyId } from "./secret-box";

/** A tenant's data key as stored: sealed by a master key. */
export type StoredDataKey = { readonly id: string; readonly sealedKey: Buffer };

const dataKeyLocation = (tenantId: string, id: string) => ({
  tenantId,
  table: "data_keys",
  rowId: id,
  column: "sealed_key",
});

function currentMasterKey(): SealingKey {
  const [current] = env().MASTER_KEYS;
  if (!current) throw new SecretBoxError("No master key.");
  return current;
}

/** The id of the master key that seals; the others only open. */
export const currentMasterKeyId = () => currentMasterKey().id;

const findMasterKey = (id: string) => env().MASTER_KEYS.find((key) => key.id === id)?.bytes;

/** Generates a data key for a tenant and seals it with the current master key. */
export function createDataKey(tenantId: string, id: string) {
  const masterKey = currentMasterKey();
  const sealedKey = seal(randomBytes(32), masterKey, dataKeyLocation(tenantId, id));
  return { sealedKey, masterKeyId: masterKey.id };
}

/** @throws SecretBoxError when no configured master key opens it */
export function openDataKey(tenantId: string, stored: StoredDataKey): SealingKey {
  const location = dataKeyLocation(tenantId, stored.id);
  return { id: stored.id, bytes: open(stored.sealedKey, findMasterKey, location) };
}

/**
 * Reseals a data key with the current master key; undefined when it already is. What the data key has sealed
 * does not change.
 */
export function rewrapDataKey(tenantId: string, stored: StoredDataKey) {
  const masterKey = currentMasterKey();
  if (sealingKeyId(stored.sealedKey) === masterKey.id) return undefined;
  const { bytes } = openDataKey(tenantId, stored);
  return {
    sealedKey: seal(bytes, masterKey, dataKeyLocation(tenantId, stored.id)),
    masterKeyId: masterKey.id,
  };
}
