import "server-only";
import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";

/**
 * Hero's signature of a delivery: HMAC-SHA256 of the timestamp header, a full stop and the raw body, with
 * the UTF-8 bytes of the signing key
 * (https://developer.herohealth.net/pages/api/webhooks/security). How the bytes are written is not
 * documented: hexadecimal and base64 are accepted, with or without `sha256=`.
 */

const signatureLength = 32;

/** The bytes of a signature header, or undefined when it has none of the accepted forms. */
function decodeSignature(header: string): Buffer | undefined {
  const text = header.trim().replace(/^sha256=/i, "");
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  return /^[A-Za-z0-9+/]{43}=?$/.test(text) ? Buffer.from(text, "base64") : undefined;
}

/** What Hero would send as the signature. @param timestamp the header as sent */
function heroSignature(key: KeyObject, timestamp: string, rawBody: Buffer): Buffer {
  // Node reads header bytes as Latin-1.
  return createHmac("sha256", key).update(`${timestamp}.`, "latin1").update(rawBody).digest();
}

/**
 * Whether one of the keys signed these bytes. Computes one signature for each key whatever the headers are,
 * and compares in constant time. It says nothing about the age of the signature.
 */
export function isSignedByHero(delivery: {
  keys: readonly KeyObject[];
  timestamp: string | undefined;
  signature: string | undefined;
  rawBody: Buffer;
}): boolean {
  const { keys, timestamp = "", signature = "", rawBody } = delivery;
  const decoded = decodeSignature(signature);
  const given = decoded ?? Buffer.alloc(signatureLength);
  let isSigned = false;
  for (const key of keys) {
    isSigned = timingSafeEqual(heroSignature(key, timestamp, rawBody), given) || isSigned;
  }
  return isSigned && decoded !== undefined && timestamp !== "";
}
