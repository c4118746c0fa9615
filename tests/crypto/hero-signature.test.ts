import { createHmac, createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isSignedByHero } from "@/server/crypto/hero-signature";
import { isFresh, parseHeroTimestamp } from "@/server/schemas/hero-timestamp";

// The worked vectors of Hero's contract, which three runtimes agree on.
const key = createSecretKey(Buffer.from("whsec_test_portal_0001"));
const timestamp = "1770000000";
const text =
  '{"object":"Appointment","id":"4821","practice_group_id":"137","event":"appointment.confirmed"}';
const hex = "8f24f3d9e28b7bc506537eaaef9e732f20cfd8bce32305771d1f16b0f872abe3";
const base64 = "jyTz2eKLe8UGU36q755zLyDP2LzjIwV3HR8WsPhyq+M=";
const vector = { keys: [key], timestamp, signature: hex, rawBody: Buffer.from(text) };

const isAccepted = (overrides: Partial<Parameters<typeof isSignedByHero>[0]> = {}) =>
  isSignedByHero({ ...vector, ...overrides });
const sign = (body: Buffer | string, by = key, at = timestamp) =>
  createHmac("sha256", by).update(`${at}.`).update(body).digest("hex");

describe("c26: the right signature", () => {
  it.each([
    ["lower-case hexadecimal", hex],
    ["upper-case hexadecimal", hex.toUpperCase()],
    ["base64", base64],
    ["base64 without padding", base64.slice(0, -1)],
    ["a prefix", `sha256=${hex}`],
    ["a prefix in upper case, before base64", `SHA256=${base64}`],
    ["spaces around", ` ${hex} `],
  ])("c26: %s is accepted", (_, signature) => {
    expect(isAccepted({ signature })).toBe(true);
  });

  it("c26: the vectors of the re-indented body and of the ISO timestamp hold", () => {
    const indented = Buffer.from(JSON.stringify(JSON.parse(text), null, 2));
    const ofIndented = "a0eb32fbb6ab2eda7e6d6acfd129b6fcad0b45d1c27595228f4b3c2e92c1b7e1";
    expect(isAccepted({ rawBody: indented, signature: ofIndented })).toBe(true);
    expect(isAccepted({ rawBody: indented })).toBe(false);
    expect(isAccepted({ signature: ofIndented })).toBe(false);
    const iso = {
      timestamp: "2026-02-02T02:40:00.000Z",
      signature: "a583802c1bfb44ef8558d249514c7a2a423a23701e91a1e3e86215dc3dd3c2ca",
    };
    expect(isAccepted(iso)).toBe(true);
    expect(isAccepted({ ...iso, timestamp })).toBe(false);
  });

  it("c26: during a rotation either key is accepted, afterwards only the new one", () => {
    const newKey = createSecretKey(Buffer.from("whsec_test_portal_0002"));
    const signedByNew = sign(text, newKey);
    expect(isAccepted({ keys: [newKey, key] })).toBe(true);
    expect(isAccepted({ keys: [newKey, key], signature: signedByNew })).toBe(true);
    expect(isAccepted({ keys: [newKey], signature: signedByNew })).toBe(true);
    expect(isAccepted({ keys: [newKey] })).toBe(false);
  });

  it("c26: bytes are signed as they are, whatever they mean", () => {
    for (const body of ["", "\ufeff{}", '{"a":"🩺"}', "\u0000", Buffer.from([0xff, 0xfe])]) {
      expect(isAccepted({ rawBody: Buffer.from(body as string), signature: sign(body) })).toBe(
        true,
      );
    }
  });
});

