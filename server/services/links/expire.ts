import "server-only";
import { and, asc, eq, gte, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { events } from "@/db/schema/events";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { addDays, ukDateOf } from "../../schemas/dates";
import type { TenantContext } from "../../tenancy/context";
import { recordEvents } from "../events/record";
import { recordChange } from "../live/record-change";
import { filterConditions } from "./filter";
import { linkEventData } from "./link-events";

const maxPerTransaction = 1_000;
/** How many days a link that expired while no worker ran is still told of. */
const maxLateDays = 3;

/**
 * Records `link.expired` for links that have expired in the last days, once for each expiry date. A link
 * whose expiry date is moved may expire again.
 *
 * @returns how many were recorded
 */
export async function recordExpiredLinks(ctx: TenantContext, now = new Date()): Promise<number> {
  let count = 0;
  for (;;) {
    const recorded = await recordSome(ctx, now);
    count += recorded;
    if (recorded < maxPerTransaction) return count;
  }
}

const keyOf = (link: { id: string; expiresOn: string }) => `${link.id}:${link.expiresOn}`;

function recordSome(ctx: TenantContext, now: Date): Promise<number> {
  return db.tenant(ctx, async (tx) => {
    const expired = await tx
      .select({
        id: links.id,
        practiceId: links.practiceId,
        kind: links.kind,
        reference: links.reference,
        expiresOn: links.expiresOn,
      })
      .from(links)
      .where(
        and(
          inScope(links, ctx),
          filterConditions(ctx, { state: "expired" }),
          gte(links.expiresOn, addDays(ukDateOf(now), -maxLateDays)),
          sql`not exists (select from ${events} where ${and(
            inScope(events, ctx),
            eq(
              events.key,
              sql`'link.expired:' || ${links.id} || ':' || to_char(${links.expiresOn}, 'YYYY-MM-DD')`,
            ),
          )})`,
        ),
      )
      .orderBy(asc(links.expiresOn), asc(links.id))
      .limit(maxPerTransaction);
    if (expired.length === 0) return 0;
    await recordEvents(
      tx,
      ctx,
      expired.map((link) => ({
        type: "link.expired" as const,
        key: keyOf(link),
        subjectId: link.id,
        data: linkEventData(link),
      })),
    );
    await recordChange(tx, ctx, "links");
    return expired.length;
  });
}
