import "server-only";
import { createHash, randomBytes } from "node:crypto";

/** A new bearer token: 32 random bytes as 43 characters of base64url. */
export function createToken(): string {
  return randomBytes(32).toString("base64url");
}

/** The stored form of a bearer token. No salt or stretching: 256 random bits cannot be guessed. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** SHA-256 in hexadecimal, to compare long random secrets or requests. */
export function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
