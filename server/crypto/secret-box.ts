import "server-only";
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";

/**
 * Sealed bytes: version (1) · key ID length (1) · key ID · nonce (12) · ciphertext · tag (16), by
 * AES-256-GCM. Version, key ID and location are authenticated, so the bytes open only where they were
 * sealed.
 */

export type SealingKey = { readonly id: string; readonly bytes: Buffer };

/** Where a secret is stored. Bytes that are moved elsewhere do not open. */
export type SecretLocation = {
  readonly tenantId: string;
  readonly table: string;
  readonly rowId: string;
  readonly column: string;
};

/** The bytes were altered or moved, or have an unknown key or version. */
export class SecretBoxError extends Error {
  override name = "SecretBoxError";
}

const version = 1;
const nonceLength = 12;
const tagLength = 16;

const keyObjects = new WeakMap<Buffer, KeyObject>();

/** Node prepares the bytes of a key at each use, which takes longer than sealing a small secret with it. */
function keyObjectOf(bytes: Buffer): KeyObject {
  const keyObject = keyObjects.get(bytes) ?? createSecretKey(bytes);
  keyObjects.set(bytes, keyObject);
  return keyObject;
}

function associatedData(header: Buffer, location: SecretLocation): Buffer {
  // JSON separates the parts, so that no two locations give the same bytes.
  const parts = [location.tenantId, location.table, location.rowId, location.column];
  return Buffer.concat([header, Buffer.from(JSON.stringify(parts))]);
}

export function seal(secret: Buffer, key: SealingKey, location: SecretLocation): Buffer {
  const id = Buffer.from(key.id, "utf8");
  const header = Buffer.concat([Buffer.from([version, id.length]), id]);
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", keyObjectOf(key.bytes), nonce);
  cipher.setAAD(associatedData(header, location));
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([header, nonce, ciphertext, cipher.getAuthTag()]);
}

/** The key ID in the header, not yet authenticated. */
export function sealingKeyId(sealed: Buffer): string {
  if (sealed[0] !== version) throw new SecretBoxError("Unknown version.");
  const end = 2 + (sealed[1] ?? 0);
  if (sealed.length < end + nonceLength + tagLength) throw new SecretBoxError("Too short.");
  return sealed.toString("utf8", 2, end);
}

/**
 * @param findKey returns the key of an id, or undefined
 * @throws SecretBoxError if the bytes do not open, whatever the reason
 */
export function open(
  sealed: Buffer,
  findKey: (id: string) => Buffer | undefined,
  location: SecretLocation,
): Buffer {
  const key = findKey(sealingKeyId(sealed));
  if (!key) throw new SecretBoxError("Unknown key.");
  const headerEnd = 2 + (sealed[1] ?? 0);
  const nonceEnd = headerEnd + nonceLength;
  const decipher = createDecipheriv(
    "aes-256-gcm",
    keyObjectOf(key),
    sealed.subarray(headerEnd, nonceEnd),
    {
      authTagLength: tagLength,
    },
  );
  decipher.setAAD(associatedData(sealed.subarray(0, headerEnd), location));
  decipher.setAuthTag(sealed.subarray(-tagLength));
  try {
    return Buffer.concat([
      decipher.update(sealed.subarray(nonceEnd, -tagLength)),
      decipher.final(),
    ]);
  } catch (cause) {
    throw new SecretBoxError("The secret does not open.", { cause });
  }
}