describe("c26: anything else is refused", () => {
  const flipBit = (bytes: Buffer, bit: number) => {
    const copy = Buffer.from(bytes);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return copy;
  };

  it("c26: a body with any one bit flipped is refused", () => {
    const body = Buffer.from(text);
    for (let bit = 0; bit < body.length * 8; bit++) {
      expect(isAccepted({ rawBody: flipBit(body, bit) })).toBe(false);
    }
  });

  it("c26: a signature with any one bit flipped is refused", () => {
    for (let bit = 0; bit < 256; bit++) {
      const flipped = flipBit(Buffer.from(hex, "hex"), bit);
      expect(isAccepted({ signature: flipped.toString("hex") })).toBe(false);
      expect(isAccepted({ signature: flipped.toString("base64") })).toBe(false);
    }
  });

  it.each([
    [
      "reordered",
      '{"id":"4821","object":"Appointment","practice_group_id":"137","event":"appointment.confirmed"}',
    ],
    ["with a trailing line break", `${text}\n`],
    ["with a space after a colon", text.replace(":", ": ")],
    ["with a byte order mark", `\ufeff${text}`],
    ["with an emoji", text.replace("4821", "4821🩺")],
    ["with an escaped character", text.replace("A", "\\u0041")],
    ["one byte shorter", text.slice(0, -1)],
    ["empty", ""],
  ])("c26: a body %s is refused", (_, body) => {
    expect(isAccepted({ rawBody: Buffer.from(body) })).toBe(false);
  });

  it.each([
    ["none", undefined],
    ["an empty one", ""],
    ["only a prefix", "sha256="],
    ["one byte too few", hex.slice(0, -2)],
    ["one byte too many", `${hex}00`],
    ["one digit too few", hex.slice(0, -1)],
    ["base64 of one byte too few", Buffer.from(hex, "hex").subarray(1).toString("base64")],
    ["base64 with a character of another alphabet", base64.replace("+", "-")],
    ["base64 of the hexadecimal text", Buffer.from(hex).toString("base64")],
    ["hexadecimal with a space inside", `${hex.slice(0, 32)} ${hex.slice(32)}`],
    ["two of them", `${hex}, ${hex}`],
    ["another prefix", `sha512=${hex}`],
    ["the prefix twice", `sha256=sha256=${hex}`],
    ["zeros", "0".repeat(64)],
    ["of the body without the timestamp", createHmac("sha256", key).update(text).digest("hex")],
    ["with another key", sign(text, createSecretKey(Buffer.from("whsec_test_portal_0002")))],
    [
      "with the key as hexadecimal",
      sign(text, createSecretKey(Buffer.from(key.export().toString("hex")))),
    ],
    ["of SHA-1", createHmac("sha1", key).update(`${timestamp}.${text}`).digest("hex")],
  ])("c26: as signature, %s is refused", (_, signature) => {
    expect(isAccepted({ signature })).toBe(false);
  });

  it("c26: without a timestamp, with another one, or without a key, nothing is accepted", () => {
    const withoutTimestamp = sign(text, key, "");
    expect(isAccepted({ timestamp: undefined, signature: withoutTimestamp })).toBe(false);
    expect(isAccepted({ timestamp: "", signature: withoutTimestamp })).toBe(false);
    expect(isAccepted({ timestamp: "1770000001" })).toBe(false);
    expect(isAccepted({ timestamp: ` ${timestamp}` })).toBe(false);
    expect(isAccepted({ keys: [] })).toBe(false);
  });
});

describe("c26: the time of a signature", () => {
  const at = new Date("2026-02-02T02:40:00.000Z");

  it("c26: seconds, milliseconds and ISO 8601 with a zone are read", () => {
    for (const text of [
      "1770000000",
      "1770000000000",
      "2026-02-02T02:40:00Z",
      "2026-02-02T02:40:00.000Z",
      "2026-02-02T02:40Z",
      "2026-02-02T03:40:00+01:00",
      "2026-02-01T21:40:00.000-0500",
      " 1770000000 ",
    ]) {
      expect([text, parseHeroTimestamp(text)]).toEqual([text, at]);
    }
  });

  it("c26: other timestamps are not read", () => {
    for (const text of [
      "",
      "now",
      "1",
      "177000000",
      "17700000000",
      "-1770000000",
      "1.77e9",
      "1770000000.5",
      "0x69800000",
      "9999999999999",
      "0000000000",
      "2026-02-02",
      "2026-02-02T02:40:00",
      "2026-13-02T02:40:00Z",
      "Mon, 02 Feb 2026 02:40:00 GMT",
      "0000-01-01T00:00:00Z",
    ]) {
      expect([text, parseHeroTimestamp(text)]).toEqual([text, undefined]);
    }
  });

  it("c26: a delivery is on time within five minutes either way, and late a millisecond beyond", () => {
    const shifted = (ms: number) => isFresh(at, new Date(at.getTime() + ms));
    expect([-300_000, 0, 300_000].map(shifted)).toEqual([true, true, true]);
    expect([-300_001, 300_001].map(shifted)).toEqual([false, false]);
    expect(isFresh(undefined, at)).toBe(false);
  });
});
