import "server-only";
import { and, asc, desc, eq, gt, gte, inArray, isNull, or, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { db, type Transaction } from "@/db/client";
import { practices } from "@/db/schema/practices";
import {
  webhookChecks,
  webhookDeliveries,
  webhookEndpointHours,
  webhookEndpoints,
  webhookRegistrations,
} from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { isHeroEventType, testEventType } from "../../schemas/event-catalogue";
import type {
  EndpointState,
  EndpointView,
  PracticeWebhooks,
  WebhookOverview,
} from "../../schemas/webhooks";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";

const hourMs = 3_600_000;
const healthHours = 24;
/** How many of the latest deliveries are read for event types that the portal does not know. */
const maxDeliveriesRead = 1000;
/** A request without a reply is under way for at most this long. */
const maxRequestMs = 60_000;

/** The connected practices with their endpoints, by name. */
export async function listWebhooks(ctx: TenantContext, now = new Date()): Promise<WebhookOverview> {
  requirePermission(ctx, "webhooks.read");
  return db.read(ctx, async (tx) => {
    const [practiceRows, endpoints, health, unknownEventTypes] = await Promise.all([
      selectPractices(tx, ctx),
      selectEndpointViews(tx, ctx, now),
      selectHealth(tx, ctx, now),
      selectUnknownEventTypes(tx, ctx),
    ]);
    const verifiedAt = endpoints.flatMap(({ firstVerifiedAt }) => firstVerifiedAt ?? []).sort();
    return {
      practices: practiceRows.map((row) => toPracticeWebhooks(row, endpoints, health)),
      unknownEventTypes,
      reachableSince: verifiedAt[0] ?? null,
    };
  });
}

type PracticeRow = Awaited<ReturnType<typeof selectPractices>>[number];
type Health = Map<string, PracticeWebhooks["health"]>;

const noHealth = () => ({
  received: Array.from({ length: healthHours }, () => 0),
  refused: 0,
  late: 0,
});

function toPracticeWebhooks(
  row: PracticeRow,
  endpoints: readonly EndpointView[],
  health: Health,
): PracticeWebhooks {
  return {
    practiceId: row.id,
    name: row.nickname ?? row.name,
    practiceGroupId: row.practiceGroupId,
    endpoints: endpoints.filter(({ practiceId }) => practiceId === row.id),
    checkedAt: row.checkedAt?.toISOString() ?? null,
    checkFailure: row.failure,
    foreign: (row.foreign ?? []).map(({ eventType, kind }) => ({ eventType, kind })),
    health: health.get(row.id) ?? noHealth(),
  };
}

function selectPractices(tx: Transaction, ctx: TenantContext) {
  return tx
    .select({
      id: practices.id,
      name: practices.name,
      nickname: practices.nickname,
      practiceGroupId: practices.practiceGroupId,
      checkedAt: webhookChecks.checkedAt,
      failure: webhookChecks.failure,
      foreign: webhookChecks.foreign,
    })
    .from(practices)
    .leftJoin(
      webhookChecks,
      and(sameScope(webhookChecks, practices), eq(webhookChecks.practiceId, practices.id)),
    )
    .where(and(inScope(practices, ctx), isNull(practices.disconnectedAt)))
    .orderBy(asc(practices.name), asc(practices.id));
}

/** The wanted endpoints, by event type. */
export async function selectEndpointViews(
  tx: Transaction,
  ctx: TenantContext,
  now: Date,
  filter?: ReturnType<typeof eq>,
): Promise<EndpointView[]> {
  const rows = await tx
    .select({
      endpoint: webhookEndpoints,
      registration: {
        id: webhookRegistrations.id,
        state: webhookRegistrations.state,
        failure: webhookRegistrations.failure,
        failureCode: webhookRegistrations.failureCode,
        createdAt: webhookRegistrations.createdAt,
        acceptedUntil: webhookRegistrations.acceptedUntil,
      },
    })
    .from(webhookEndpoints)
    .leftJoin(
      webhookRegistrations,
      and(
        sameScope(webhookRegistrations, webhookEndpoints),
        eq(webhookRegistrations.endpointId, webhookEndpoints.id),
        or(
          inArray(webhookRegistrations.state, ["pending", "active", "lost", "failed"]),
          gt(webhookRegistrations.acceptedUntil, now),
        ),
      ),
    )
    .where(and(inScope(webhookEndpoints, ctx), isNull(webhookEndpoints.removedAt), filter))
    .orderBy(asc(webhookEndpoints.eventType), desc(webhookRegistrations.createdAt));
  const byEndpoint = Map.groupBy(rows, ({ endpoint }) => endpoint.id);
  return [...byEndpoint.values()].flatMap((ofOne) => {
    const [first] = ofOne;
    const registrations = ofOne.flatMap(({ registration }) => registration ?? []);
    return first ? [toEndpointView(first.endpoint, registrations, now)] : [];
  });
}

type RegistrationRow = Pick<
  typeof webhookRegistrations.$inferSelect,
  "id" | "state" | "failure" | "failureCode" | "createdAt" | "acceptedUntil"
>;

function toEndpointView(
  endpoint: typeof webhookEndpoints.$inferSelect,
  registrations: readonly RegistrationRow[],
  now: Date,
): EndpointView {
  const find = (state: RegistrationRow["state"]) =>
    registrations.find((registration) => registration.state === state);
  const pending = find("pending");
  const active = find("active");
  const [newest] = registrations.filter(({ acceptedUntil }) => acceptedUntil === null);
  const current = active ?? pending ?? find("lost") ?? newest;
  const isUnknown =
    pending !== undefined &&
    (pending.failureCode !== null || now.getTime() - pending.createdAt.getTime() > maxRequestMs);
  const states: Record<string, EndpointState> = {
    active: "active",
    pending: isUnknown ? "unknown" : "registering",
    lost: "lost",
    failed: "failed",
  };
  const acceptedUntil = registrations
    .flatMap((each) => (each.acceptedUntil && each.acceptedUntil > now ? each.acceptedUntil : []))
    .toSorted((a, b) => b.getTime() - a.getTime())[0];
  return {
    id: endpoint.id,
    practiceId: endpoint.practiceId,
    eventType: endpoint.eventType,
    state: states[current?.state ?? "pending"] ?? "registering",
    // A failed attempt to renew a key or a lost registration says why.
    failure: newest?.failure ?? current?.failure ?? null,
    keyCreatedAt: current?.createdAt.toISOString() ?? null,
    isRotating: active !== undefined && pending !== undefined,
    oldKeyAcceptedUntil: acceptedUntil?.toISOString() ?? null,
    firstVerifiedAt: endpoint.firstVerifiedAt?.toISOString() ?? null,
    lastVerifiedAt: endpoint.lastVerifiedAt?.toISOString() ?? null,
  };
}

async function selectHealth(tx: Transaction, ctx: TenantContext, now: Date): Promise<Health> {
  const firstHour = Math.floor(now.getTime() / hourMs) - healthHours + 1;
  const { hour, received, refused, late } = webhookEndpointHours;
  const sum = (column: AnyPgColumn) => sql<number>`sum(${column})::int`;
  const rows = await tx
    .select({
      practiceId: webhookEndpoints.practiceId,
      hour,
      received: sum(received),
      refused: sum(refused),
      late: sum(late),
    })
    .from(webhookEndpointHours)
    .innerJoin(
      webhookEndpoints,
      and(
        sameScope(webhookEndpoints, webhookEndpointHours),
        eq(webhookEndpoints.id, webhookEndpointHours.endpointId),
      ),
    )
    .where(and(inScope(webhookEndpointHours, ctx), gte(hour, new Date(firstHour * hourMs))))
    .groupBy(webhookEndpoints.practiceId, hour);
  const health: Health = new Map();
  for (const row of rows) {
    const entry = health.get(row.practiceId) ?? noHealth();
    health.set(row.practiceId, entry);
    const index = row.hour.getTime() / hourMs - firstHour;
    entry.received[index] = (entry.received[index] ?? 0) + row.received;
    entry.refused += row.refused;
    entry.late += row.late;
  }
  return health;
}

async function selectUnknownEventTypes(tx: Transaction, ctx: TenantContext): Promise<string[]> {
  const latest = tx
    .select({ eventType: webhookDeliveries.eventType })
    .from(webhookDeliveries)
    .where(inScope(webhookDeliveries, ctx))
    .orderBy(desc(webhookDeliveries.id))
    .limit(maxDeliveriesRead)
    .as("latest");
  const rows = await tx.selectDistinct({ eventType: latest.eventType }).from(latest);
  return rows
    .flatMap(({ eventType }) => eventType ?? [])
    .filter((eventType) => !isHeroEventType(eventType) && eventType !== testEventType)
    .toSorted();
}
