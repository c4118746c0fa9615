import "server-only";
import { Agent, request as send } from "undici";
import type { z } from "zod";
import { env, heroBaseUrl } from "../env";
import { errorCodeOfNetworkError, errorCodeOfStatus, HeroError } from "./errors";
import type { PracticeGroupId } from "./practice-group";

/**
 * The only request function of the Hero client.
 *
 * Covered (`openapi/hero.yaml`): the practice, its capabilities and Elements, appointment types,
 * locations, practitioners; free slots: count; forms: list, read; patients: trace, read; booking links:
 * create, read, change, list; form links: create; any link's status; tokens for Elements. Left out until
 * a screen needs them: messages, appointments, tasks, webhooks. Left out permanently: admins, invoicing,
 * subscriptions.
 */

type HeroEnvironment = "sandbox" | "staging" | "production";

/** Limits the rate and concurrency of each key, across all processes. */
export type HeroLimiter = {
  /** Waits for a free slot; resolves to the function that releases it. @throws HeroError `busy` */
  acquire(operation: string): Promise<() => Promise<void>>;
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

const maxReplyBytes = 4 * 1024 * 1024;
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

const agent = new Agent({ connect: { timeout: 3000 }, connections: 128, keepAliveTimeout: 3000 });

function buildUrl(environment: HeroEnvironment, path: string, { path: ids, query }: HeroArguments) {
  const filledPath = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = ids?.[name];
    if (!value) throw new Error(`The path needs ${name}.`);
    return encodeURIComponent(value);
  });
  const url = new URL(heroBaseUrl(environment) + filledPath);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** `Retry-After` in milliseconds, whether Hero sends seconds or a date. */
function parseRetryAfter(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (!text) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 10 * 60_000) : undefined;
}

/** The inputs that a documented 400 body rejects. */
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
  status: number;
  upstreamRequestId: string | undefined;
  retryAfterMs: number | undefined;
  text: string;
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
      "x-api-key": connection.apiKey,
      "x-practice-group-id": connection.practiceGroupId,
      ...(args.body ? { "content-type": "application/json" } : {}),
    },
    body: args.body ? JSON.stringify(args.body) : null,
    signal,
  }).catch((cause: unknown) => {
    throw createError(errorCodeOfNetworkError(cause), { cause });
  });
  const id = reply.headers["x-request-id"];
  const metadata = {
    status: reply.statusCode,
    upstreamRequestId: typeof id === "string" ? id.slice(0, 100) : undefined,
    retryAfterMs: parseRetryAfter(reply.headers["retry-after"]),
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
  return { ...metadata, text: Buffer.concat(chunks).toString("utf8") };
}

async function attempt<Result>(
  connection: HeroConnection,
  operation: HeroOperation,
  args: HeroArguments,
  schema: z.ZodType<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  let status: number | undefined;
  let upstreamRequestId: string | undefined;
  let errorCode: string | null = null;
  try {
    const reply = await sendOnce(connection, operation, args);
    ({ status, upstreamRequestId } = reply);
    const { text, ...metadata } = reply;
    if (reply.status < 200 || reply.status > 299) {
      throw new HeroError(errorCodeOfStatus(reply.status), operation.name, {
        ...metadata,
        fields: reply.status === 400 ? rejectedFields(text) : [],
      });
    }
    // PostgreSQL accepts no NUL in text, and no valid reply has one.
    if (/\\u0000/.test(text)) throw new HeroError("unreadable_reply", operation.name, metadata);
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      throw new HeroError("unreadable_reply", operation.name, { ...metadata, cause });
    }
    const parsed = schema.safeParse(json);
    if (!parsed.success) throw new HeroError("unreadable_reply", operation.name, metadata);
    return parsed.data;
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

/**
 * Calls one operation and returns the validated reply. Reads (GET) are attempted up to three times,
 * writes exactly once. `Retry-After` delays every process that uses the key.
 *
 * @throws HeroError for every network, HTTP or reply error
 */
export async function request<Result>(
  connection: HeroConnection,
  operation: HeroOperation,
  args: HeroArguments,
  schema: z.ZodType<Result>,
): Promise<Result> {
  if (connection.environment !== connection.keyEnvironment) {
    throw new HeroError("wrong_environment", operation.name);
  }
  for (let retries = 0; ; retries++) {
    const release = await connection.limiter.acquire(operation.name);
    let failure: HeroError;
    try {
      return await attempt(connection, operation, args, schema);
    } catch (error) {
      if (!(error instanceof HeroError)) throw error;
      failure = error;
    } finally {
      // Released in the background: only the next call needs the slot.
      void release();
    }
    const pauseMs =
      failure.code === "rate_limited" ? (failure.details.retryAfterMs ?? 1000) : undefined;
    if (pauseMs !== undefined) await connection.limiter.pause(pauseMs);
    const delay = retryDelaysMs[retries];
    const canRetry = operation.method === "GET" && retryableCodes.has(failure.code);
    if (!canRetry || delay === undefined || (pauseMs ?? 0) > maxRetryWaitMs) throw failure;
    await sleep(Math.max(pauseMs ?? 0, delay * (0.5 + Math.random())));
  }
}
