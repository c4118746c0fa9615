import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  checkHeroSignature,
  type SignatureCheckInput,
  type SignatureRule,
} from "@/server/schemas/hero-signature-check";

const key = "whsec_test_portal_0001";
const timestamp = "1770000000";
const body =
  '{"object":"Appointment","id":"4821","practice_group_id":"137","event":"appointment.confirmed"}';
const hex = "8f24f3d9e28b7bc506537eaaef9e732f20cfd8bce32305771d1f16b0f872abe3";
const base64 = "jyTz2eKLe8UGU36q755zLyDP2LzjIwV3HR8WsPhyq+M=";
const now = new Date(1_770_000_060_000);

const hmac = (signed: string, secret: string | Buffer = key) =>
  createHmac("sha256", secret).update(signed).digest();

const check = (changes: Partial<SignatureCheckInput>, at = now) =>
  checkHeroSignature({ timestamp, signature: hex, body, key, ...changes }, at);

describe("a right signature", () => {
  it.each([
    ["hexadecimal", hex],
    ["capital hexadecimal", hex.toUpperCase()],
    ["base64", base64],
    ["base64 without padding", base64.replace("=", "")],
  ])("the worked example is valid as %s", async (_, signature) => {
    expect(await check({ signature })).toEqual({ isRight: true, rules: [], expected: hex });
  });

  it("the prefix sha256= is allowed, and reported", async () => {
    expect(await check({ signature: `sha256=${hex}` })).toMatchObject({
      isRight: true,
      rules: ["prefix"],
    });
  });

  it("the contract's other timestamp formats are valid", async () => {
    const iso = "2026-02-02T02:40:00.000Z";
    expect(
      await check({
        timestamp: iso,
        signature: "a583802c1bfb44ef8558d249514c7a2a423a23701e91a1e3e86215dc3dd3c2ca",
      }),
    ).toMatchObject({ isRight: true, rules: [] });
  });

  it("a timestamp more than five minutes away is reported, and the signature stays valid", async () => {
    const late = new Date(1_770_000_301_000);
    expect(await check({}, late)).toMatchObject({ isRight: true, rules: ["old_timestamp"] });
    expect(await check({}, new Date(1_770_000_300_000))).toMatchObject({ rules: [] });
    const early = new Date(1_769_999_699_000);
    expect(await check({}, early)).toMatchObject({ rules: ["old_timestamp"] });
  });

  it("an unreadable timestamp is reported", async () => {
    const signature = hmac(`yesterday.${body}`).toString("hex");
    expect(await check({ timestamp: "yesterday", signature })).toMatchObject({
      isRight: true,
      rules: ["unreadable_timestamp"],
    });
  });
});

describe("a signature that does not match", () => {
  const indented = JSON.stringify(JSON.parse(body), null, 2);
  const escaped = '{"note":"caf\\u00e9 a\\/b","n":1}';

  const cases: [string, Partial<SignatureCheckInput>, SignatureRule[]][] = [
    ["JSON with an indent", { body: indented }, ["reserialised_json"]],
    [
      "JSON that was compacted",
      { signature: hmac(`${timestamp}.${indented}`).toString("hex") },
      ["reserialised_json"],
    ],
    [
      "JSON in another order",
      {
        body: '{"event":"appointment.confirmed","id":"4821","object":"Appointment","practice_group_id":"137"}',
      },
      ["reserialised_json"],
    ],
    [
      "JSON whose letters were unescaped",
      {
        body: '{"note":"café a/b","n":1}',
        signature: hmac(`${timestamp}.${escaped.replace("\\/", "/")}`).toString("hex"),
      },
      ["reserialised_json"],
    ],
    ["a line break at the end", { body: `${body}\n` }, ["trailing_newline"]],
    [
      "a lost line break at the end",
      { signature: hmac(`${timestamp}.${body}\n`).toString("hex") },
      ["trailing_newline"],
    ],
    [
      "other line breaks",
      { body: "a\nb", signature: hmac(`${timestamp}.a\r\nb`).toString("hex") },
      ["line_breaks"],
    ],
    ["a byte order mark", { body: `\ufeff${body}` }, ["byte_order_mark"]],
    ["a space around the key", { key: ` ${key}\n` }, ["key_whitespace"]],
    [
      "a key that was decoded",
      {
        key: "c2VjcmV0LWtleQ==",
        signature: hmac(`${timestamp}.${body}`, Buffer.from("secret-key")).toString("hex"),
      },
      ["decoded_key"],
    ],
    ["the body alone", { signature: hmac(body).toString("hex") }, ["timestamp_left_out"]],
    [
      "a timestamp in milliseconds",
      { signature: hmac(`1770000000000.${body}`).toString("hex") },
      ["timestamp_changed"],
    ],
    [
      "hexadecimal in base64",
      { signature: Buffer.from(hex).toString("base64") },
      ["hex_for_base64"],
    ],
    [
      "hexadecimal that was decoded as base64",
      { signature: Buffer.from(hex, "base64").toString("hex") },
      ["hex_for_base64"],
    ],
    [
      "URL-safe base64",
      { signature: base64.replaceAll("+", "-").replace("=", "") },
      ["hex_for_base64"],
    ],
    ["a prefix that is not sha256", { signature: `v1,${base64}` }, ["prefix"]],
    ["another key", { key: "whsec_other" }, ["wrong_key"]],
    ["a flipped bit", { signature: hex.replace(/^8/, "9") }, ["wrong_key"]],
    ["a cut signature", { signature: hex.slice(0, 60) }, ["not_a_signature"]],
    ["an empty signature", { signature: "" }, ["not_a_signature"]],
    [
      "two mistakes at once",
      { body: `${body}\n`, key: ` ${key}` },
      ["trailing_newline", "key_whitespace"],
    ],
  ];

  it.each(cases)("%s is named", async (_, changes, rules) => {
    expect(await check(changes)).toMatchObject({ isRight: false, rules });
  });

  it("an empty key and an empty body are checked as well", async () => {
    expect(await check({ key: "", body: "" })).toMatchObject({ rules: ["wrong_key"] });
  });
});
