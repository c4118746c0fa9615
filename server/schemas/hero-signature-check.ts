import { isFresh, parseHeroTimestamp } from "./hero-timestamp";

/**
 * Finds out why a signature of Hero does not match. It runs in the browser of whoever is looking for the
 * mistake, so that neither key nor body is sent anywhere.
 */

/** What can go wrong between the bytes that Hero signed and those that were checked. */
export const signatureRules = {
  reserialised_json: {
    title: "The JSON was re-encoded",
    advice:
      "The signature matches the same JSON with different spaces, order or escapes. Verify the bytes that arrived, before anything parses them.",
  },
  trailing_newline: {
    title: "A line break at the end was added or lost",
    advice:
      "Verify the body exactly as it arrived. Editors, logs and some frameworks change the end of the text.",
  },
  line_breaks: {
    title: "Line breaks were changed",
    advice: "The signature matches the body with other line breaks (CRLF or LF). Read it as bytes.",
  },
  byte_order_mark: {
    title: "A byte order mark was added or lost",
    advice: "Read the body as bytes, without a decoder that adds or removes U+FEFF.",
  },
  key_whitespace: {
    title: "The key has a space or line break around it",
    advice: "Remove what was copied with the key.",
  },
  decoded_key: {
    title: "The key was decoded",
    advice:
      "Use the characters of the key as UTF-8 bytes. Do not decode it as hexadecimal or base64.",
  },
  timestamp_left_out: {
    title: "The timestamp is not part of what was signed",
    advice: "The signed text is the timestamp header, a full stop, and the body.",
  },
  timestamp_changed: {
    title: "The timestamp was changed",
    advice: "Use the header as it arrived: do not convert it to a number, a date or other units.",
  },
  hex_for_base64: {
    title: "Hexadecimal was read as base64, or the reverse",
    advice:
      "Encode or decode the 32 bytes once. 64 characters of 0 to 9 and a to f are hexadecimal; 43 or 44 characters are base64.",
  },
  prefix: {
    title: "The signature has a prefix",
    advice: "Remove what comes before the signature, such as sha256=, before you compare it.",
  },
  not_a_signature: {
    title: "This is not an HMAC-SHA256 signature",
    advice: "It must be 32 bytes, as 64 hexadecimal or 43 to 44 base64 characters.",
  },
  wrong_key: {
    title: "Wrong key or different body",
    advice:
      "No known mistake explains the difference. Each endpoint has its own key, which changes when it is rotated. Check the key, and that the headers are from this request.",
  },
  unreadable_timestamp: {
    title: "The timestamp cannot be read as a time",
    advice: "Hero sends seconds, milliseconds or ISO 8601. Check that the whole header was copied.",
  },
  old_timestamp: {
    title: "The timestamp is more than five minutes from now",
    advice:
      "That is expected for a request that you copied earlier. A verifier that gets it now must treat it as late.",
  },
} as const;
export type SignatureRule = keyof typeof signatureRules;

export type SignatureCheck = {
  /** Whether the signature is right as it is; a prefix `sha256=` is allowed. */
  isRight: boolean;
  /** The mistakes found, the most likely first. Of a right signature, what else to know. */
  rules: SignatureRule[];
  /** The signature that belongs to these values, in hexadecimal. */
  expected: string;
};

const utf8 = new TextEncoder();
type Bytes = Uint8Array<ArrayBuffer>;

const toHex = (bytes: Bytes) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const toBase64 = (bytes: Bytes) => btoa(String.fromCharCode(...bytes));

function fromHex(text: string): Bytes | null {
  if (!/^([0-9a-f]{2})+$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function fromBase64(text: string): Bytes | null {
  try {
    const plain = text.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
    return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

async function sign(key: Bytes, text: string): Promise<Bytes> {
  // WebCrypto refuses an empty key; HMAC pads it with zeros.
  const raw = key.length > 0 ? key : new Uint8Array(1);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", raw, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8.encode(text)));
}

type Variant<Value> = { rule: SignatureRule | null; value: Value };
const asItIs = <Value>(value: Value): Variant<Value> => ({ rule: null, value });

/** As ASCII, which Python writes by default. */
const escapeNonAscii = (json: string) =>
  json.replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** With spaces after commas and colons, as Python writes it by default. */
function withSpaces(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(withSpaces).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]) => `${JSON.stringify(name)}: ${withSpaces(member)}`,
    );
    return `{${members.join(", ")}}`;
  }
  return JSON.stringify(value);
}

function sortNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortNames);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sortNames(member)]));
}

/** Hero's documented order, which a body loses when its names are sorted. */
const documentedOrder = ["object", "id", "practice_group_id", "event"];

function inDocumentedOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const position = (name: string) => {
    const index = documentedOrder.indexOf(name);
    return index === -1 ? documentedOrder.length : index;
  };
  return Object.fromEntries(
    Object.entries(value).toSorted(([a], [b]) => position(a) - position(b)),
  );
}

/** The same JSON as common libraries write it. */
function listSerialisations(body: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  return [value, sortNames(value), inDocumentedOrder(value)].flatMap((ordered) =>
    [
      JSON.stringify(ordered),
      JSON.stringify(ordered, null, 2),
      JSON.stringify(ordered, null, 4),
      JSON.stringify(ordered, null, "\t"),
      withSpaces(ordered),
    ].flatMap((json) => [json, escapeNonAscii(json), json.replaceAll("/", "\\/")]),
  );
}

