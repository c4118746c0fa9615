import "server-only";
import { isPersonalObject } from "./view";

const hidden = "•••";

/** Documented fields whose values say nothing about a patient, unless the object is one. */
const shownFields = ["object", "event", "practice_group_id"];

/** Field names that can be shown: anything else might be a value that was used as a name. */
const plainName = /^[A-Za-z][A-Za-z_]{0,39}$/;

const hideValue = (value: unknown): unknown =>
  value === null ? null : Array.isArray(value) ? [hidden] : hidden;

/** The body as text; null for bytes that are not UTF-8. */
function decode(rawBody: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(rawBody);
  } catch {
    return null;
  }
}

function parseObject(text: string | null): object | null {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * A body with only what cannot be personal: Hero documents four fields, and only an ID of a patient among
 * them is. Whatever else is there is hidden; of a body that is not a JSON object everything is.
 */
export function maskBody(rawBody: Buffer): string {
  const body = parseObject(decode(rawBody));
  if (!body) return hidden;
  const objectType = "object" in body && typeof body.object === "string" ? body.object : null;
  const isIdShown = objectType !== null && !isPersonalObject(objectType);
  const masked = Object.entries(body).map(([name, value]: [string, unknown]) => {
    const isShown = shownFields.includes(name) || (name === "id" && isIdShown);
    const isShort = typeof value === "number" || (typeof value === "string" && value.length <= 200);
    return [plainName.test(name) ? name : hidden, isShown && isShort ? value : hideValue(value)];
  });
  return JSON.stringify(Object.fromEntries(masked), null, 2);
}

/** A body as it arrived. */
export function toShownBody(rawBody: Buffer): { text: string; isExact: boolean } {
  const text = decode(rawBody);
  return { text: text ?? rawBody.toString("utf8"), isExact: text !== null };
}
