import "server-only";
import { and, desc, eq, isNull, ne, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { webhookEndpoints, webhookRegistrations } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { TenantContext } from "../../tenancy/context";
import type { ComparedEndpoint } from "./compare";

/** The endpoints of a practice that are wanted, or that still have registrations at Hero. */
export async function loadEndpoints(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
): Promise<ComparedEndpoint[]> {
  const rows = await tx
    .select({
      id: webhookEndpoints.id,
      eventType: webhookEndpoints.eventType,
      urlToken: webhookEndpoints.urlToken,
      removedAt: webhookEndpoints.removedAt,
      registration: {
        id: webhookRegistrations.id,
        state: webhookRegistrations.state,
        heroWebhookId: webhookRegistrations.heroWebhookId,
        failureCode: webhookRegistrations.failureCode,
        createdAt: webhookRegistrations.createdAt,
      },
    })
    .from(webhookEndpoints)
    .leftJoin(
      webhookRegistrations,
      and(
        sameScope(webhookRegistrations, webhookEndpoints),
        eq(webhookRegistrations.endpointId, webhookEndpoints.id),
        ne(webhookRegistrations.state, "ended"),
      ),
    )
    .where(and(inScope(webhookEndpoints, ctx), eq(webhookEndpoints.practiceId, practiceId)))
    .orderBy(webhookEndpoints.eventType, desc(webhookRegistrations.createdAt));
  const endpoints = new Map<string, ComparedEndpoint>();
  for (const { registration, ...row } of rows) {
    if (row.removedAt && (!registration || registration.state === "failed")) continue;
    const endpoint = endpoints.get(row.id) ?? { ...row, registrations: [] };
    endpoints.set(row.id, endpoint);
    if (registration) endpoint.registrations.push(registration);
  }
  return [...endpoints.values()];
}

/** A wanted endpoint, locked. @throws NotFoundError */
export async function lockEndpoint(tx: Transaction, ctx: TenantContext, endpointId: string) {
  const [endpoint] = await tx
    .select({
      id: webhookEndpoints.id,
      practiceId: webhookEndpoints.practiceId,
      eventType: webhookEndpoints.eventType,
      urlToken: webhookEndpoints.urlToken,
    })
    .from(webhookEndpoints)
    .where(
      and(
        inScope(webhookEndpoints, ctx),
        eq(webhookEndpoints.id, endpointId),
        isNull(webhookEndpoints.removedAt),
      ),
    )
    .for("update");
  if (!endpoint) throw new NotFoundError();
  return endpoint;
}

type Owner = { url_token: string; tenant_id: string; environment: string; practice_id: string };

/**
 * Which of these URL tokens are the practice's, or nobody's in this portal. The others belong to another
 * organisation or environment that uses the same practice.
 */
export async function findOwnTokens(
  ctx: TenantContext,
  practiceId: string,
  tokens: readonly string[],
): Promise<Set<string>> {
  const own = new Set(tokens);
  if (tokens.length === 0) return own;
  const owners = await db.shared.execute<Owner>(
    sql`select * from find_webhook_owners(${sql.param(tokens)}::text[])`,
  );
  for (const owner of owners) {
    const isOwn =
      owner.tenant_id === ctx.tenantId &&
      owner.environment === ctx.environment &&
      owner.practice_id === practiceId;
    if (!isOwn) own.delete(owner.url_token);
  }
  return own;
}