function listBodies(body: string): Variant<string>[] {
  const isMarked = body.startsWith("\ufeff");
  const ends = /\r?\n$/.test(body) ? [body.replace(/(\r?\n)+$/, "")] : [`${body}\n`, `${body}\r\n`];
  const serialisations = listSerialisations(body);
  return [
    asItIs(body),
    ...ends.map((value) => ({ rule: "trailing_newline" as const, value })),
    { rule: "line_breaks", value: body.replaceAll("\r\n", "\n") },
    { rule: "line_breaks", value: body.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n") },
    { rule: "byte_order_mark", value: isMarked ? body.slice(1) : `\ufeff${body}` },
    ...serialisations
      .flatMap((value) => [value, `${value}\n`])
      .map((value) => ({ rule: "reserialised_json" as const, value })),
  ];
}

function listKeys(key: string): Variant<Bytes>[] {
  const trimmed = key.trim();
  const withoutPrefix = trimmed.replace(/^whsec_/, "");
  const decoded = [fromHex(trimmed), fromBase64(trimmed), fromBase64(withoutPrefix)];
  return [
    asItIs(utf8.encode(key)),
    { rule: "key_whitespace", value: utf8.encode(trimmed) },
    { rule: "key_whitespace", value: utf8.encode(`${trimmed}\n`) },
    ...decoded.flatMap((value) => (value ? [{ rule: "decoded_key" as const, value }] : [])),
  ];
}

/** What comes before the body in the signed text. */
function listPrefixes(timestamp: string): Variant<string>[] {
  const at = parseHeroTimestamp(timestamp);
  const other = at
    ? [String(Math.floor(at.getTime() / 1000)), String(at.getTime()), at.toISOString()]
    : [];
  return [
    asItIs(`${timestamp}.`),
    { rule: "timestamp_left_out", value: "" },
    ...[timestamp.trim(), ...other].map((value) => ({
      rule: "timestamp_changed" as const,
      value: `${value}.`,
    })),
  ];
}

/** The forms in which a signature may be written, and which mistake each is. */
function findEncoding(text: string, signature: Bytes): SignatureRule | "right" | null {
  const hex = toHex(signature);
  const base64 = toBase64(signature);
  if (text.toLowerCase() === hex || text.replace(/=+$/, "") === base64.replace(/=+$/, ""))
    return "right";
  const confused = [
    toBase64(utf8.encode(hex)),
    toHex(utf8.encode(base64)),
    toHex(fromBase64(hex) ?? signature),
    toBase64(fromBase64(hex) ?? signature),
    base64.replaceAll("+", "-").replaceAll("/", "_"),
  ].map((form) => form.replace(/=+$/, ""));
  return confused.includes(text.replace(/=+$/, "")) ? "hex_for_base64" : null;
}

/** `sha256=` is accepted by the portal. Any other prefix, such as `v1,`, is a mistake. */
const anyPrefix = /^[a-z][a-z0-9-]*[=:,]\s*(?=[^=])/i;
const allowedPrefix = /^sha256=/i;

export type SignatureCheckInput = {
  /** The headers as they arrived. */
  timestamp: string;
  signature: string;
  body: string;
  key: string;
};

/** Checks a signature, and names the mistake when it is wrong. @param now for the age of the timestamp */
export async function checkHeroSignature(
  { timestamp, signature, body, key }: SignatureCheckInput,
  now: Date,
): Promise<SignatureCheck> {
  const given = signature.trim();
  const text = given.replace(anyPrefix, "");
  const hasPrefix = text !== given;
  const expected = toHex(await sign(utf8.encode(key), `${timestamp}.${body}`));
  const at = parseHeroTimestamp(timestamp);
  const age: SignatureRule[] = at
    ? isFresh(at, now)
      ? []
      : ["old_timestamp"]
    : ["unreadable_timestamp"];

  const found = await findMistakes(text, { timestamp, body, key });
  if (!found) {
    const isSignature = [fromHex(text), fromBase64(text)].some((bytes) => bytes?.length === 32);
    return {
      isRight: false,
      rules: [isSignature ? "wrong_key" : "not_a_signature", ...age],
      expected,
    };
  }
  const rules: SignatureRule[] = [...found, ...(hasPrefix ? (["prefix"] as const) : []), ...age];
  const isRight = found.length === 0 && (!hasPrefix || allowedPrefix.test(given));
  return { isRight, rules, expected };
}

/** The fewest mistakes with which the signature matches; null when none do. */
async function findMistakes(
  text: string,
  { timestamp, body, key }: Omit<SignatureCheckInput, "signature">,
): Promise<SignatureRule[] | null> {
  const tries = listPrefixes(timestamp).flatMap((prefix) =>
    listBodies(body).flatMap((content) =>
      listKeys(key).map((secret) => ({
        rules: [content.rule, secret.rule, prefix.rule].filter((rule) => rule !== null),
        text: prefix.value + content.value,
        key: secret.value,
      })),
    ),
  );
  for (const attempt of tries.toSorted((a, b) => a.rules.length - b.rules.length)) {
    // Three mistakes at once explain nothing any more.
    if (attempt.rules.length > 2) break;
    const encoding = findEncoding(text, await sign(attempt.key, attempt.text));
    if (encoding) return encoding === "right" ? attempt.rules : [...attempt.rules, encoding];
  }
  return null;
}
