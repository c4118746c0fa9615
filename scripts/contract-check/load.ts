import { readFile, stat } from "node:fs/promises";

const maxBytes = 20 * 1024 * 1024;
const maxMs = 30_000;

/**
 * The text of a description, from a file or an address.
 * @throws Error with one sentence when it cannot be read
 */
export async function loadText(source: string): Promise<string> {
  if (/^https?:\/\//.test(source)) return fetchText(source);
  const file = await stat(source).catch(() => undefined);
  if (!file?.isFile()) throw new Error(`There is no file ${source}.`);
  if (file.size > maxBytes) throw tooLarge(source);
  return readFile(source, "utf8");
}

const tooLarge = (source: string) => new Error(`${source} is larger than 20 MB.`);

async function fetchText(address: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(maxMs) });
    if (!response.ok) throw new Error(`${address} answered with status ${response.status}.`);
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(address);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(address)) throw error;
    throw new Error(`${address} could not be read.`, { cause: error });
  }
  return Buffer.concat(chunks).toString("utf8");
}
