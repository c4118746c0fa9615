import "server-only";
import { and, eq, gt, gte, isNotNull, isNull, lt, lte, or, type SQL, sql } from "drizzle-orm";
import { links } from "@/db/schema/links";
import { linkAppointments } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { env } from "../../env";
import { addDays, ukDateOf } from "../../schemas/dates";
import { type BookedSince, bookedSinceDays, type LinkFilters } from "../../schemas/links/list";
import type { LinkState } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";

/** Timestamps may be text, as the driver returns them. */
type StateColumns = Pick<
  typeof links.$inferSelect,
  "outcome" | "expiresOn" | "uses" | "maxUses" | "kind" | "patientId"
> & {
  requestedAt: Date | string;
  closedAt: Date | string | null;
  stoppedAt: Date | string | null;
};

/** A link that ends today, tomorrow or the day after "ends soon". */
const endsSoonDays = 2;

/** The limiter's wait, the call and the result together take less: a process that took longer has died. */
export const maxPendingMs = () => env().HERO_TIMEOUT_MS + 30_000;

/** The times and dates that states depend on; created once for all the links of a page. */
export function linkClock(now = new Date()) {
  const today = ukDateOf(now);
  return { now, today, endsSoonUntil: addDays(today, endsSoonDays) };
}

/**
 * The state people see, from the stored columns and today's date in the United Kingdom. A link works
 * until the end of `expiresOn` (assumption 14). `inState` is the same rule in SQL.
 */
export function deriveLinkState(
  link: StateColumns,
  { now, today, endsSoonUntil } = linkClock(),
): LinkState {
  if (link.outcome === "failed" || link.outcome === "unknown") return link.outcome;
  if (link.outcome === "pending") {
    return now.getTime() - new Date(link.requestedAt).getTime() > maxPendingMs()
      ? "unknown"
      : "pending";
  }
  if (link.closedAt) return "closed";
  // Success, which the expiry date does not undo.
  const isUsedUp = link.maxUses !== null && link.uses >= link.maxUses;
  if (link.kind === "booking" && link.patientId && isUsedUp) return "booked";
  if (link.expiresOn < today) return "expired";
  if (isUsedUp) return "used_up";
  if (link.stoppedAt) return "stopped";
  return link.expiresOn <= endsSoonUntil ? "ends_soon" : "live";
}

/** The rows that `deriveLinkState` gives this state now. */
function inState(state: LinkState): SQL | undefined {
  const { now, today, endsSoonUntil } = linkClock();
  const pendingCutoff = new Date(now.getTime() - maxPendingMs());
  // Literals, not parameters: PostgreSQL uses a partial index only when the plan shows that it fits.
  const isActive = sql`${links.outcome} = 'active'`;
  const isNotActive = sql`${links.outcome} <> 'active'`;
  const isOpen = and(isActive, isNull(links.closedAt));
  const isPatientBooking = sql`(${links.kind} = 'booking' and ${links.patientId} is not null)`;
  const isBooked = and(isOpen, isPatientBooking, gte(links.uses, links.maxUses));
  const isUnbooked = sql`not (${isPatientBooking} and ${links.uses} >= ${links.maxUses})`;
  const isUnexpired = and(isOpen, gte(links.expiresOn, today));
  const hasUsesLeft = and(isUnexpired, or(isNull(links.maxUses), lt(links.uses, links.maxUses)));
  const isWorking = and(hasUsesLeft, isNull(links.stoppedAt));
  switch (state) {
    case "failed":
      return and(isNotActive, eq(links.outcome, "failed"));
    case "pending":
      return and(isNotActive, eq(links.outcome, "pending"), gte(links.requestedAt, pendingCutoff));
    case "unknown":
      return and(
        isNotActive,
        or(
          eq(links.outcome, "unknown"),
          and(eq(links.outcome, "pending"), lt(links.requestedAt, pendingCutoff)),
        ),
      );
    case "closed":
      return and(isActive, isNotNull(links.closedAt));
    case "expired":
      return and(isOpen, lt(links.expiresOn, today), isUnbooked);
    case "booked":
      return isBooked;
    case "used_up":
      return and(isUnexpired, gte(links.uses, links.maxUses), sql`not ${isPatientBooking}`);
    case "stopped":
      return and(hasUsesLeft, isNotNull(links.stoppedAt));
    case "ends_soon":
      return and(isWorking, lte(links.expiresOn, endsSoonUntil));
    case "live":
      return and(isWorking, gt(links.expiresOn, endsSoonUntil));
  }
}

/** The expiry dates of links that end soon. */
export function endingSoonDates(now = new Date()): string[] {
  const today = ukDateOf(now);
  return Array.from({ length: endsSoonDays + 1 }, (_, days) => addDays(today, days));
}

/** The most bookings whose links are listed: the newest. */
const maxListedBookings = 10_000;

/**
 * Links with an appointment that the portal first read since that UK day, up to the newest 10,000. As an
 * array it is read once, so that a list reads these links by their ID and no others.
 */
function isBookedSince(ctx: TenantContext, bookedSince: BookedSince): SQL {
  const firstDay = addDays(ukDateOf(new Date()), -bookedSinceDays[bookedSince]);
  return sql`${links.id} = any(array(
    select ${linkAppointments.linkId} from ${linkAppointments}
    where ${inScope(linkAppointments, ctx)}
      and ${linkAppointments.bookedAt} >= ${firstDay}::date::timestamp at time zone 'Europe/London'
    order by ${linkAppointments.bookedAt} desc limit ${maxListedBookings}
  ))`;
}

/** The conditions of all filters except words and tags: see `search.ts`. */
export function filterConditions(ctx: TenantContext, filters: LinkFilters): SQL | undefined {
  const { practiceId, kind, audience, state, ownerId, bulkUploadId, isUsed, bookedSince } = filters;
  return and(
    practiceId ? eq(links.practiceId, practiceId) : undefined,
    kind ? eq(links.kind, kind) : undefined,
    audience && sql`(${links.patientId} is ${audience === "generic" ? sql`null` : sql`not null`})`,
    state && inState(state),
    ownerId ? eq(links.createdBy, ownerId) : undefined,
    bulkUploadId ? eq(links.bulkUploadId, bulkUploadId) : undefined,
    isUsed && (isUsed === "yes" ? gt(links.uses, 0) : eq(links.uses, 0)),
    bookedSince && and(eq(links.outcome, "active"), isBookedSince(ctx, bookedSince)),
  );
}
