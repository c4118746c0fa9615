import "server-only";
import { createHmac } from "node:crypto";
import type { SealingKey } from "./secret-box";

/**
 * A keyed hash as hexadecimal, to recognise what was seen before without storing it. Someone who has the
 * rows but not the organisation's data key cannot try out names or dates.
 *
 * @param purpose keeps the hashes of two uses apart
 * @param value compared as JSON, so its fields must come in a fixed order
 */
export function keyedFingerprint(key: SealingKey, purpose: string, value: unknown): string {
  return createHmac("sha256", key.bytes)
    .update(JSON.stringify([purpose, value]))
    .digest("hex");
}
