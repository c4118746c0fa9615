import { type EmbeddedPostgres } from "../postgres";
import { type Program, stopTasks } from "../processes";

const startedAt = performance.now();

export function logStep(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${seconds.padStart(6)} s  ${text}\n`);
}

/** What was started, in the order in which it is stopped. */
export const running: {
  portal?: Program;
  worker?: Program;
  sandbox?: Program;
  postgres?: Promise<EmbeddedPostgres>;
  releaseDataDir?: () => void;
} = {};

let stopping: Promise<void> | undefined;

export const isStopping = (): boolean => stopping !== undefined;

function stopAll(): Promise<void> {
  stopping ??= (async () => {
    await stopTasks();
    await running.portal?.stop();
    await running.worker?.stop();
    await running.sandbox?.stop();
    const postgres = await running.postgres?.catch(() => undefined);
    await postgres?.stop();
    running.releaseDataDir?.();
  })();
  return stopping;
}

/** Reports an error, stops everything and exits. */
export async function fail(error: unknown): Promise<never> {
  // Ignore failures during shutdown.
  if (!isStopping()) process.stderr.write(`${errorMessage(error)}\n`);
  await stopAll();
  process.exit(1);
}

export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A failed query quotes its text, so report its cause instead.
  return error.cause instanceof Error && error.message.startsWith("Failed query")
    ? `The database refused a statement: ${error.cause.message}.`
    : error.message;
}

/** Stops everything on the first signal; kills the programs on the second. */
export function handleSignals(): void {
  let signalCount = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      signalCount++;
      if (signalCount > 1) {
        // PostgreSQL still gets its fast shutdown.
        for (const program of [running.portal, running.worker, running.sandbox]) program?.kill();
        return;
      }
      process.stdout.write("\nStopping.\n");
      void stopAll().then(() => process.exit(0));
    });
  }
  process.on("uncaughtException", (error) => void fail(error));
  process.on("unhandledRejection", (error) => void fail(error));
}
