import "server-only";
import { and, eq, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { DailyLinkCount, DailyLinkCountsInput } from "../../schemas/links/list";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";

const shownDays = 28;
/** The most links that are counted for one day. */
const maxLinksPerDay = 10_000;

/** The first id that a link created on this UK day can have: ids are UUIDv7, so they begin with the time. */
const firstIdOf = (day: SQL) => sql`(lpad(to_hex((extract(epoch from
  (${day})::timestamp at time zone 'Europe/London') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;

/** How many links were created on each of the last 28 UK days, and how many of those have been used. */
export async function countLinksByDay(
  ctx: TenantContext,
  { practiceId }: DailyLinkCountsInput,
): Promise<DailyLinkCount[]> {
  requirePermission(ctx, "links.read");
  const firstDay = addDays(ukDateOf(new Date()), 1 - shownDays);
  const day = sql`${firstDay}::date + series.n`;
  const conditions = and(
    inScope(links, ctx),
    eq(links.outcome, "active"),
    practiceId ? eq(links.practiceId, practiceId) : undefined,
    sql`${links.id} >= ${firstIdOf(day)} and ${links.id} < ${firstIdOf(sql`${day} + 1`)}`,
  );
  return db.read(ctx, async (tx) => {
    const rows = await tx.execute<DailyLinkCount>(sql`
      select (${day})::text as day, counted.created, counted.used
      from generate_series(0, ${shownDays - 1}) as series(n)
      cross join lateral (
        select count(*)::integer as created, (count(*) filter (where found.uses > 0))::integer as used
        from (select ${links.uses} as uses from ${links} where ${conditions} limit ${maxLinksPerDay}) found
      ) counted
      order by series.n
    `);
    return [...rows];
  });
}
