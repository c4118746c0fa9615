import "server-only";
import { and, asc, eq, gte } from "drizzle-orm";
import { db } from "@/db/client";
import { practices } from "@/db/schema/practices";
import { webhookEndpointHours, webhookEndpoints } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../../errors";
import { ukDateOf } from "../../../schemas/dates";
import {
  deliveryPeriods,
  type EndpointHealth,
  type EndpointHealthInput,
  type EndpointHours,
} from "../../../schemas/webhook-deliveries";
import type { TenantContext } from "../../../tenancy/context";
import { requirePermission } from "../../../tenancy/permissions";

const hourMs = 3_600_000;

/** What one endpoint received in each hour, or each UK day of a longer period. @throws NotFoundError */
export async function getEndpointHealth(
  ctx: TenantContext,
  { endpointId, period }: EndpointHealthInput,
  now = new Date(),
): Promise<EndpointHealth> {
  requirePermission(ctx, "webhooks.read");
  const hours = deliveryPeriods[period];
  const currentHour = Math.floor(now.getTime() / hourMs) * hourMs;
  const first = new Date(currentHour - (Math.max(hours, 2) - 1) * hourMs);
  const { endpoint, rows } = await db.read(ctx, async (tx) => {
    const [found] = await tx
      .select({
        practiceId: practices.id,
        name: practices.name,
        nickname: practices.nickname,
        eventType: webhookEndpoints.eventType,
        firstVerifiedAt: webhookEndpoints.firstVerifiedAt,
        lastVerifiedAt: webhookEndpoints.lastVerifiedAt,
        removedAt: webhookEndpoints.removedAt,
      })
      .from(webhookEndpoints)
      .innerJoin(
        practices,
        and(sameScope(practices, webhookEndpoints), eq(practices.id, webhookEndpoints.practiceId)),
      )
      .where(and(inScope(webhookEndpoints, ctx), eq(webhookEndpoints.id, endpointId)));
    if (!found) throw new NotFoundError();
    const hourRows = await tx
      .select()
      .from(webhookEndpointHours)
      .where(
        and(
          inScope(webhookEndpointHours, ctx),
          eq(webhookEndpointHours.endpointId, endpointId),
          gte(webhookEndpointHours.hour, first),
        ),
      )
      .orderBy(asc(webhookEndpointHours.hour));
    return { endpoint: found, rows: hourRows };
  });
  const unit = hours > deliveryPeriods.day ? "day" : "hour";
  const spanOf = (at: Date) => (unit === "day" ? ukDateOf(at) : at.toISOString());
  const rowsBySpan = Map.groupBy(rows, ({ hour }) => spanOf(hour));
  const starts = new Map<string, Date>();
  for (let at = first.getTime(); at <= currentHour; at += hourMs) {
    const span = spanOf(new Date(at));
    if (!starts.has(span)) starts.set(span, new Date(at));
  }
  return {
    practice: { id: endpoint.practiceId, name: endpoint.nickname ?? endpoint.name },
    eventType: endpoint.eventType,
    isRemoved: endpoint.removedAt !== null,
    firstVerifiedAt: endpoint.firstVerifiedAt?.toISOString() ?? null,
    lastVerifiedAt: endpoint.lastVerifiedAt?.toISOString() ?? null,
    unit,
    spans: [...starts].map(([span, from]) => sumHours(from, rowsBySpan.get(span) ?? [])),
  };
}

type HourRow = typeof webhookEndpointHours.$inferSelect;

function sumHours(from: Date, rows: readonly HourRow[]): EndpointHours {
  const sum = (count: (row: HourRow) => number) =>
    rows.reduce((total, row) => total + count(row), 0);
  // Lag is only counted for deliveries in time.
  const inTime = sum(({ verified, late }) => verified - late);
  return {
    from: from.toISOString(),
    received: sum(({ received }) => received),
    verified: sum(({ verified }) => verified),
    refused: sum(({ refused }) => refused),
    late: sum(({ late }) => late),
    quarantined: sum(({ quarantined }) => quarantined),
    averageLagMs: inTime > 0 ? Math.round(sum(({ lagMsSum }) => lagMsSum) / inTime) : null,
    maxLagMs: inTime > 0 ? Math.max(...rows.map(({ lagMsMax }) => lagMsMax)) : null,
  };
}
