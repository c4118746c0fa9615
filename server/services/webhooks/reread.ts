import "server-only";
import { and, asc, eq, gt, lt, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { linkAppointments, webhookObjects } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../tenancy/context";

/** Booked appointments of a practice that one run of the job makes due. */
const maxPerRun = 60;
const maxFreshMs = 10 * 60_000;

/**
 * Makes booked appointments of links due that have not been read for ten minutes, the longest unread first:
 * a lost delivery about one of them only delays what it says. The worker reads them as if it had arrived.
 *
 * @returns how many became due
 */
export async function rereadLinkAppointments(
  ctx: TenantContext,
  practiceId: string,
  now = new Date(),
): Promise<number> {
  return db.tenant(ctx, async (tx) => {
    const stale = await tx
      .select({ heroAppointmentId: linkAppointments.heroAppointmentId })
      .from(linkAppointments)
      .where(
        and(
          inScope(linkAppointments, ctx),
          eq(linkAppointments.practiceId, practiceId),
          // A literal: with a parameter PostgreSQL does not use the partial index.
          sql`${linkAppointments.state} = 'booked'`,
          lt(linkAppointments.readAt, new Date(now.getTime() - maxFreshMs)),
          gt(linkAppointments.startsAt, now),
        ),
      )
      .orderBy(asc(linkAppointments.readAt))
      .limit(maxPerRun);
    if (stale.length === 0) return 0;
    await tx
      .insert(webhookObjects)
      .values(
        stale
          .map(({ heroAppointmentId }) => heroAppointmentId)
          .toSorted()
          .map((objectId) => ({
            tenantId: ctx.tenantId,
            environment: ctx.environment,
            practiceId,
            objectType: "Appointment",
            objectId,
            dueAt: now,
          })),
      )
      .onConflictDoUpdate({
        target: [
          webhookObjects.tenantId,
          webhookObjects.environment,
          webhookObjects.practiceId,
          webhookObjects.objectType,
          webhookObjects.objectId,
        ],
        // What is due already, or waits after a failure, keeps its time.
        set: { dueAt: sql`coalesce(${webhookObjects.dueAt}, excluded.due_at)` },
      });
    return stale.length;
  });
}
