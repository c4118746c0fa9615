import "server-only";
import { and, eq, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { practices } from "@/db/schema/practices";
import { linkAppointments, webhookEndpoints } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { ukDateOf } from "../../schemas/dates";
import type { Overview, OverviewInput } from "../../schemas/results";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { countBatchesForAttention } from "../message-batches/attention";
import { countMessagesForAttention } from "../messages/attention";
import { countResultsIn } from "./count";

/** Fewer than on the results page, because the overview is opened more often than any other page. */
const maxCountedLinks = 10_000;
const maxSilentPractices = 10;

/** Practices with an endpoint about whose silence members were told, and that has received nothing since. */
async function listSilentPractices(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId }: OverviewInput,
): Promise<Overview["silentPractices"]> {
  const { silenceMailedAt, lastVerifiedAt } = webhookEndpoints;
  const rows = await tx
    .select({
      id: practices.id,
      name: sql<string>`coalesce(${practices.nickname}, ${practices.name})`,
      lastHeardAt: sql<string | null>`max(${lastVerifiedAt})`,
    })
    .from(webhookEndpoints)
    .innerJoin(
      practices,
      and(sameScope(practices, webhookEndpoints), eq(practices.id, webhookEndpoints.practiceId)),
    )
    .where(
      and(
        inScope(webhookEndpoints, ctx),
        practiceId ? eq(webhookEndpoints.practiceId, practiceId) : undefined,
        isNull(webhookEndpoints.removedAt),
        isNotNull(silenceMailedAt),
        or(isNull(lastVerifiedAt), lt(lastVerifiedAt, silenceMailedAt)),
      ),
    )
    .groupBy(practices.id, practices.name, practices.nickname)
    .orderBy(practices.name)
    .limit(maxSilentPractices);
  return rows.map(({ lastHeardAt, ...practice }) => ({
    ...practice,
    lastHeardAt: lastHeardAt ? new Date(lastHeardAt).toISOString() : null,
  }));
}

async function knowsBookings(tx: Transaction, ctx: TenantContext): Promise<boolean> {
  const [row] = await tx.execute<{ isKnown: boolean }>(sql`
    select exists (
      select from ${webhookEndpoints}
      where ${inScope(webhookEndpoints, ctx)} and ${isNull(webhookEndpoints.removedAt)}
    ) or exists (select from ${linkAppointments} where ${inScope(linkAppointments, ctx)}) as "isKnown"
  `);
  return row?.isKnown ?? false;
}

/** What the overview shows beside lists and counts of links. */
export async function getOverview(
  ctx: TenantContext,
  input: OverviewInput,
  now = new Date(),
): Promise<Overview> {
  requirePermission(ctx, "links.read");
  const today = ukDateOf(now);
  const period = { from: `${today.slice(0, 7)}-01`, to: today };
  return db.read(ctx, async (tx) => {
    const [month, silentPractices, isKnown, messages, batches] = await Promise.all([
      countResultsIn(
        tx,
        ctx,
        { ...period, ...input, groupBy: "date" },
        { maxLinks: maxCountedLinks },
      ),
      listSilentPractices(tx, ctx, input),
      knowsBookings(tx, ctx),
      countMessagesForAttention(tx, ctx, input.practiceId, now),
      countBatchesForAttention(tx, ctx, input.practiceId, now),
    ]);
    const { totals, intervals, isTruncated } = month;
    return {
      month: { totals, intervals, isTruncated },
      knowsBookings: isKnown,
      silentPractices,
      messages,
      batches,
    };
  });
}
