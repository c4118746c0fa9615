import "server-only";
import { and, asc, eq, gt, max, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { elementSessions } from "@/db/schema/element-sessions";
import { placementPractices, placements } from "@/db/schema/placements";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { accessTokenMinutes } from "../../hero/access-token";
import type { PlacementView } from "../../schemas/placements";
import type { TenantContext } from "../../tenancy/context";

/** The placements of this environment by name, or one of them. */
export async function selectPlacementViews(
  tx: Transaction,
  ctx: TenantContext,
  placementId?: string,
  now = new Date(),
): Promise<PlacementView[]> {
  const rows = await tx
    .select({
      id: placements.id,
      name: placements.name,
      element: placements.element,
      origins: placements.origins,
      theme: placements.theme,
      adminId: placements.adminId,
      isOn: placements.isOn,
      switchedAt: placements.switchedAt,
      createdBy: users.name,
      createdAt: placements.createdAt,
    })
    .from(placements)
    .leftJoin(users, eq(users.id, placements.createdBy))
    .where(and(inScope(placements, ctx), placementId ? eq(placements.id, placementId) : undefined))
    .orderBy(asc(placements.name), asc(placements.id))
    .limit(500);
  const allowedPractices = await selectPractices(tx, ctx, placementId);
  const tokenExpiries = await selectTokenExpiries(tx, ctx, now, placementId);
  return rows.map(({ adminId, createdBy, createdAt, switchedAt, ...row }) => ({
    ...row,
    attributes: { ...(adminId && { adminId }) },
    practices: allowedPractices
      .filter((allowedPractice) => allowedPractice.placementId === row.id)
      .map(({ placementId: _placement, ...practice }) => practice),
    createdBy: createdBy ?? "Unknown",
    createdAt: createdAt.toISOString(),
    switchedAt: switchedAt?.toISOString() ?? null,
    tokensExpireAt: tokenExpiries.get(row.id) ?? null,
  }));
}

/** @throws NotFoundError */
export async function getPlacementView(
  tx: Transaction,
  ctx: TenantContext,
  placementId: string,
): Promise<PlacementView> {
  const [view] = await selectPlacementViews(tx, ctx, placementId);
  if (!view) throw new NotFoundError();
  return view;
}

function selectPractices(tx: Transaction, ctx: TenantContext, placementId?: string) {
  return tx
    .select({
      placementId: placementPractices.placementId,
      id: practices.id,
      name: sql<string>`coalesce(${practices.nickname}, ${practices.name})`,
      practiceGroupId: practices.practiceGroupId,
      isConnected: sql<boolean>`${practices.disconnectedAt} is null`,
    })
    .from(placementPractices)
    .innerJoin(
      practices,
      and(
        sameScope(practices, placementPractices),
        eq(practices.id, placementPractices.practiceId),
      ),
    )
    .where(
      and(
        inScope(placementPractices, ctx),
        placementId ? eq(placementPractices.placementId, placementId) : undefined,
      ),
    )
    .orderBy(asc(practices.name), asc(practices.id));
}

/** When the last token of each placement expires, if in the future. */
async function selectTokenExpiries(
  tx: Transaction,
  ctx: TenantContext,
  now: Date,
  placementId?: string,
): Promise<Map<string, string>> {
  const tokenLifetimeMs = accessTokenMinutes * 60_000;
  const rows = await tx
    .select({
      placementId: elementSessions.placementId,
      lastIssuedAt: max(elementSessions.rotatedAt),
    })
    .from(elementSessions)
    .where(
      and(
        inScope(elementSessions, ctx),
        placementId ? eq(elementSessions.placementId, placementId) : undefined,
        gt(elementSessions.rotatedAt, new Date(now.getTime() - tokenLifetimeMs)),
      ),
    )
    .groupBy(elementSessions.placementId);
  return new Map(
    rows.flatMap(({ placementId: id, lastIssuedAt }) =>
      id && lastIssuedAt
        ? [[id, new Date(lastIssuedAt.getTime() + tokenLifetimeMs).toISOString()]]
        : [],
    ),
  );
}
