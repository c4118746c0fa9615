import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { appointments } from "@/db/schema/appointments";
import { links } from "@/db/schema/links";
import { linkAppointments } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { ConflictError } from "../../errors";
import { appointmentStateOf } from "../../hero/appointment-state";
import { getAppointment, getAppointmentStatus } from "../../hero/appointments";
import { getBookingLink } from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import type { HeroConnection } from "../../hero/request";
import type { TenantContext } from "../../tenancy/context";
import type { Reading } from "../appointments/reading";
import { resolveByReading } from "../appointments/resolve";
import { recordEvent } from "../events/record";
import { callHeroForPractice, limiterFor } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { linkEventData } from "../links/link-events";
import { answersAboutLink, refreshLink } from "../links/refresh";
import { recordChange } from "../live/record-change";
import { loadPracticeWithKey } from "../practices/load-with-key";

/** Applies what was read, and returns a code of what followed. */
export type ObjectEffect = (tx: Transaction) => Promise<string>;

type LinkOfAppointment = Pick<typeof links.$inferSelect, "id" | "kind" | "reference">;
type LinkAppointment = typeof linkAppointments.$inferSelect;

const linkColumns = { id: links.id, kind: links.kind, reference: links.reference };

/** `fetchFromHero` at low priority. @throws NotFoundError, ConflictError, HeroError */
export async function fetchAtLowPriority<Result>(
  ctx: TenantContext,
  practiceId: string,
  run: (hero: HeroConnection) => Promise<Result>,
): Promise<Result> {
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  const outcome = await callHeroForPractice(ctx, practice, run, limiterFor(ctx, practice, "low"));
  await db.tenant(ctx, (tx) => recordCallsForPractice(tx, ctx, practice, outcome.records));
  if (!outcome.ok) throw outcome.error;
  return outcome.result;
}

/** Refreshes the uses of a link. What Hero says of the link alone does not keep the rest from its effect. */
export async function refreshUses(ctx: TenantContext, linkId: string): Promise<void> {
  try {
    await refreshLink(ctx, { linkId }, "low");
  } catch (error) {
    const isAboutLink = error instanceof HeroError && answersAboutLink.includes(error.code);
    if (!isAboutLink && !(error instanceof ConflictError)) throw error;
  }
}

type AppointmentKey = { practiceId: string; objectId: string };

async function findOwnAppointment(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, objectId }: AppointmentKey,
): Promise<string | undefined> {
  const [own] = await tx
    .select({ id: appointments.id })
    .from(appointments)
    .where(
      and(
        inScope(appointments, ctx),
        eq(appointments.practiceId, practiceId),
        eq(appointments.heroAppointmentId, objectId),
      ),
    );
  return own?.id;
}

async function findLinkAppointment(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, objectId }: AppointmentKey,
): Promise<LinkAppointment | undefined> {
  const [row] = await tx
    .select()
    .from(linkAppointments)
    .where(
      and(
        inScope(linkAppointments, ctx),
        eq(linkAppointments.practiceId, practiceId),
        eq(linkAppointments.heroAppointmentId, objectId),
      ),
    );
  return row;
}

const isBookingLinkOf = (ctx: TenantContext, practiceId: string) =>
  and(inScope(links, ctx), eq(links.practiceId, practiceId), eq(links.kind, "booking"));

/** This practice's link with Hero's ID, or with the address of Hero's link when the ID is not yet known. */
async function findLink(
  ctx: TenantContext,
  practiceId: string,
  heroLinkId: string,
): Promise<LinkOfAppointment | undefined> {
  const { link, hasLinkWithoutId } = await db.tenant(ctx, async (tx) => {
    const [found] = await tx
      .select(linkColumns)
      .from(links)
      .where(and(isBookingLinkOf(ctx, practiceId), eq(links.heroLinkId, heroLinkId)));
    const [withoutId] = found
      ? []
      : await tx
          .select({ id: links.id })
          .from(links)
          .where(
            and(
              isBookingLinkOf(ctx, practiceId),
              eq(links.outcome, "active"),
              isNull(links.heroLinkId),
            ),
          )
          .limit(1);
    return { link: found, hasLinkWithoutId: withoutId !== undefined };
  });
  if (link || !hasLinkWithoutId) return link;
  const { short_link: url } = await fetchAtLowPriority(ctx, practiceId, (hero) =>
    getBookingLink(hero, heroLinkId),
  );
  if (!url) return undefined;
  const [found] = await db.tenant(ctx, (tx) =>
    tx
      .select(linkColumns)
      .from(links)
      .where(and(isBookingLinkOf(ctx, practiceId), eq(links.url, url), isNull(links.heroLinkId))),
  );
  return found;
}

/** The link of an appointment that the portal has seen before. */
async function loadLinkOf(
  tx: Transaction,
  ctx: TenantContext,
  { linkId }: LinkAppointment,
): Promise<LinkOfAppointment | undefined> {
  const [link] = await tx
    .select(linkColumns)
    .from(links)
    .where(and(inScope(links, ctx), eq(links.id, linkId)));
  return link;
}

