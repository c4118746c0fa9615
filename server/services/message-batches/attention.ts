import "server-only";
import { and, count, eq, ne, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { approvals } from "@/db/schema/approvals";
import { messageBatches } from "@/db/schema/message-batches";
import { inScope, sameScope } from "@/db/scope";
import type { Overview } from "../../schemas/results";
import { hasPermission } from "../../tenancy/permissions";
import type { TenantContext } from "../../tenancy/context";
import { personBehind } from "../approvals/people";

/** Batches that need a person: requests that this one can decide, and batches that are paused. */
export async function countBatchesForAttention(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string | undefined,
  now: Date,
): Promise<Overview["batches"]> {
  if (!hasPermission(ctx, "messages.read")) return { toDecide: 0, paused: 0 };
  const ofPractice = practiceId ? eq(messageBatches.practiceId, practiceId) : undefined;
  const [paused] = await tx
    .select({ count: count() })
    .from(messageBatches)
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.state, "paused"), ofPractice));
  if (!hasPermission(ctx, "messages.send")) return { toDecide: 0, paused: paused?.count ?? 0 };
  const [toDecide] = await tx
    .select({ count: count() })
    .from(messageBatches)
    .innerJoin(
      approvals,
      and(sameScope(approvals, messageBatches), eq(approvals.id, messageBatches.approvalId)),
    )
    .where(
      and(
        inScope(messageBatches, ctx),
        eq(messageBatches.state, "awaiting_approval"),
        ofPractice,
        sql`${approvals.decision} is null`,
        sql`${approvals.expiresAt} > ${now.toISOString()}::timestamptz`,
        ne(approvals.requestedBy, await personBehind(tx, ctx)),
      ),
    );
  return { toDecide: toDecide?.count ?? 0, paused: paused?.count ?? 0 };
}
