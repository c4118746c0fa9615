import { brotliCompressSync, gzipSync } from "node:zlib";

/** How the proxy answers one request. `true` for `isForwarded` means that Hero does the work first. */
export type Bend = {
  readonly name: string;
  /** Whether the client must give the same result as without the bend. */
  readonly isHarmless: boolean;
  readonly isForwarded: boolean;
  /** The reply in place of Hero's; `ending` for a connection that does not end well. */
  readonly bend: (reply: string) => {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: string | Buffer;
    readonly ending?: "reset" | "late";
  };
};

type Path = readonly (string | number)[];

/** The paths of every field in a reply; of a list, the fields of its first item. */
function fieldPaths(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.length > 0 ? fieldPaths(value[0], [...path, 0]) : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, field]) => [
    [...path, name],
    ...fieldPaths(field, [...path, name]),
  ]);
}

const fieldOf = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (parent, step) => (parent as Record<string | number, unknown> | null | undefined)?.[step],
    value,
  );

/** The reply with another value in a field; without the field when the value is undefined. */
function withField(reply: string, path: Path, value: unknown): string {
  const json: unknown = JSON.parse(reply);
  const parent = fieldOf(json, path.slice(0, -1)) as Record<string | number, unknown> | undefined;
  // Another reply of the same operation may have no such field.
  if (parent && typeof parent === "object") parent[path.at(-1) ?? ""] = value;
  return JSON.stringify(json);
}

/** The bends that every operation has. */
const wholeReplyBends: Bend[] = [
  {
    name: "unknown field",
    isHarmless: true,
    isForwarded: true,
    bend: (reply) => ({ body: withField(reply, ["field_of_tomorrow"], { deep: [1] }) }),
  },
  {
    name: "HTML",
    isHarmless: false,
    isForwarded: true,
    bend: () => ({
      headers: { "content-type": "text/html" },
      body: "<!doctype html><h1>Maintenance</h1>",
    }),
  },
  {
    name: "429 with seconds",
    isHarmless: false,
    isForwarded: false,
    bend: () => ({ status: 429, headers: { "retry-after": "1" }, body: "{}" }),
  },
  {
    name: "429 with a date",
    isHarmless: false,
    isForwarded: false,
    bend: () => ({
      status: 429,
      headers: { "retry-after": new Date(Date.now() + 60_000).toUTCString() },
      body: "{}",
    }),
  },
  { name: "503", isHarmless: false, isForwarded: true, bend: () => ({ status: 503, body: "{}" }) },
  {
    name: "reset in the body",
    isHarmless: false,
    isForwarded: true,
    bend: (reply) => ({ body: reply, ending: "reset" }),
  },
  {
    name: "slower than the time limit",
    isHarmless: false,
    isForwarded: true,
    bend: (reply) => ({ body: reply, ending: "late" }),
  },
  {
    name: "gzip",
    isHarmless: true,
    isForwarded: true,
    bend: (reply) => ({ headers: { "content-encoding": "gzip" }, body: gzipSync(reply) }),
  },
  {
    name: "br",
    isHarmless: true,
    isForwarded: true,
    bend: (reply) => ({ headers: { "content-encoding": "br" }, body: brotliCompressSync(reply) }),
  },
];

/** Every bend of an operation, from one of its replies: those of the whole reply and of each field. */
export function bendsOf(reply: string): Bend[] {
  const json: unknown = JSON.parse(reply);
  const ofField = (name: string, path: Path, value: unknown): Bend => ({
    name: `${name}: ${path.join(".")}`,
    isHarmless: false,
    isForwarded: true,
    bend: (text) => ({ body: withField(text, path, value) }),
  });
  const fieldBends = fieldPaths(json).flatMap((path) => {
    const value = fieldOf(json, path);
    return [
      ofField("null", path, null),
      ofField("dropped", path, undefined),
      ...(typeof value === "string"
        ? [
            ofField("number for a string", path, 7),
            ofField("unknown value", path, "VALUE_OF_TOMORROW"),
          ]
        : []),
    ];
  });
  return [...wholeReplyBends, ...fieldBends];
}
