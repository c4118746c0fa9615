import "server-only";
import { z } from "zod";

const fields = z.record(z.string(), z.unknown());
const text = z.string().trim().min(1).max(5000);

/** The fields of an object that Hero does not describe; empty for anything else. */
export const fieldsOf = (value: unknown): Record<string, unknown> =>
  fields.safeParse(value).data ?? {};

/** The first of some likely fields that has a text, trimmed. */
export const firstText = (...values: unknown[]): string | null =>
  values.map((value) => text.safeParse(value)).find(({ success }) => success)?.data ?? null;

/** The first list in a reply, likely names first. */
export function findList(reply: unknown, ...names: string[]): unknown[] | undefined {
  if (Array.isArray(reply)) return reply;
  const values = fieldsOf(reply);
  return [...names.map((name) => values[name]), ...Object.values(values)].find(Array.isArray);
}
