import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countSmsParts, listCostlyCharacters, nameCharacter } from "@/server/schemas/sms-parts";

const [family, nurse, welshFlag] = ["👨‍👩‍👧", "👩🏽‍⚕️", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"] as const;

describe("the parts of a text message", () => {
  it.each([
    ["an empty text has none", "", "gsm7", 0, 160],
    ["one character", "a", "gsm7", 1, 159],
    ["160 characters are one part", "a".repeat(160), "gsm7", 1, 0],
    ["161 are two parts of 153", "a".repeat(161), "gsm7", 2, 145],
    ["306 fill two parts", "a".repeat(306), "gsm7", 2, 0],
    ["307 are three", "a".repeat(307), "gsm7", 3, 152],
    ["918 fill six parts", "a".repeat(918), "gsm7", 6, 0],
    ["line breaks count as one", "\n".repeat(160), "gsm7", 1, 0],
    ["an extension character counts as two", "€".repeat(80), "gsm7", 1, 0],
    ["one more character than fits", `${"€".repeat(80)}a`, "gsm7", 2, 144],
    [
      "an escape does not stay behind in a part",
      `${"a".repeat(152)}€${"a".repeat(10)}`,
      "gsm7",
      2,
      141,
    ],
    ["an escape that just fits", `${"a".repeat(151)}€${"a".repeat(10)}`, "gsm7", 2, 143],
    ["escapes leave one place of each part empty", "€".repeat(153), "gsm7", 3, 151],
    ["70 characters with one outside GSM-7 are one part", `ŵ${"a".repeat(69)}`, "ucs2", 1, 0],
    ["71 of them are two parts of 67", `ŵ${"a".repeat(70)}`, "ucs2", 2, 63],
    ["134 of them fill two parts", `ŵ${"a".repeat(133)}`, "ucs2", 2, 0],
    ["135 of them are three", `ŵ${"a".repeat(134)}`, "ucs2", 3, 66],
    ["an extension character is one in UCS-2", `ŵ${"€".repeat(69)}`, "ucs2", 1, 0],
    ["an emoji is two", "😀".repeat(35), "ucs2", 1, 0],
    ["36 emoji are two parts of 33", "😀".repeat(36), "ucs2", 2, 61],
    ["a surrogate pair is not split across parts", "😀".repeat(66), "ucs2", 2, 1],
    ["67 emoji are three parts, not two", "😀".repeat(67), "ucs2", 3, 65],
    ["a family is one emoji and eight places", family, "ucs2", 1, 62],
    ["Arabic is one place for each letter", "مرحبا", "ucs2", 1, 65],
    ["Greek capitals are in GSM-7", "ΔΦΓΛΩΠΨΣΘΞ", "gsm7", 1, 150],
    ["other Greek letters are not", "Α", "ucs2", 1, 69],
  ] as const)("%s", (_, text, encoding, parts, charactersLeft) => {
    expect(countSmsParts(text)).toMatchObject({ encoding, parts, charactersLeft });
  });

  it.each([
    ["Welsh: Tŷ", "ŷ"],
    ["Meddygfa’r Dŵr", "’"],
    ["Dŵr a thŷ", "ŵ"],
    ["Gwên", "ê"],
    ["a dash – here", "–"],
    ["too long…", "…"],
    ["façade", "ç"],
    ["a tab\there", "\t"],
    ["a\u00a0space", "\u00a0"],
    ["Well done 👍", "👍"],
    [`Your nurse ${nurse}`, nurse],
    [`Cymru ${welshFlag}`, welshFlag],
    ["שלום", "ש"],
    ["€ and then ` a grave", "`"],
    ["q\u0303 has a mark of its own", "q\u0303"],
    ["half a pair: \ud83d", "\ud83d"],
  ])("the first costly character of %j is %j", (text, character) => {
    expect(countSmsParts(text)).toMatchObject({ encoding: "ucs2", costlyCharacter: character });
  });

  it.each([
    "£5 à la carte @ Elm [1] {2} ~ ^ | \\ €",
    "ÄÖÑÜ äöñü ßÉ é è ù ì ò Ç ØøÅå Ææ ¡¿ §¤ ¥",
    'It\'s 10.30am: "on time"!\r\nThanks',
  ])("no character of %j is costly", (text) => {
    expect(countSmsParts(text)).toMatchObject({ encoding: "gsm7", costlyCharacter: null });
  });

  it("costly characters are listed, each once", () => {
    expect(listCostlyCharacters("Tŷ – ŵyl – tŷ’r £5 é")).toEqual(["ŷ", "–", "ŵ", "’"]);
    expect(listCostlyCharacters(`${nurse} ${nurse} e\u0301`)).toEqual([nurse, "e\u0301"]);
    expect(listCostlyCharacters("£5 à la carte @ Elm [1] €")).toEqual([]);
  });

  it("a part has room for fewer characters once there are several", () => {
    expect(countSmsParts("a".repeat(160)).charactersPerPart).toBe(160);
    expect(countSmsParts("a".repeat(161)).charactersPerPart).toBe(153);
    expect(countSmsParts("ŵ".repeat(70)).charactersPerPart).toBe(70);
    expect(countSmsParts("ŵ".repeat(71)).charactersPerPart).toBe(67);
    expect(countSmsParts("")).toMatchObject({ characters: 0, charactersPerPart: 160 });
  });

  it("the alphabet has 127 characters and 10 of its extension table, and no other", () => {
    const lengths = Array.from({ length: 0x1_0000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => countSmsParts(String.fromCodePoint(code)))
      .filter(({ encoding }) => encoding === "gsm7")
      .map(({ characters }) => characters);
    expect(lengths.filter((length) => length === 1)).toHaveLength(127);
    expect(lengths.filter((length) => length === 2)).toHaveLength(10);
  });
});

/** Parts as they would be sent, filled one after the other. */
function split(text: string, units: (char: string) => number, single: number, multiple: number) {
  const total = [...text].reduce((sum, char) => sum + units(char), 0);
  const parts: string[] = [];
  const max = total <= single ? single : multiple;
  for (const char of text) {
    const last = parts.at(-1);
    const used = [...(last ?? "")].reduce((sum, item) => sum + units(item), 0);
    if (last === undefined || used + units(char) > max) parts.push(char);
    else parts[parts.length - 1] = last + char;
  }
  return parts;
}

describe("every text message", () => {
  const gsmCharacter = fc.constantFrom(..."abcdef XYZ@£é€[]{}~\n");
  const anyCharacter = fc.constantFrom(..."abc €ŵŷ–’\n", "😀", "👍", "م");

  it.each([
    ["gsm7", gsmCharacter, (char: string) => ("€[]{}~".includes(char) ? 2 : 1), 160, 153],
    ["ucs2", anyCharacter, (char: string) => char.length, 70, 67],
  ] as const)(
    "the parts of a text in %s are as many as a plain split has",
    (encoding, character, units, single, multiple) => {
      fc.assert(
        fc.property(fc.array(character, { minLength: 1, maxLength: 500 }), (characters) => {
          const text = characters.join("") + (encoding === "ucs2" ? "ŵ" : "");
          const parts = split(text, units, single, multiple);
          const counted = countSmsParts(text);
          expect(counted).toMatchObject({ encoding, parts: parts.length });
          const used = [...(parts.at(-1) ?? "")].reduce((sum, char) => sum + units(char), 0);
          expect(counted.charactersLeft).toBe((parts.length === 1 ? single : multiple) - used);
        }),
      );
    },
  );

  it("a longer text never has fewer parts, and the named character is in the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 400 }),
        fc.string({ unit: "binary" }),
        (text, more) => {
          const { parts, charactersLeft, costlyCharacter } = countSmsParts(text);
          expect(countSmsParts(text + more).parts).toBeGreaterThanOrEqual(parts);
          expect(charactersLeft).toBeGreaterThanOrEqual(0);
          if (costlyCharacter !== null) expect(text).toContain(costlyCharacter);
        },
      ),
    );
  });
});

describe("a character in a sentence", () => {
  it.each([
    ["ŵ", "“ŵ”"],
    ["👍", "“👍”"],
    [family, `“${family}”`],
    ["\u00a0", "U+00A0"],
    ["\t", "U+0009"],
    ["\u0303", "U+0303"],
    ["\u200d", "U+200D"],
  ])("the name of %j is %s", (character, name) => {
    expect(nameCharacter(character)).toBe(name);
  });
});
