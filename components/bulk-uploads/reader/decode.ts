import {
  decodeSingleByte,
  detectSingleByte,
  type EncodingChoice,
  type SingleByteEncoding,
} from "./single-byte";

type UnicodeEncoding = "UTF-8" | "UTF-16 LE" | "UTF-16 BE";
export type Encoding = UnicodeEncoding | SingleByteEncoding;

export type DecodedText =
  | { text: string; encoding: Encoding }
  | { problem: string; encodings?: EncodingChoice[] };

const decoderLabels: Record<UnicodeEncoding, string> = {
  "UTF-8": "utf-8",
  "UTF-16 LE": "utf-16le",
  "UTF-16 BE": "utf-16be",
};

/** Recognised by their first bytes, and never opened or unpacked. */
const unsupportedFormats: { bytes: number[]; name: string }[] = [
  { bytes: [0x50, 0x4b, 0x05, 0x06], name: "an empty zip file" },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], name: "an old Excel workbook, or one with a password" },
  { bytes: [0x25, 0x50, 0x44, 0x46], name: "a PDF" },
  { bytes: [0x1f, 0x8b], name: "a compressed file" },
];

export const describeUnsupported = (name: string) =>
  `This is ${name}, not a CSV file or an .xlsx workbook. Save the sheet as “CSV UTF-8”, or copy its cells and paste them.`;

/**
 * Detects the encoding: by byte order mark, as UTF-16 if every other byte is zero, as UTF-8 if valid, and
 * otherwise by the words, because any bytes are valid in the other encodings. The mark is removed.
 *
 * @param chosen the encoding that a person chose
 */
export function decodeBytes(bytes: Uint8Array, chosen?: SingleByteEncoding): DecodedText {
  const unsupported = unsupportedFormats.find((format) => startsWith(bytes, format.bytes));
  if (unsupported) return { problem: describeUnsupported(unsupported.name) };
  const detected = encodingOfByteOrderMark(bytes) ?? guessUtf16(bytes);
  if (detected)
    return { text: new TextDecoder(decoderLabels[detected]).decode(bytes), encoding: detected };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), encoding: "UTF-8" };
  } catch {
    const encoding = chosen ?? detectSingleByte(bytes);
    if (typeof encoding === "string") return { text: decodeSingleByte(bytes, encoding), encoding };
    return {
      problem: "The file does not say how its special characters are stored.",
      encodings: encoding,
    };
  }
}

/** An .xlsx workbook is a zip file. */
export const isZipFile = (bytes: Uint8Array) => startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]);

const startsWith = (bytes: Uint8Array, start: readonly number[]) =>
  start.every((byte, index) => bytes[index] === byte);

function encodingOfByteOrderMark(bytes: Uint8Array): UnicodeEncoding | null {
  if (startsWith(bytes, [0xff, 0xfe])) return "UTF-16 LE";
  if (startsWith(bytes, [0xfe, 0xff])) return "UTF-16 BE";
  return null;
}

/** Western text in UTF-16 has a zero in nearly every other byte, and nowhere else. */
function guessUtf16(bytes: Uint8Array): UnicodeEncoding | null {
  const sample = bytes.subarray(0, 2048);
  const pairs = sample.length >> 1;
  if (pairs < 2) return null;
  const zeros = [0, 0];
  for (let index = 0; index < pairs * 2; index += 1) {
    if (sample[index] === 0) zeros[index & 1] = (zeros[index & 1] ?? 0) + 1;
  }
  const [first = 0, second = 0] = zeros;
  if (second > pairs * 0.7 && first < pairs * 0.05) return "UTF-16 LE";
  if (first > pairs * 0.7 && second < pairs * 0.05) return "UTF-16 BE";
  return null;
}
