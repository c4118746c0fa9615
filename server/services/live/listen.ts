import "server-only";
import postgres from "postgres";
import { describeError, log } from "../../log";
import { changeChannel } from "./send";

/** Workers send a heartbeat every 5 seconds; a connection without two of them is replaced. */
const maxSilenceMs = 12_000;
const checkIntervalMs = 1_000;

type Listener = { stop: () => Promise<void> };

/**
 * Listens for batches on a connection of its own. One that delivers nothing may be half open, which only its
 * silence shows: it is replaced, and `onBatch` called to read whatever was missed.
 *
 * @param onBatch the newest batch; undefined when it is not known
 */
export function listenForBatches(options: {
  databaseUrl: string;
  onBatch: (newest: number | undefined) => void;
  silenceMs?: number;
}): Listener {
  const { databaseUrl, onBatch, silenceMs = maxSilenceMs } = options;
  let heardAt = 0;
  let client: postgres.Sql;

  function connect(): void {
    heardAt = performance.now();
    client = postgres(databaseUrl, {
      max: 1,
      connect_timeout: 5,
      connection: { application_name: "portal listener" },
      onnotice: () => undefined,
    });
    client
      .listen(
        changeChannel,
        (newest) => {
          heardAt = performance.now();
          onBatch(Number(newest));
        },
        () => onBatch(undefined),
      )
      .catch((error: unknown) => log("warn", "listener failed", describeError(error)));
  }

  const disconnect = () => client.end({ timeout: 0 }).catch(() => undefined);

  const timer = setInterval(() => {
    if (performance.now() - heardAt < silenceMs) return;
    log("warn", "listener received nothing");
    void disconnect();
    connect();
    onBatch(undefined);
  }, checkIntervalMs);
  timer.unref();
  connect();

  return {
    async stop() {
      clearInterval(timer);
      await disconnect();
    },
  };
}

/** For a database behind a pooler through which nothing can listen. */
export function pollForBatches(onBatch: (newest: undefined) => void, intervalMs = 1_000): Listener {
  const timer = setInterval(() => onBatch(undefined), intervalMs);
  timer.unref();
  return { stop: async () => clearInterval(timer) };
}