/**
 * Reads an appointment, its link's uses where they may have changed, and the portal's own row if the portal
 * made it. What is neither the portal's nor booked with one of its links is read once and has no effect.
 *
 * @throws NotFoundError and ConflictError when the practice is disconnected, HeroError
 */
export async function readAppointmentObject(
  ctx: TenantContext,
  key: AppointmentKey,
  readAt: Date,
): Promise<ObjectEffect> {
  const { practiceId, objectId } = key;
  const own = await db.tenant(ctx, (tx) => findOwnAppointment(tx, ctx, key));
  const ownReading = own ? await resolveByReading(ctx, own, "low") : null;
  const appointment =
    ownReading?.appointment ??
    (await fetchAtLowPriority(ctx, practiceId, (hero) => getAppointment(hero, objectId)));
  const known = await db.tenant(ctx, async (tx) => {
    const row = await findLinkAppointment(tx, ctx, key);
    return row && { row, link: await loadLinkOf(tx, ctx, row) };
  });
  const heroLinkId = appointment.link_id;
  const named = heroLinkId ? await findLink(ctx, practiceId, heroLinkId) : undefined;
  const link = named ?? known?.link;
  if (!link) return async () => (own ? "appointment_refreshed" : "not_ours");
  // Another link than before: one of the two replies is wrong, and neither is believed.
  if (known && (heroLinkId ? link.id !== known.row.linkId || !named : false)) {
    return async () => "other_link";
  }
  const status =
    ownReading?.status ??
    (await fetchAtLowPriority(ctx, practiceId, (hero) => getAppointmentStatus(hero, objectId)));
  const reading: Reading = { appointment, status, state: appointmentStateOf(appointment, status) };
  const change = changeOf(known?.row, reading);
  if (change === "booked" || change === "cancelled") await refreshUses(ctx, link.id);
  return (tx) => saveLinkAppointment(tx, ctx, key, link, reading, readAt);
}

/** What a reading says that the row does not. */
function changeOf(
  row: LinkAppointment | undefined,
  { appointment, state }: Reading,
): "booked" | "cancelled" | "moved" | null {
  if (state === "booked") {
    if (row?.state !== "booked") return "booked";
    const isMoved =
      appointment.start_time !== null &&
      Date.parse(appointment.start_time) !== row.startsAt?.getTime();
    return isMoved ? "moved" : null;
  }
  // A hold that was let go was never a booking.
  const wasBooked = row !== undefined || appointment.booking_confirmed_at !== null;
  return state === "cancelled" && wasBooked && row?.state !== "cancelled" ? "cancelled" : null;
}

/**
 * Stores what Hero's record says of an appointment made with a link. The row and the events depend on the
 * record alone: one that is first read as cancelled was booked before.
 */
async function saveLinkAppointment(
  tx: Transaction,
  ctx: TenantContext,
  key: AppointmentKey,
  link: LinkOfAppointment,
  reading: Reading,
  readAt: Date,
): Promise<string> {
  const row = await findLinkAppointment(tx, ctx, key);
  // A newer reading has been stored.
  if (row && row.readAt > readAt) return "nothing_changed";
  const change = changeOf(row, reading);
  const { appointment, state } = reading;
  const isKnownState = state === "booked" || state === "cancelled";
  const startsAt =
    isKnownState && appointment.start_time
      ? new Date(appointment.start_time)
      : (row?.startsAt ?? null);
  if (!row && change === null) return "nothing_changed";
  const isCancelled = change === "cancelled" || (row?.state === "cancelled" && change === null);
  const values = {
    state: isCancelled ? ("cancelled" as const) : ("booked" as const),
    startsAt,
    bookedAt: change === "booked" ? readAt : (row?.bookedAt ?? readAt),
    cancelledAt: change === "cancelled" ? readAt : isCancelled ? (row?.cancelledAt ?? null) : null,
    rescheduledAt:
      row && startsAt?.getTime() !== row.startsAt?.getTime()
        ? readAt
        : (row?.rescheduledAt ?? null),
    readAt,
  };
  await tx
    .insert(linkAppointments)
    .values({
      ...values,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      practiceId: key.practiceId,
      heroAppointmentId: key.objectId,
      linkId: link.id,
    })
    .onConflictDoUpdate({
      target: [
        linkAppointments.tenantId,
        linkAppointments.environment,
        linkAppointments.practiceId,
        linkAppointments.heroAppointmentId,
      ],
      set: values,
    });
  if (change === null) return "nothing_changed";
  const event = {
    key: `${link.id}:${key.objectId}`,
    subjectId: link.id,
    data: {
      ...linkEventData({ ...link, practiceId: key.practiceId }),
      appointmentId: key.objectId,
    },
  };
  if (change !== "moved") await recordEvent(tx, ctx, { type: "link.booked", ...event });
  if (change === "cancelled") await recordEvent(tx, ctx, { type: "link.cancelled", ...event });
  await recordChange(tx, ctx, "links", link.id);
  return `link_${change}`;
}
