/**
 * The length of a text message in parts (3GPP TS 23.038 and 23.040). An estimate: the practice's supplier may
 * add a prefix, or replace characters.
 */

type SmsParts = {
  /** GSM-7, or UCS-2 once one character is outside GSM-7. */
  encoding: "gsm7" | "ucs2";
  /** Characters as the standard counts them: those of the extension table are two, most emoji as well. */
  characters: number;
  /** None for an empty text. */
  parts: number;
  /** Fewer where a message has several parts: each then has a header. */
  charactersPerPart: number;
  /** How many fit into the last part, without another one. */
  charactersLeft: number;
  /** The first of `listCostlyCharacters`. */
  costlyCharacter: string | null;
};

const basicCharacters = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Sent as an escape and a character, which stay in one part. */
const extensionCharacters = new Set("\f^{}\\[~]|€");

const partLengths = {
  gsm7: { single: 160, multiple: 153 },
  ucs2: { single: 70, multiple: 67 },
};

const graphemes = new Intl.Segmenter("en-GB", { granularity: "grapheme" });

const isGsm7 = (char: string) => basicCharacters.has(char) || extensionCharacters.has(char);

/** The characters outside GSM-7, as people see them and each once: with one of them, fewer fit into a part. */
export function listCostlyCharacters(text: string): string[] {
  if ([...text].every(isGsm7)) return [];
  const characters = Array.from(graphemes.segment(text), ({ segment }) => segment);
  return [...new Set(characters.filter((character) => ![...character].every(isGsm7)))];
}

/** Counts the parts of a text that is complete: with its link, and with line breaks as `\n`. */
export function countSmsParts(text: string): SmsParts {
  const [costlyCharacter = null] = listCostlyCharacters(text);
  const encoding = costlyCharacter === null ? "gsm7" : "ucs2";
  const lengthOf = (char: string) =>
    encoding === "gsm7" ? (extensionCharacters.has(char) ? 2 : 1) : char.length;
  const codePoints = [...text];
  const characters = codePoints.reduce((total, char) => total + lengthOf(char), 0);
  const { single, multiple } = partLengths[encoding];
  const charactersPerPart = characters <= single ? single : multiple;
  let parts = 0;
  let charactersLeft = 0;
  for (const char of codePoints) {
    // Two units that belong together, such as an escape and its character, are not split across parts.
    if (charactersLeft < lengthOf(char)) {
      parts += 1;
      charactersLeft = charactersPerPart;
    }
    charactersLeft -= lengthOf(char);
  }
  if (parts === 0) charactersLeft = single;
  return { encoding, characters, parts, charactersPerPart, charactersLeft, costlyCharacter };
}

/** A character in a sentence: “ŵ”; an invisible one by its number. */
export function nameCharacter(character: string): string {
  return /^[\s\p{C}\p{M}]/u.test(character)
    ? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
    : `“${character}”`;
}
