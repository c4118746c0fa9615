import { z } from "zod";

/**
 * Checks the body of a server action before Next decodes it: Next answers every body that it cannot decode
 * as a failure of ours. Signing out takes no arguments; the other actions take a form, and most the state of the
 * form before it.
 */

type Parts = ReadonlyMap<string, unknown>;

/** Names that lead out of a value's own fields. */
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype", "then"]);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function resolvesPath(parts: Parts, prefix: string, [id = "", ...keys]: string[]): boolean {
  const name = prefix + Number.parseInt(id, 16);
  if (!parts.has(name)) return false;
  let value = parts.get(name);
  for (const key of keys) {
    if (!isRecord(value) || forbiddenKeys.has(key) || !Object.hasOwn(value, key)) return false;
    value = value[key];
  }
  return true;
}

/** React's own notation: `$undefined`, `$K1` a form, `$@1` and `$1:name` other values of this body. */
function isValidText(text: string, parts: Parts, prefix: string): boolean {
  if (!text.startsWith("$") || text.startsWith("$$") || text === "$undefined") return true;
  if (/^\$K[0-9a-f]{1,4}$/.test(text)) return true;
  const [, path] = /^\$@?([0-9a-f]{1,4}(?::[^:]+)*)$/.exec(text) ?? [];
  return path !== undefined && resolvesPath(parts, prefix, path.split(":"));
}

const maxDepth = 20;

function isValidValue(value: unknown, parts: Parts, prefix: string, depth = 0): boolean {
  if (depth > maxDepth) return false;
  if (typeof value === "string") return isValidText(value, parts, prefix);
  if (!isRecord(value)) return true;
  return Object.entries(value).every(
    ([key, member]) => !forbiddenKeys.has(key) && isValidValue(member, parts, prefix, depth + 1),
  );
}

function parseParts(fields: ReadonlyMap<string, string>, prefix: string): Parts {
  const names = [...fields.keys()].filter(
    (name) => name.startsWith(prefix) && /^\d{1,4}$/.test(name.slice(prefix.length)),
  );
  return new Map(names.map((name) => [name, JSON.parse(fields.get(name) ?? "")]));
}

const areValid = (parts: Parts, prefix: string) =>
  [...parts].every(([name, value]) => {
    // A value that waits for itself is never decoded.
    const others = new Map([...parts].filter(([other]) => other !== name));
    return isValidValue(value, prefix === "" ? others : parts, prefix);
  });

/** `[]`, `[form]` or `[state, form]`. */
const actionArguments = z.array(z.unknown()).max(2);

/** As React sends it when a script calls the action or submits its form. */
function isScriptedAction(fields: ReadonlyMap<string, string>): boolean {
  const parts = parseParts(fields, "");
  const { data } = actionArguments.safeParse(parts.get("0"));
  if (!data) return false;
  if (data.length === 0) return true;
  return (
    /^\$K[0-9a-f]{1,4}$/.test(String(data.at(-1))) &&
    (data.length === 1 || data[0] === null || isRecord(data[0])) &&
    areValid(parts, "")
  );
}

const boundAction = z.object({ id: z.string().regex(/^[0-9a-f]+$/), bound: z.literal("$@1") });

/** As a browser sends it without scripts: the action is named in hidden fields. */
function isPlainAction(fields: ReadonlyMap<string, string>): boolean {
  const names = [...fields.keys()];
  const ids = names.filter((name) => name.startsWith("$ACTION_ID_"));
  const references = names.filter((name) => name.startsWith("$ACTION_REF_"));
  if (ids.length + references.length !== 1) return false;
  const [reference] = references;
  if (!reference) return /^\$ACTION_ID_[0-9a-f]+$/.test(ids[0] ?? "");
  const prefix = `${reference.replace("_REF", "")}:`;
  const parts = parseParts(fields, prefix);
  const bound = parts.get(`${prefix}1`);
  return (
    boundAction.safeParse(parts.get(`${prefix}0`)).success &&
    Array.isArray(bound) &&
    bound.length === 1 &&
    areValid(parts, prefix)
  );
}

async function readFields(body: Buffer, contentType: string): Promise<Map<string, string>> {
  if (contentType.startsWith("text/plain")) return new Map([["0", body.toString("utf8")]]);
  const form = await new Response(new Uint8Array(body), {
    headers: { "content-type": contentType },
  }).formData();
  const entries = [...form].map(([name, value]) => [name, typeof value === "string" ? value : ""]);
  return new Map(entries as [string, string][]);
}

/** Whether Next can decode the body of a server action. */
export async function isActionBody(
  body: Buffer,
  contentType: string,
  isScripted: boolean,
): Promise<boolean> {
  try {
    const fields = await readFields(body, contentType);
    return isScripted ? isScriptedAction(fields) : isPlainAction(fields);
  } catch {
    return false;
  }
}
