import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import type { TenantId } from "@/db/ids";
import { webhookEndpointHours, webhookEndpoints } from "@/db/schema/webhooks";
import { inScope, type Scope } from "@/db/scope";
import { describeError, log } from "../../log";

/**
 * Counts requests by endpoint and hour in memory, and writes them about once a second: a row for each
 * request would cost as much as the delivery. A process that is killed loses its last second of counts.
 */

type Counted = Scope & { readonly id: string };

/** What became of a request to a known endpoint. */
export type CountedRequest =
  | { outcome: "refused" }
  | {
      outcome: "stored" | "repeated";
      isLate: boolean;
      isQuarantined: boolean;
      /** From the signed time to the arrival, if it was in time. */
      lagMs: number | null;
    };

type Counts = {
  readonly endpoint: Counted;
  readonly hour: Date;
  received: number;
  verified: number;
  refused: number;
  late: number;
  repeated: number;
  quarantined: number;
  lagMsSum: number;
  lagMsMax: number;
  firstVerifiedAt: Date | null;
  lastVerifiedAt: Date | null;
};

const flushMs = 1_000;
const hourMs = 3_600_000;

let counts = new Map<string, Counts>();
let timer: NodeJS.Timeout | undefined;

export function countRequest(endpoint: Counted, request: CountedRequest, now: Date): void {
  const hour = new Date(Math.floor(now.getTime() / hourMs) * hourMs);
  const key = `${endpoint.id}/${hour.getTime()}`;
  const entry = counts.get(key) ?? {
    endpoint,
    hour,
    received: 0,
    verified: 0,
    refused: 0,
    late: 0,
    repeated: 0,
    quarantined: 0,
    lagMsSum: 0,
    lagMsMax: 0,
    firstVerifiedAt: null,
    lastVerifiedAt: null,
  };
  counts.set(key, entry);
  entry.received += 1;
  if (request.outcome === "refused") {
    entry.refused += 1;
  } else {
    entry.verified += 1;
    if (request.isLate) entry.late += 1;
    if (request.isQuarantined) entry.quarantined += 1;
    if (request.lagMs !== null) {
      entry.lagMsSum += request.lagMs;
      entry.lagMsMax = Math.max(entry.lagMsMax, request.lagMs);
    }
    if (request.outcome === "repeated") entry.repeated += 1;
    else {
      entry.firstVerifiedAt ??= now;
      if (!entry.lastVerifiedAt || entry.lastVerifiedAt < now) entry.lastVerifiedAt = now;
    }
  }
  timer ??= setTimeout(() => void flushEndpointCounts(), flushMs).unref();
}

async function writeCounts(tx: Transaction, tenantId: TenantId, entries: readonly Counts[]) {
  const { received, verified, refused, late, repeated, quarantined, lagMsSum, lagMsMax } =
    webhookEndpointHours;
  await tx
    .insert(webhookEndpointHours)
    .values(
      entries.map(({ endpoint, firstVerifiedAt: _first, lastVerifiedAt: _last, ...values }) => ({
        ...values,
        tenantId,
        environment: endpoint.environment,
        endpointId: endpoint.id,
      })),
    )
    .onConflictDoUpdate({
      target: [
        webhookEndpointHours.tenantId,
        webhookEndpointHours.environment,
        webhookEndpointHours.endpointId,
        webhookEndpointHours.hour,
      ],
      set: {
        received: sql`${received} + excluded.received`,
        verified: sql`${verified} + excluded.verified`,
        refused: sql`${refused} + excluded.refused`,
        late: sql`${late} + excluded.late`,
        repeated: sql`${repeated} + excluded.repeated`,
        quarantined: sql`${quarantined} + excluded.quarantined`,
        lagMsSum: sql`${lagMsSum} + excluded.lag_ms_sum`,
        lagMsMax: sql`greatest(${lagMsMax}, excluded.lag_ms_max)`,
      },
    });
  for (const { endpoint, firstVerifiedAt, lastVerifiedAt } of entries) {
    if (!firstVerifiedAt || !lastVerifiedAt) continue;
    const { firstVerifiedAt: first, lastVerifiedAt: last } = webhookEndpoints;
    await tx
      .update(webhookEndpoints)
      .set({
        firstVerifiedAt: sql`coalesce(${first}, ${firstVerifiedAt.toISOString()}::timestamptz)`,
        lastVerifiedAt: sql`greatest(${last}, ${lastVerifiedAt.toISOString()}::timestamptz)`,
      })
      .where(and(inScope(webhookEndpoints, endpoint), eq(webhookEndpoints.id, endpoint.id)));
  }
}

/** Writes what was counted since the last time; also when the process stops. Never throws. */
export async function flushEndpointCounts(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const entries = [...counts.values()];
  counts = new Map();
  // In the same order in every process, which may add to the same rows.
  const sorted = entries.toSorted((a, b) => (a.endpoint.id < b.endpoint.id ? -1 : 1));
  const byTenant = Map.groupBy(sorted, ({ endpoint }) => endpoint.tenantId);
  for (const [tenantId, ofTenant] of byTenant) {
    try {
      await db.tenant({ tenantId }, (tx) => writeCounts(tx, tenantId, ofTenant));
    } catch (error) {
      log("warn", "webhook counts lost", {
        tenantId,
        count: ofTenant.length,
        ...describeError(error),
      });
    }
  }
}
