import "server-only";
import { randomBytes } from "node:crypto";
import { env } from "../env";
import { open, type SealingKey, SecretBoxError, seal, sealingKeyId } from "./secret-box";

/** A tenant's data key as stored: sealed by a master key. */
export type StoredDataKey = { readonly id: string; readonly sealedKey: Buffer };

const dataKeyPlace = (tenantId: string, id: string) => ({
  tenantId,
  table: "data_keys",
  rowId: id,
  column: "sealed_key",
});

function currentMasterKey(): SealingKey {
  const [first] = env().MASTER_KEYS;
  if (!first) throw new SecretBoxError("No master key.");
  return first;
}

/** The id of the master key that seals; the others only open. */
export const currentMasterKeyId = () => currentMasterKey().id;

const findMasterKey = (id: string) => env().MASTER_KEYS.find((key) => key.id === id)?.bytes;

/** Makes a data key for a tenant and seals it with the current master key. */
export function makeDataKey(tenantId: string, id: string) {
  const master = currentMasterKey();
  const sealedKey = seal(randomBytes(32), master, dataKeyPlace(tenantId, id));
  return { sealedKey, masterKeyId: master.id };
}

/** @throws SecretBoxError when no held master key opens it */
export function openDataKey(tenantId: string, stored: StoredDataKey): SealingKey {
  const place = dataKeyPlace(tenantId, stored.id);
  return { id: stored.id, bytes: open(stored.sealedKey, findMasterKey, place) };
}

/**
 * Seals a data key again with the current master key; undefined when it already is.
 * What the data key sealed stays as it is.
 */
export function rewrapDataKey(tenantId: string, stored: StoredDataKey) {
  const master = currentMasterKey();
  if (sealingKeyId(stored.sealedKey) === master.id) return undefined;
  const { bytes } = openDataKey(tenantId, stored);
  return {
    sealedKey: seal(bytes, master, dataKeyPlace(tenantId, stored.id)),
    masterKeyId: master.id,
  };
}
