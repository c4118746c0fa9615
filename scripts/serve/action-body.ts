import { z } from "zod";

/**
 * Reads the body of a server action before Next does: Next answers every body that it cannot decode as a
 * failure of ours, and never answers one that waits for itself. Only what our forms send is passed on: text
 * fields, and the state of the form as plain JSON. Everything else in React's notation, such as `$1`, is rejected.
 */

const maxDepth = 20;

function isPlainJson(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return !/^\$(?!\$|undefined$)/.test(value);
  if (typeof value !== "object" || value === null) return true;
  return (
    depth < maxDepth &&
    Object.entries(value).every(
      ([key, member]) => key !== "__proto__" && isPlainJson(member, depth + 1),
    )
  );
}

const formReference = z.string().regex(/^\$K[0-9a-f]{1,4}$/);
const formState = z.unknown().refine((state) => isPlainJson(state));

/** Of actions without arguments, of a form's `action`, and of `useActionState`. */
const scriptedArguments = z.union([
  z.tuple([]),
  z.tuple([formReference]),
  z.tuple([formState, formReference]),
]);

const boundAction = z.object({ id: z.string().regex(/^[0-9a-f]+$/), bound: z.literal("$@1") });
const boundArguments = z.tuple([formState]);

type Fields = ReadonlyMap<string, string>;

const parseField = (fields: Fields, name: string): unknown => JSON.parse(fields.get(name) ?? "");

/** As a browser sends it without scripts: the action and its state are in hidden fields. */
function isPlainAction(fields: Fields): boolean {
  const names = [...fields.keys()].filter((name) => /^\$ACTION_(ID|REF)_/.test(name));
  const [name = ""] = names;
  if (names.length !== 1) return false;
  if (name.startsWith("$ACTION_ID_")) return /^\$ACTION_ID_[0-9a-f]+$/.test(name);
  const prefix = name.replace("_REF", "");
  return (
    boundAction.safeParse(parseField(fields, `${prefix}:0`)).success &&
    boundArguments.safeParse(parseField(fields, `${prefix}:1`)).success
  );
}

const isScriptedAction = (fields: Fields) =>
  scriptedArguments.safeParse(parseField(fields, "0")).success;

/** The fields of a form without files, each named once. */
async function readForm(body: Buffer, contentType: string): Promise<[FormData, Fields]> {
  const form = await new Response(new Uint8Array(body), {
    headers: { "content-type": contentType },
  }).formData();
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (typeof value !== "string" || fields.has(name)) throw new Error("Unexpected field.");
    fields.set(name, value);
  }
  return [form, fields];
}

/**
 * The body for Next, or undefined where Next could not decode it. A form is written again as it was understood
 * here, so that another parser cannot understand something else.
 */
export async function readActionBody(
  body: Buffer,
  contentType: string,
  isScripted: boolean,
): Promise<{ body: Buffer; contentType: string } | undefined> {
  try {
    if (/^text\/plain/i.test(contentType)) {
      const isValid = isScriptedAction(new Map([["0", body.toString("utf8")]]));
      return isValid ? { body, contentType: "text/plain;charset=UTF-8" } : undefined;
    }
    const [form, fields] = await readForm(body, contentType);
    if (!(isScripted ? isScriptedAction(fields) : isPlainAction(fields))) return undefined;
    const rewritten = new Response(form);
    return {
      body: Buffer.from(await rewritten.arrayBuffer()),
      contentType: rewritten.headers.get("content-type") ?? "",
    };
  } catch {
    return undefined;
  }
}
