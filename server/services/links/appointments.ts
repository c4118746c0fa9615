import "server-only";
import { and, desc, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { linkAppointments } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import type { LinkIdInput } from "../../schemas/links/inputs";
import { type LinkAppointment, maxLinkAppointments } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { loadLink } from "./load-link";

/** The last 100 appointments that patients made with a link, the newest first. @throws NotFoundError */
export async function listLinkAppointments(
  ctx: TenantContext,
  { linkId }: LinkIdInput,
): Promise<LinkAppointment[]> {
  requirePermission(ctx, "links.read");
  const rows = await db.read(ctx, async (tx) => {
    const link = await loadLink(tx, ctx, linkId);
    // Of a link that was found on Hero's list and is not theirs.
    if (link.outcome !== "active") return [];
    return tx
      .select()
      .from(linkAppointments)
      .where(and(inScope(linkAppointments, ctx), eq(linkAppointments.linkId, linkId)))
      .orderBy(desc(linkAppointments.bookedAt), desc(linkAppointments.heroAppointmentId))
      .limit(maxLinkAppointments);
  });
  return rows.map(
    ({ heroAppointmentId, state, startsAt, bookedAt, cancelledAt, rescheduledAt }) => ({
      id: heroAppointmentId,
      state,
      startsAt: startsAt?.toISOString() ?? null,
      bookedAt: bookedAt.toISOString(),
      cancelledAt: cancelledAt?.toISOString() ?? null,
      rescheduledAt: rescheduledAt?.toISOString() ?? null,
    }),
  );
}
