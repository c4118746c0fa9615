import "server-only";
import { createHash } from "node:crypto";
import { request as send } from "undici";
import { env } from "../env";
import { acceptedEncodings, decodeBody } from "./decode-body";
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
      headers: { accept: "*/*", "accept-encoding": acceptedEncodings },
      signal: AbortSignal.timeout(env().HERO_TIMEOUT_MS),
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of reply.body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw createError("unreadable_reply");
      chunks.push(chunk);
    }
    if (reply.statusCode !== 200) throw createError(errorCodeOfStatus(reply.statusCode));
    // Servers compress differently; the script itself is the same.
    const script = await decodeBody(
      Buffer.concat(chunks),
      reply.headers["content-encoding"],
      maxBytes,
    ).catch((cause: unknown) => {
      throw createError("unreadable_reply", cause);
    });
    if (script.length === 0) throw createError("unreadable_reply");
    return { sha256: createHash("sha256").update(script).digest("hex"), size: script.length };
  } catch (error) {
    throw error instanceof HeroError ? error : createError(errorCodeOfNetworkError(error), error);
  }
}
