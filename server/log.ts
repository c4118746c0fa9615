import "server-only";
import { env } from "./env";

const levels = ["debug", "info", "warn", "error"] as const;

/** Everything a log line may contain: ids, codes, counts and durations. Anything else does not compile. */
export type LogFields = {
  requestId?: string;
  tenantId?: string;
  environment?: string;
  operation?: string;
  job?: string;
  jobId?: string;
  errorName?: string;
  errorCode?: string;
  /** File and line. Never the message, which may quote data. */
  errorAt?: string;
  /** Next's reference for a failed page, which the page shows. */
  digest?: string;
  status?: number | null;
  durationMs?: number;
  count?: number;
};

/** Writes one JSON line to standard output. `event` is a fixed phrase, such as "job failed". */
export function log(level: (typeof levels)[number], event: string, fields: LogFields = {}): void {
  if (levels.indexOf(level) < levels.indexOf(env().LOG_LEVEL)) return;
  process.stdout.write(
    `${JSON.stringify({ at: new Date().toISOString(), level, event, ...fields })}\n`,
  );
}

/** The parts of an error that may be logged: its name, its code and where it was thrown. */
export function describeError(error: unknown): LogFields {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  if (!(cause instanceof Error)) return { errorName: typeof cause };
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  // Without the first line of the stack, which repeats the message.
  const errorAt = cause.stack
    ?.split("\n")
    .filter((text) => /^\s+at /.test(text))
    .slice(0, 3)
    .map((text) => text.trim().replace(/\(.*[\\/]((?:server|db|app|node_modules)[\\/])/, "($1"))
    .join(" < ");
  return { errorName: cause.name, errorCode: code, errorAt };
}

/**
 * Next and libraries write messages to the console that may quote data. Replaces each with one log line
 * that has the error's name and location only.
 */
export function redirectConsoleToLog(): void {
  const logConsoleCall =
    (level: "warn" | "error") =>
    (...args: unknown[]) => {
      const error = args.find((arg) => arg instanceof Error);
      // Some digests are Next's internal messages, which contain addresses.
      const [digest] =
        /^\d{1,20}$/.exec(error && "digest" in error ? String(error.digest) : "") ?? [];
      log(level, "console", { ...(error && describeError(error)), digest });
    };
  Object.assign(console, { error: logConsoleCall("error"), warn: logConsoleCall("warn") });
}
