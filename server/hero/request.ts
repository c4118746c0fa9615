import "server-only";
import { Agent, request as send } from "undici";
import type { z } from "zod";
import { env, heroBaseUrl } from "../env";
import { acceptedEncodings, decodeBody } from "./decode-body";
import { errorCodeOfNetworkError, errorCodeOfStatus, HeroError } from "./errors";
import type { PracticeGroupId } from "./practice-group";

/**
 * The only request function of the Hero client.
 *
 * Covered (`openapi/hero.yaml`): the practice, its capabilities and Elements, appointment types,
 * locations, practitioners; free slots: list, read, count; appointments: reserve, read, edit, book,
 * cancel, reschedule; the practice's settings: read, name and address also change; forms: list, read;
 * patients: trace, register, read, connect to the clinical system, merge; a patient's files: list, link;
 * booking links: create, read, change, list; form and video links: create; any link's status; tokens for
 * Elements; messages to one patient: send, read; batches of messages: create, list, read, send, list
 * recipients and messages; message templates: list; messages that Hero sends by itself: list, read;
 * webhooks: create, list, delete; submitted forms: read; tasks: list, read, change; the practice's staff:
 * list. Left out permanently: changing staff, invoicing, subscriptions.
 */

type HeroEnvironment = "sandbox" | "staging" | "production";

/** Limits the rate and concurrency of each key, across all processes. */
export type HeroLimiter = {
  /** Waits for a free slot; resolves to the function that releases it. @throws HeroError `busy` */
  acquire(operation: Pick<HeroOperation, "name" | "method">): Promise<() => Promise<void>>;
  /** Stops all calls for this long, as Hero requested. */
  pause(ms: number): Promise<void>;
};

/** The record of a call: metadata only. */
export type HeroCallRecord = {
  readonly operation: string;
  readonly method: string;
  readonly pathTemplate: string;
  readonly practiceGroupId: string;
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly durationMs: number;
  readonly upstreamRequestId: string | null;
};

/** Everything a call needs, from one row: key, practice and environment belong together. */
export type HeroConnection = {
  readonly environment: HeroEnvironment;
  /** The environment the key was saved for. Calls to any other are refused and not sent. */
  readonly keyEnvironment: HeroEnvironment;
  readonly apiKey: string;
  /**
   * Reads the stored key again. Called after a long wait for a slot, because the key may have been replaced.
   * @throws HeroError `disconnected`
   */
  readonly readApiKey?: () => Promise<string>;
  readonly practiceGroupId: PracticeGroupId;
  readonly limiter: HeroLimiter;
  readonly onCall: (record: HeroCallRecord) => void;
};

export type HeroOperation = {
  /** The contract's operationId. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly path: `/${string}`;
};

export type HeroArguments = {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: Readonly<Record<string, unknown>>;
};

/** A key that was read longer ago than this is read again before a call, in milliseconds. */
export const maxKeyAgeMs = 500;
const maxReplyBytes = 4 * 1024 * 1024;
/** The longest pause of a key. A longer `Retry-After` ends in one call that asks again. */
const maxPauseMs = 60_000;
/** Waits before the second and third attempt of a read, unless Hero sends another. */
const retryDelaysMs = [300, 1200];
/** A longer Retry-After becomes an error for the person instead. */
const maxRetryWaitMs = 3000;
const retryableCodes = new Set([
  "rate_limited",
  "upstream_failed",
  "connection_lost",
  "unreachable",
]);

/** Names the portal, so that Hero can reach those who run it. */
const userAgent = () => `HeroPartnerPortal (+${env().PUBLIC_URL})`;

const agent = new Agent({ connect: { timeout: 3000 }, connections: 128, keepAliveTimeout: 3000 });

function buildUrl(environment: HeroEnvironment, path: string, { path: ids, query }: HeroArguments) {
  const filledPath = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = ids?.[name];
    // A dot, or two, would change the path even when encoded.
    if (!value || /^\.{1,2}$/.test(value)) throw new Error(`The path needs ${name}.`);
    return encodeURIComponent(value);
  });
  const url = new URL(heroBaseUrl(environment) + filledPath);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** A header's value; the first when it was sent twice. */
