import "server-only";
import { createHash } from "node:crypto";
import { request as send } from "undici";
import { env } from "../env";
import { errorCodeOfNetworkError, errorCodeOfStatus, HeroError } from "./errors";

const maxBytes = 4 * 1024 * 1024;
const operation = "elementScript";

/** The content at a script's address: `sha256` in hex, `size` in bytes. */
export type ScriptDigest = { sha256: string; size: number };

/**
 * Fetches an element's script as a browser would, without a key and without running it. One attempt;
 * redirects are not followed; an empty reply or more than 4 MiB is an error.
 *
 * @throws HeroError
 */
export async function fetchElementScript(url: string): Promise<ScriptDigest> {
  const createError = (code: HeroError["code"], cause?: unknown) =>
    new HeroError(code, operation, { cause });
  try {
    const reply = await send(url, {
      // Servers compress differently; the script itself is the same.
      headers: { accept: "*/*", "accept-encoding": "identity" },
      signal: AbortSignal.timeout(env().HERO_TIMEOUT_MS),
    });
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of reply.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw createError("unreadable_reply");
      hash.update(chunk);
    }
    if (reply.statusCode !== 200) throw createError(errorCodeOfStatus(reply.statusCode));
    const encoding = reply.headers["content-encoding"] ?? "identity";
    if (size === 0 || encoding !== "identity") throw createError("unreadable_reply");
    return { sha256: hash.digest("hex"), size };
  } catch (error) {
    throw error instanceof HeroError ? error : createError(errorCodeOfNetworkError(error), error);
  }
}
