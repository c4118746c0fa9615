import "server-only";
import { env } from "./env";

const levels = ["debug", "info", "warn", "error"] as const;

/** All that a log line may hold: ids, codes, counts, durations. Anything else does not compile. */
export type LogFields = {
  requestId?: string;
  tenantId?: string;
  environment?: string;
  operation?: string;
  procedure?: string;
  job?: string;
  jobId?: string;
  errorName?: string;
  errorCode?: string;
  /** File and line of our own code; never a message, which may quote data. */
  errorAt?: string;
  /** Next's reference of a failed page, as the person at the screen sees it. */
  digest?: string;
  status?: number | null;
  durationMs?: number;
  count?: number;
};

/** Writes one JSON line to standard output; `event` is a fixed phrase of ours, such as "job failed". */
export function log(level: (typeof levels)[number], event: string, fields: LogFields = {}): void {
  if (levels.indexOf(level) < levels.indexOf(env().LOG_LEVEL)) return;
  process.stdout.write(
    `${JSON.stringify({ at: new Date().toISOString(), level, event, ...fields })}\n`,
  );
}

/** What may be logged of an error: its name, its code and where it was thrown. */
export function describeError(error: unknown): LogFields {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  if (!(cause instanceof Error)) return { errorName: typeof cause };
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  // Lines of the stack only, without the first, which repeats the message.
  const errorAt = cause.stack
    ?.split("\n")
    .filter((text) => /^\s+at /.test(text))
    .slice(0, 3)
    .map((text) => text.trim().replace(/\(.*[\\/]((?:server|db|app|node_modules)[\\/])/, "($1"))
    .join(" < ");
  return { errorName: cause.name, errorCode: code, errorAt };
}

/**
 * Next and libraries write to the console as they please: many lines, and messages that quote what was
 * sent. From now on each such word is one line of ours, which says what kind of error it was and where.
 */
export function redirectConsoleToLog(): void {
  const logConsoleCall =
    (level: "warn" | "error") =>
    (...args: unknown[]) => {
      const error = args.find((arg) => arg instanceof Error);
      // Some digests are Next's own messages to itself, with addresses in them.
      const [digest] =
        /^\d{1,20}$/.exec(error && "digest" in error ? String(error.digest) : "") ?? [];
      log(level, "console", { ...(error && describeError(error)), digest });
    };
  Object.assign(console, { error: logConsoleCall("error"), warn: logConsoleCall("warn") });
}
