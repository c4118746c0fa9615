import "server-only";
import { and, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import type { Overview } from "../../schemas/results";
import { hasPermission } from "../../tenancy/permissions";
import type { TenantContext } from "../../tenancy/context";
import { inMessageState, maxReplyMs } from "./view";

/** An unknown message stays unknown. After a week it needs no attention any more. */
const attentionMs = 7 * 24 * 3_600_000;

/**
 * Messages that need a person: held ones, those without an ID at Hero two minutes after they were claimed,
 * and those that no worker has claimed two minutes after their time. None for those who may not see messages.
 */
export async function countMessagesForAttention(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string | undefined,
  now: Date,
): Promise<Overview["messages"]> {
  if (!hasPermission(ctx, "messages.read")) return { held: 0, unknown: 0, late: 0 };
  const { state, createdAt, sendAt } = messages;
  const isHeld = eq(state, "held");
  const isUnknown = and(
    inMessageState("unknown", now),
    gt(createdAt, new Date(now.getTime() - attentionMs)),
  );
  // A batch's messages wait for it.
  const isLate = and(
    eq(state, "scheduled"),
    isNull(messages.batchId),
    lt(sendAt, new Date(now.getTime() - maxReplyMs())),
  );
  const [counts] = await tx
    .select({
      held: sql<number>`(count(*) filter (where ${isHeld}))::int`,
      unknown: sql<number>`(count(*) filter (where ${isUnknown}))::int`,
      late: sql<number>`(count(*) filter (where ${isLate}))::int`,
    })
    .from(messages)
    .where(
      and(
        inScope(messages, ctx),
        practiceId ? eq(messages.practiceId, practiceId) : undefined,
        // Literals, so that the index of states is used.
        sql`${state} in ('held', 'unknown', 'sending', 'scheduled')`,
        or(isHeld, isUnknown, isLate),
      ),
    );
  return counts ?? { held: 0, unknown: 0, late: 0 };
}