const firstOf = (header: string | string[] | undefined) =>
  (Array.isArray(header) ? header[0] : header)?.trim();

/** An HTTP date in milliseconds; NaN for anything else, which `Date.parse` might still read. */
const parseHttpDate = (text: string) =>
  /^[A-Za-z]{3,}/.test(text) ? Date.parse(text.endsWith("GMT") ? text : `${text} GMT`) : Number.NaN;

/**
 * `Retry-After` in milliseconds, at most `maxPauseMs`. A date is measured from the reply's own `Date`, so
 * that a wrong clock on either side does not matter.
 */
function parseRetryAfter(headers: Record<string, string | string[] | undefined>) {
  const text = firstOf(headers["retry-after"]);
  if (!text) return undefined;
  const sentAt = parseHttpDate(firstOf(headers.date) ?? "");
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : parseHttpDate(text) - (Number.isNaN(sentAt) ? Date.now() : sentAt);
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), maxPauseMs);
}

/** The inputs that a documented 400 body rejects (assumption 2). */
function rejectedFields(text: string): string[] {
  try {
    const reply: unknown = JSON.parse(text);
    const issues = reply && typeof reply === "object" && "message" in reply ? reply.message : [];
    if (!Array.isArray(issues)) return [];
    return issues.flatMap((issue: { path?: unknown }) =>
      Array.isArray(issue?.path) && typeof issue.path.at(-1) === "string"
        ? [issue.path.at(-1) as string]
        : [],
    );
  } catch {
    return [];
  }
}

type Reply = {
  metadata: { status: number; upstreamRequestId?: string; retryAfterMs?: number };
  /** As it was sent: not decoded. */
  body: Buffer;
  contentEncoding: string | string[] | undefined;
};

async function sendOnce(
  connection: HeroConnection,
  operation: HeroOperation,
  args: HeroArguments,
): Promise<Reply> {
  const signal = AbortSignal.timeout(env().HERO_TIMEOUT_MS);
  const createError = (code: HeroError["code"], details: HeroError["details"]) =>
    new HeroError(code, operation.name, details);
  const reply = await send(buildUrl(connection.environment, operation.path, args), {
    dispatcher: agent,
    method: operation.method,
    headers: {
      accept: "application/json",
      "accept-encoding": acceptedEncodings,
      "user-agent": userAgent(),
      "x-api-key": connection.apiKey,
      "x-practice-group-id": connection.practiceGroupId,
      ...(args.body ? { "content-type": "application/json" } : {}),
    },
    body: args.body ? JSON.stringify(args.body) : null,
    signal,
  }).catch((cause: unknown) => {
    throw createError(errorCodeOfNetworkError(cause), { cause });
  });
  const upstreamRequestId = firstOf(reply.headers["x-request-id"])?.slice(0, 100);
  const retryAfterMs = parseRetryAfter(reply.headers);
  const metadata = {
    status: reply.statusCode,
    ...(upstreamRequestId && { upstreamRequestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of reply.body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxReplyBytes) throw createError("unreadable_reply", metadata);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof HeroError) throw cause;
    // The status arrived but not the body: an error keeps its status, a success is unreadable.
    const code = metadata.status >= 300 ? errorCodeOfStatus(metadata.status) : "unreadable_reply";
    throw createError(errorCodeOfNetworkError(cause) === "timed_out" ? "timed_out" : code, {
      ...metadata,
      cause,
    });
  }
  return {
    metadata,
    body: Buffer.concat(chunks),
    contentEncoding: reply.headers["content-encoding"],
  };
}

/** The reply's text, without its content codings and byte order mark. @throws Error */
async function readText({ body, contentEncoding }: Reply): Promise<string> {
  return new TextDecoder().decode(await decodeBody(body, contentEncoding, maxReplyBytes));
}

