/** Encodings of one byte for each character, which any bytes are valid in. */
const singleByteEncodings = [
  "Windows-1252",
  "Mac OS Roman",
  "DOS code page 850",
  "DOS code page 437",
] as const;
export type SingleByteEncoding = (typeof singleByteEncodings)[number];

// The characters of the bytes from 128. Browsers have no decoder for these.
const dosCharacters: Partial<Record<SingleByteEncoding, string>> = {
  "DOS code page 850":
    "\u00c7\u00fc\u00e9\u00e2\u00e4\u00e0\u00e5\u00e7\u00ea\u00eb\u00e8\u00ef\u00ee\u00ec\u00c4\u00c5\u00c9\u00e6\u00c6\u00f4\u00f6\u00f2\u00fb\u00f9\u00ff\u00d6\u00dc\u00f8\u00a3\u00d8\u00d7\u0192\u00e1\u00ed\u00f3\u00fa\u00f1\u00d1\u00aa\u00ba\u00bf\u00ae\u00ac\u00bd\u00bc\u00a1\u00ab\u00bb\u2591\u2592\u2593\u2502\u2524\u00c1\u00c2\u00c0\u00a9\u2563\u2551\u2557\u255d\u00a2\u00a5\u2510\u2514\u2534\u252c\u251c\u2500\u253c\u00e3\u00c3\u255a\u2554\u2569\u2566\u2560\u2550\u256c\u00a4\u00f0\u00d0\u00ca\u00cb\u00c8\u0131\u00cd\u00ce\u00cf\u2518\u250c\u2588\u2584\u00a6\u00cc\u2580\u00d3\u00df\u00d4\u00d2\u00f5\u00d5\u00b5\u00fe\u00de\u00da\u00db\u00d9\u00fd\u00dd\u00af\u00b4\u00ad\u00b1\u2017\u00be\u00b6\u00a7\u00f7\u00b8\u00b0\u00a8\u00b7\u00b9\u00b3\u00b2\u25a0\u00a0",
  "DOS code page 437":
    "\u00c7\u00fc\u00e9\u00e2\u00e4\u00e0\u00e5\u00e7\u00ea\u00eb\u00e8\u00ef\u00ee\u00ec\u00c4\u00c5\u00c9\u00e6\u00c6\u00f4\u00f6\u00f2\u00fb\u00f9\u00ff\u00d6\u00dc\u00a2\u00a3\u00a5\u20a7\u0192\u00e1\u00ed\u00f3\u00fa\u00f1\u00d1\u00aa\u00ba\u00bf\u2310\u00ac\u00bd\u00bc\u00a1\u00ab\u00bb\u2591\u2592\u2593\u2502\u2524\u2561\u2562\u2556\u2555\u2563\u2551\u2557\u255d\u255c\u255b\u2510\u2514\u2534\u252c\u251c\u2500\u253c\u255e\u255f\u255a\u2554\u2569\u2566\u2560\u2550\u256c\u2567\u2568\u2564\u2565\u2559\u2558\u2552\u2553\u256b\u256a\u2518\u250c\u2588\u2584\u258c\u2590\u2580\u03b1\u00df\u0393\u03c0\u03a3\u03c3\u00b5\u03c4\u03a6\u0398\u03a9\u03b4\u221e\u03c6\u03b5\u2229\u2261\u00b1\u2265\u2264\u2320\u2321\u00f7\u2248\u00b0\u2219\u00b7\u221a\u207f\u00b2\u25a0\u00a0",
};

export function decodeSingleByte(bytes: Uint8Array, encoding: SingleByteEncoding): string {
  const characters = dosCharacters[encoding];
  if (!characters) {
    const label = encoding === "Mac OS Roman" ? "macintosh" : "windows-1252";
    return new TextDecoder(label).decode(bytes);
  }
  // "latin1" is windows-1252 to browsers, so the bytes are mapped by hand, in parts that fit the stack.
  const codes = Uint16Array.from(bytes, (byte) =>
    byte < 128 ? byte : characters.charCodeAt(byte - 128),
  );
  const parts: string[] = [];
  for (let start = 0; start < codes.length; start += 32_768) {
    parts.push(String.fromCharCode(...codes.subarray(start, start + 32_768)));
  }
  return parts.join("");
}

/** One encoding for each different reading of the file's names, as samples to choose from. */
export type EncodingChoice = { encoding: SingleByteEncoding; sample: string };

const maxWords = 500;
const maxSampleWords = 4;

/**
 * The encoding in which all words with special characters look like words and names, if it is the only
 * one; otherwise the different readings.
 */
export function detectSingleByte(bytes: Uint8Array): SingleByteEncoding | EncodingChoice[] {
  const words = collectWords(bytes);
  const readings = singleByteEncodings.map((encoding) => {
    const texts = words.map((word) => decodeSingleByte(word, encoding));
    return {
      encoding,
      text: texts.join(" "),
      sample: [...new Set(texts.map((text) => text.trim()))].slice(0, maxSampleWords).join(", "),
      likely: texts.filter(looksLikeName).length,
    };
  });
  const best = Math.max(...readings.map(({ likely }) => likely));
  const bestReadings = readings.filter(({ likely }) => likely === best);
  const isSame = bestReadings.every(({ text }) => text === bestReadings[0]?.text);
  const first = bestReadings[0];
  if (first && isSame && best >= words.length * 0.9) return first.encoding;
  const distinct = new Map(readings.toReversed().map((reading) => [reading.text, reading]));
  return [...distinct.values()]
    .sort((a, b) => b.likely - a.likely)
    .map(({ encoding, sample }) => ({ encoding, sample }));
}

const isWordByte = (byte: number) =>
  byte >= 128 || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 39;

/** The first words that have a byte above 127, with the character on either side of them. */
function collectWords(bytes: Uint8Array): Uint8Array[] {
  const words: Uint8Array[] = [];
  for (let index = 0; index < bytes.length && words.length < maxWords; index += 1) {
    if ((bytes[index] ?? 0) < 128) continue;
    let start = index;
    while (start > 0 && index - start < 40 && isWordByte(bytes[start - 1] ?? 0)) start -= 1;
    let end = index + 1;
    while (end < bytes.length && end - index < 40 && isWordByte(bytes[end] ?? 0)) end += 1;
    words.push(bytes.subarray(start, end));
    index = end;
  }
  return words;
}

const namePart = /^(?:\p{Lu}?\p{Ll}*|\p{Lu}+|(?:Mc|Mac|De|Di|Le|La|Fitz)\p{Lu}\p{Ll}+)$/u;

function looksLikeName(text: string): boolean {
  // A dash or pound sign on its own.
  if (/^[–—£€]$/.test(text)) return true;
  if (text.length === 1) return false;
  return (
    /^[A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽžŸ'’]+$/.test(text) &&
    !/[×÷ªº]/.test(text) &&
    !/^’|’$/.test(text) &&
    text.split(/['’]/).every((part) => namePart.test(part))
  );
}
