import "server-only";
import { and, asc, count, desc, eq, gt, inArray, isNull, or } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { destinations, destinationSecrets, eventSendings } from "@/db/schema/events";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { destinationView, type DestinationView } from "../../schemas/destinations";
import type { TenantContext } from "../../tenancy/context";

/** The destinations of this environment by name, or one of them. Secrets are not selected. */
export async function selectDestinationViews(
  tx: Transaction,
  ctx: TenantContext,
  destinationId?: string,
  now = new Date(),
): Promise<DestinationView[]> {
  const rows = await tx
    .select({ destination: destinations, createdBy: users.name })
    .from(destinations)
    .leftJoin(users, eq(users.id, destinations.createdBy))
    .where(
      and(
        inScope(destinations, ctx),
        isNull(destinations.deletedAt),
        destinationId ? eq(destinations.id, destinationId) : undefined,
      ),
    )
    .orderBy(asc(destinations.name), asc(destinations.id));
  if (rows.length === 0) return [];
  const ids = rows.map(({ destination }) => destination.id);
  const secrets = await tx
    .select({
      id: destinationSecrets.id,
      destinationId: destinationSecrets.destinationId,
      createdAt: destinationSecrets.createdAt,
      validUntil: destinationSecrets.validUntil,
    })
    .from(destinationSecrets)
    .where(
      and(
        inScope(destinationSecrets, ctx),
        inArray(destinationSecrets.destinationId, ids),
        or(isNull(destinationSecrets.validUntil), gt(destinationSecrets.validUntil, now)),
      ),
    )
    .orderBy(desc(destinationSecrets.createdAt), desc(destinationSecrets.id));
  const waiting = await tx
    .select({ destinationId: eventSendings.destinationId, count: count() })
    .from(eventSendings)
    .where(
      and(
        inScope(eventSendings, ctx),
        inArray(eventSendings.destinationId, ids),
        eq(eventSendings.state, "waiting"),
      ),
    )
    .groupBy(eventSendings.destinationId);
  const practiceNames = await selectPracticeNames(
    tx,
    ctx,
    rows.flatMap(({ destination }) => destination.practiceIds),
  );
  return rows.map(({ destination: row, createdBy }) => ({
    id: row.id,
    name: row.name,
    url: row.url,
    eventTypes: row.eventTypes,
    practices: row.practiceIds.map((id) => ({ id, name: practiceNames.get(id) ?? "Unknown" })),
    isOn: row.state === "active",
    offReason: destinationView.shape.offReason.parse(row.disabledReason),
    offSince: row.disabledAt?.toISOString() ?? null,
    failingSince: row.failingSince?.toISOString() ?? null,
    pausedUntil: row.pausedUntil && row.pausedUntil > now ? row.pausedUntil.toISOString() : null,
    waitingCount: waiting.find((counted) => counted.destinationId === row.id)?.count ?? 0,
    secrets: secrets
      .filter((secret) => secret.destinationId === row.id)
      .map(({ id, createdAt, validUntil }) => ({
        id,
        createdAt: createdAt.toISOString(),
        validUntil: validUntil?.toISOString() ?? null,
      })),
    createdBy: createdBy ?? "Unknown",
    createdAt: row.createdAt.toISOString(),
  }));
}

/** @throws NotFoundError */
export async function getDestinationView(
  tx: Transaction,
  ctx: TenantContext,
  destinationId: string,
  now?: Date,
): Promise<DestinationView> {
  const [view] = await selectDestinationViews(tx, ctx, destinationId, now);
  if (!view) throw new NotFoundError();
  return view;
}

async function selectPracticeNames(tx: Transaction, ctx: TenantContext, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, string>();
  const rows = await tx
    .select({ id: practices.id, name: practices.name, nickname: practices.nickname })
    .from(practices)
    .where(and(inScope(practices, ctx), inArray(practices.id, [...new Set(ids)])));
  return new Map(rows.map(({ id, name, nickname }) => [id, nickname ?? name]));
}
