import "server-only";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";

/** The content codings that `decodeBody` reads, for the header `Accept-Encoding`. */
export const acceptedEncodings = "gzip, br, deflate";

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  br: promisify(brotliDecompress),
  // Some servers send the format without its header.
  deflate: (body: Buffer, options: { maxOutputLength: number }) =>
    promisify(inflate)(body, options).catch(() => promisify(inflateRaw)(body, options)),
};

const isKnown = (coding: string): coding is keyof typeof decoders =>
  Object.hasOwn(decoders, coding);

/**
 * A reply's body without its content codings, the last of which is removed first.
 *
 * @throws Error for an unknown or broken coding, or when more than `maxBytes` come out
 */
export async function decodeBody(
  body: Buffer,
  contentEncoding: string | string[] | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const codings = String(contentEncoding ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length > 3) throw new Error("Too many content codings.");
  let decoded = body;
  for (const coding of codings.reverse()) {
    if (!isKnown(coding)) throw new Error("Unknown content coding.");
    // An empty body stays empty, whatever its coding.
    if (decoded.length > 0) {
      decoded = await decoders[coding](decoded, { maxOutputLength: maxBytes });
    }
  }
  return decoded;
}
