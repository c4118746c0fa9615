import "server-only";
import { and, asc, count, eq, gte, isNull, max, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { links } from "@/db/schema/links";
import { memberships, tenants } from "@/db/schema/organisations";
import { practices } from "@/db/schema/practices";
import { webhookEndpointHours, webhookEndpoints } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { enqueue } from "../../queue/enqueue";
import { formatTimestamp, ukDateOf } from "../../schemas/dates";
import { environmentNames } from "../../schemas/environment-names";
import { isAllowed } from "../../schemas/permissions";
import type { TenantContext } from "../../tenancy/context";
import { portalUrl, sendMail } from "../mail";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How far back a practice's own habits are read: a month has its weekends and most bank holidays. */
const historyMs = 28 * dayMs;
/** With fewer hours in which something arrived, or less than a week of them, nothing is unusual yet. */
const minActiveHours = 12;
const minHistoryMs = 8 * dayMs;
const minSilenceMs = dayMs;

/**
 * Whether a practice has been silent for more than twice as long as ever in its history.
 *
 * @param activeHours starts of the hours in which it sent something, the oldest first
 */
export function isUnusuallySilent(
  activeHours: readonly Date[],
  lastVerifiedAt: Date,
  now: Date,
): boolean {
  const [first] = activeHours;
  const last = activeHours.at(-1);
  if (!first || !last || activeHours.length < minActiveHours) return false;
  if (last.getTime() - first.getTime() < minHistoryMs) return false;
  const gaps = activeHours
    .slice(1)
    .map((hour, index) => hour.getTime() - (activeHours[index]?.getTime() ?? 0));
  return now.getTime() - lastVerifiedAt.getTime() > Math.max(minSilenceMs, 2 * Math.max(...gaps));
}

/** The practice's endpoints that are wanted: when it last sent something, and when members were told. */
async function loadEndpoints(tx: Transaction, ctx: TenantContext, practiceId: string) {
  const [row] = await tx
    .select({
      lastVerifiedAt: max(webhookEndpoints.lastVerifiedAt),
      silenceMailedAt: max(webhookEndpoints.silenceMailedAt),
    })
    .from(webhookEndpoints)
    .where(
      and(
        inScope(webhookEndpoints, ctx),
        eq(webhookEndpoints.practiceId, practiceId),
        isNull(webhookEndpoints.removedAt),
      ),
    );
  return row;
}

async function listActiveHours(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
  since: Date,
): Promise<Date[]> {
  const rows = await tx
    .selectDistinct({ hour: webhookEndpointHours.hour })
    .from(webhookEndpointHours)
    .innerJoin(
      webhookEndpoints,
      and(
        sameScope(webhookEndpoints, webhookEndpointHours),
        eq(webhookEndpoints.id, webhookEndpointHours.endpointId),
      ),
    )
    .where(
      and(
        inScope(webhookEndpointHours, ctx),
        eq(webhookEndpoints.practiceId, practiceId),
        gte(webhookEndpointHours.hour, since),
        sql`${webhookEndpointHours.verified} > 0`,
      ),
    )
    .orderBy(asc(webhookEndpointHours.hour));
  return rows.map(({ hour }) => hour);
}

/** Whether patients may be using links: one is open, and was created, opened or used in the period. */
async function hasLinksInUse(
  tx: Transaction,
  ctx: TenantContext,
  practiceId: string,
  since: Date,
  now: Date,
): Promise<boolean> {
  const [row] = await tx
    .select({ count: count() })
    .from(links)
    .where(
      and(
        inScope(links, ctx),
        eq(links.practiceId, practiceId),
        eq(links.outcome, "active"),
        isNull(links.closedAt),
        gte(links.expiresOn, ukDateOf(now)),
        gte(links.lastActivityAt, since),
      ),
    );
  return (row?.count ?? 0) > 0;
}

/**
 * Queues an email when a practice with links in use has sent nothing for an unusual time. Once for each
 * silence, and at most once a day.
 *
 * @returns whether an email was queued
 */
export async function checkSilence(
  ctx: TenantContext,
  practiceId: string,
  now = new Date(),
): Promise<boolean> {
  return db.tenant(ctx, async (tx) => {
    const endpoints = await loadEndpoints(tx, ctx, practiceId);
    if (!endpoints?.lastVerifiedAt) return false;
    const { lastVerifiedAt, silenceMailedAt } = endpoints;
    const wasTold =
      silenceMailedAt !== null &&
      (silenceMailedAt > lastVerifiedAt || now.getTime() - silenceMailedAt.getTime() < dayMs);
    if (wasTold || now.getTime() - lastVerifiedAt.getTime() <= minSilenceMs) return false;
    // Up to what it sent last, so that a long silence does not shorten its own history.
    const since = new Date(lastVerifiedAt.getTime() - historyMs);
    const activeHours = await listActiveHours(tx, ctx, practiceId, since);
    if (!isUnusuallySilent(activeHours, lastVerifiedAt, now)) return false;
    if (!(await hasLinksInUse(tx, ctx, practiceId, since, now))) return false;
    const marked = await tx
      .update(webhookEndpoints)
      .set({ silenceMailedAt: now })
      .where(
        and(
          inScope(webhookEndpoints, ctx),
          eq(webhookEndpoints.practiceId, practiceId),
          isNull(webhookEndpoints.removedAt),
          // Another worker may have told them meanwhile.
          sql`${webhookEndpoints.silenceMailedAt} is not distinct from ${
            silenceMailedAt ? sql`${silenceMailedAt.toISOString()}::timestamptz` : sql`null`
          }`,
        ),
      )
      .returning({ id: webhookEndpoints.id });
    if (marked.length === 0) return false;
    await enqueue(
      "silence-mail",
      { tenantId: ctx.tenantId, environment: ctx.environment, practiceId },
      { within: tx },
    );
    return true;
  });
}

/** Emails every member who manages webhooks that a practice went silent, unless it has sent something since. */
export async function sendSilenceMail(ctx: TenantContext, practiceId: string): Promise<void> {
  const { practice, endpoints, members } = await db.tenant(ctx, async (tx) => {
    const [found] = await tx
      .select({ name: practices.name, nickname: practices.nickname })
      .from(practices)
      .where(
        and(
          inScope(practices, ctx),
          eq(practices.id, practiceId),
          isNull(practices.disconnectedAt),
        ),
      );
    return {
      practice: found,
      endpoints: await loadEndpoints(tx, ctx, practiceId),
      members: await tx
        .select({ email: users.email, role: memberships.role, slug: tenants.slug })
        .from(memberships)
        .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
        .innerJoin(users, eq(users.id, memberships.userId))
        .where(and(inScope(memberships, ctx), isNull(users.disabledAt))),
    };
  });
  const { lastVerifiedAt, silenceMailedAt } = endpoints ?? {};
  if (!practice || !lastVerifiedAt || !silenceMailedAt || lastVerifiedAt > silenceMailedAt) return;
  const name = practice.nickname ?? practice.name;
  for (const { email, slug } of members.filter(({ role }) => isAllowed(role, "webhooks.manage"))) {
    await sendMail(email, {
      subject: `${name} has stopped sending webhooks`,
      paragraphs: [
        `Hero's ${environmentNames[ctx.environment]} environment last sent a webhook for ${name} at ${formatTimestamp(lastVerifiedAt.toISOString())}. This is unusual for the practice, which has open links.`,
        "Links still work, and the portal reads bookings from Hero every ten minutes. Bookings appear late until webhooks arrive again.",
        "Compare the practice's webhooks with Hero, and repair them if they differ.",
      ],
      link: {
        label: "Open the deliveries",
        url: portalUrl(`/${slug}/${ctx.environment}/webhooks/deliveries`, {
          practice: practiceId,
        }),
      },
    });
  }
}
