import "server-only";
import { setImmediate } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { env } from "../../env";
import { NoStreamLeftError } from "../../errors";
import { describeError, log } from "../../log";
import { type LiveChange, livePingMs, type LiveTopic } from "../../schemas/live";
import type { Role } from "../../schemas/permissions";
import { findRoles, type SessionAtTenant } from "../../tenancy/session";
import type { ChangeQueue } from "./change-queue";
import { listenForBatches, pollForBatches } from "./listen";

/** An open stream of this process. */
export type LiveStream = SessionAtTenant & {
  readonly tenantId: string;
  readonly environment: string;
  readonly userId: string;
  readonly role: Role;
  readonly topics: readonly LiveTopic[];
  readonly queue: ChangeQueue;
};

/** An event takes about 0.2 ms of CPU for each stream: what the process does for others waits for one part only. */
const streamsAtOnce = 50;

type BatchRow = { batch: string; tenant_id: string; environment: string; changes: LiveChange[] };

/** Reads the batches of all tenants once for this process, and hands each to its tenant's streams. */
function createHub() {
  const streams = new Set<LiveStream>();
  let position: number | undefined;
  let started: Promise<void> | undefined;
  let isStopping = false;
  let isReading = false;
  let isDue = false;
  let stopListening: () => Promise<void> = async () => undefined;
  let checkTimer: NodeJS.Timeout | undefined;

  function close(stream: LiveStream): void {
    streams.delete(stream);
    stream.queue.close();
  }

  /** Closes the streams among `candidates` whose session, membership or role has changed. */
  async function closeEnded(candidates: readonly LiveStream[]): Promise<void> {
    if (candidates.length === 0) return;
    const roles = await findRoles(candidates);
    candidates.forEach((stream, index) => {
      if (roles[index] !== stream.role) close(stream);
    });
  }

  async function findRange() {
    const [row] = await db.shared.execute<{ oldest: string; newest: string }>(
      sql`select oldest, newest from find_change_batch_range()`,
    );
    return { oldest: Number(row?.oldest ?? 0), newest: Number(row?.newest ?? 0) };
  }

  async function handOutBatches(after: number): Promise<void> {
    const rows = await db.shared.execute<BatchRow>(
      sql`select batch, tenant_id, environment, changes from read_change_batches(${after})`,
    );
    const { oldest, newest } = await findRange();
    if (after > newest || after < oldest - 1) {
      await closeEnded([...streams]);
      for (const { queue } of streams) queue.add({ position: newest, isReload: true, changes: [] });
      position = newest;
      return;
    }
    const rowsByScope = Map.groupBy(rows, (row) => `${row.tenant_id}/${row.environment}`);
    const rowsOf = ({ tenantId, environment }: LiveStream) =>
      rowsByScope.get(`${tenantId}/${environment}`) ?? [];
    // Checked before each delivery, so that nothing follows a sign-out.
    await closeEnded([...streams].filter((stream) => rowsOf(stream).length > 0));
    for (const [index, stream] of [...streams].entries()) {
      // Each part reaches its readers before the next one is begun, and other requests have their turn.
      if (index > 0 && index % streamsAtOnce === 0) await setImmediate();
      for (const { batch, changes } of rowsOf(stream)) {
        const visible = changes.filter(({ topic }) => stream.topics.includes(topic));
        if (visible.length > 0) {
          stream.queue.add({ position: Number(batch), isReload: false, changes: visible });
        }
      }
    }
    position = rows.length > 0 ? Number(rows.at(-1)?.batch) : after;
  }

  /** Reads what is new, one reading at a time. A failed one is repeated. */
  async function read(): Promise<void> {
    isDue = true;
    if (isReading || position === undefined) return;
    isReading = true;
    while (isDue && !isStopping) {
      isDue = false;
      try {
        await handOutBatches(position);
      } catch (error) {
        log("warn", "changes not read", describeError(error));
        setTimeout(() => void read(), 1_000).unref();
        break;
      }
    }
    isReading = false;
  }

  /** Closes every stream that may no longer be open. */
  async function check(): Promise<void> {
    try {
      await closeEnded([...streams]);
    } catch (error) {
      log("warn", "streams not checked", describeError(error));
    }
  }

  async function start(): Promise<void> {
    position = (await findRange()).newest;
    const onBatch = (newest: number | undefined) => {
      if (newest === undefined || newest !== position) void read();
    };
    const listener =
      env().DATABASE_PREPARED_STATEMENTS === "on"
        ? listenForBatches({ databaseUrl: env().DATABASE_URL, onBatch })
        : pollForBatches(onBatch);
    stopListening = listener.stop;
    checkTimer = setInterval(() => void check(), livePingMs);
    checkTimer.unref();
  }

  return {
    /**
     * Adds a stream. From now on its queue receives changes.
     * @throws NoStreamLeftError
     */
    async add(stream: LiveStream): Promise<void> {
      const ofPerson = [...streams].filter(({ userId }) => userId === stream.userId);
      if (
        isStopping ||
        streams.size >= env().LIVE_STREAMS ||
        ofPerson.length >= env().LIVE_STREAMS_PER_PERSON
      ) {
        throw new NoStreamLeftError();
      }
      streams.add(stream);
      started ??= start().catch((error: unknown) => {
        started = undefined;
        throw error;
      });
      try {
        await started;
      } catch (error) {
        close(stream);
        throw error;
      }
    },

    close,
    check,

    /** Closes every stream and the listener, and accepts no more. */
    async stop(): Promise<void> {
      isStopping = true;
      clearInterval(checkTimer);
      for (const stream of streams) close(stream);
      await stopListening();
    },

    get size(): number {
      return streams.size;
    },
  };
}

type Hub = ReturnType<typeof createHub>;

// On the process: Next's bundles and our own copy of this module share the streams and the connection.
const globals = globalThis as typeof globalThis & { portalLiveHub?: Hub };

export function liveHub(): Hub {
  globals.portalLiveHub ??= createHub();
  return globals.portalLiveHub;
}

/** Closes every stream of this process, before it stops or at the end of a test file. */
export async function stopLiveStreams(): Promise<void> {
  await globals.portalLiveHub?.stop();
}