async function readReply<Result>(reply: Reply, schema: z.ZodType<Result>): Promise<Result> {
  const text = await readText(reply);
  // PostgreSQL accepts no NUL in text, and no valid reply has one.
  if (/\\u0000/.test(text)) throw new Error("The reply has a NUL.");
  return schema.parse(JSON.parse(text));
}

async function attempt<Result>(
  connection: HeroConnection,
  operation: HeroOperation,
  args: HeroArguments,
  schema: z.ZodType<Result> | "unread",
): Promise<Result | undefined> {
  const startedAt = performance.now();
  let status: number | undefined;
  let upstreamRequestId: string | undefined;
  let errorCode: string | null = null;
  try {
    const reply = await sendOnce(connection, operation, args);
    const { metadata } = reply;
    ({ status, upstreamRequestId } = metadata);
    if (status < 200 || status > 299) {
      throw new HeroError(errorCodeOfStatus(status), operation.name, {
        ...metadata,
        fields: status === 400 ? await readText(reply).then(rejectedFields, () => []) : [],
      });
    }
    if (schema === "unread") return undefined;
    // Without the cause, which may quote the reply.
    return await readReply(reply, schema).catch(() => {
      throw new HeroError("unreadable_reply", operation.name, metadata);
    });
  } catch (error) {
    if (error instanceof HeroError) {
      errorCode = error.code;
      status ??= error.details.status;
      upstreamRequestId ??= error.details.upstreamRequestId;
    }
    throw error;
  } finally {
    connection.onCall({
      operation: operation.name,
      method: operation.method,
      pathTemplate: operation.path,
      practiceGroupId: connection.practiceGroupId,
      status: status ?? null,
      errorCode,
      durationMs: Math.round(performance.now() - startedAt),
      upstreamRequestId: upstreamRequestId ?? null,
    });
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How long Hero asked all callers to wait: on a 429 always, on a 503 when it says so. */
function pauseMsOf({ code, details }: HeroError): number | undefined {
  if (code === "rate_limited") return details.retryAfterMs ?? 1000;
  return details.status === 503 ? details.retryAfterMs : undefined;
}

/**
 * Calls one operation and returns the validated reply, or nothing when the body is not read. Reads (GET)
 * are attempted up to three times, writes exactly once. `Retry-After` delays every process that uses the
 * key.
 *
 * @throws HeroError for every network, HTTP or reply error
 */
export function request(
  connection: HeroConnection,
  operation: HeroOperation,
  args: HeroArguments,
  schema: "unread",
): Promise<void>;
export function request<Result>(
  connection: HeroConnection,
  operation: HeroOperation,
  args: HeroArguments,
  schema: z.ZodType<Result>,
): Promise<Result>;
export async function request<Result>(
  connection: HeroConnection,
  operation: HeroOperation,
  args: HeroArguments,
  schema: z.ZodType<Result> | "unread",
): Promise<Result | undefined> {
  if (connection.environment !== connection.keyEnvironment) {
    throw new HeroError("wrong_environment", operation.name);
  }
  for (let retries = 0; ; retries++) {
    const waitsSince = performance.now();
    const release = await connection.limiter.acquire(operation);
    const hasWaited = performance.now() - waitsSince > maxKeyAgeMs;
    let failure: HeroError;
    try {
      const apiKey = (hasWaited && (await connection.readApiKey?.())) || connection.apiKey;
      return await attempt({ ...connection, apiKey }, operation, args, schema);
    } catch (error) {
      if (!(error instanceof HeroError)) throw error;
      failure = error;
    } finally {
      // Released in the background: only the next call needs the slot.
      void release();
    }
    const pauseMs = pauseMsOf(failure);
    if (pauseMs !== undefined) await connection.limiter.pause(pauseMs);
    const delay = retryDelaysMs[retries];
    const canRetry = operation.method === "GET" && retryableCodes.has(failure.code);
    if (!canRetry || delay === undefined || (pauseMs ?? 0) > maxRetryWaitMs) throw failure;
    await sleep(Math.max(pauseMs ?? 0, delay * (0.5 + Math.random())));
  }
}
