import "server-only";
import { randomBytes } from "node:crypto";
import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { practices } from "@/db/schema/practices";
import { webhookEndpoints, webhookRegistrations } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { enqueueUnlessWaiting } from "../../queue/enqueue";
import type { HeroEventType } from "../../schemas/event-catalogue";
import type {
  SubscribeInput,
  WebhookOverview,
  WebhookPracticesInput,
} from "../../schemas/webhooks";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { recordChange } from "../live/record-change";
import { listWebhooks } from "./read";

/**
 * Sets the event types wanted of practices. Sending it again changes nothing. A job then makes Hero's
 * registrations equal to it, practice by practice.
 *
 * @throws NotFoundError unless all practices are connected; nothing is changed then
 */
export async function subscribe(
  ctx: TenantContext,
  input: SubscribeInput,
): Promise<WebhookOverview> {
  requirePermission(ctx, "webhooks.manage");
  const wanted = new Map(input.practices.map((each) => [each.practiceId, each.eventTypes]));
  const changedIds = await db.tenant(ctx, async (tx) => {
    // In one order, so that two changes at once cannot block each other.
    const rows = await tx
      .select({ id: practices.id, name: practices.name, nickname: practices.nickname })
      .from(practices)
      .where(
        and(
          inScope(practices, ctx),
          inArray(practices.id, [...wanted.keys()]),
          isNull(practices.disconnectedAt),
        ),
      )
      .orderBy(asc(practices.id))
      .for("no key update");
    if (rows.length < wanted.size) throw new NotFoundError();
    const changed: string[] = [];
    for (const { id, name, nickname } of rows) {
      const practice = { id, name: nickname ?? name };
      if (await setWanted(tx, ctx, practice, wanted.get(id) ?? [])) changed.push(id);
    }
    return changed;
  });
  for (const practiceId of changedIds) await requestSync(ctx, { practiceId, isRepair: false });
  return listWebhooks(ctx);
}

/** Makes it a job. */
async function requestSync(
  { tenantId, environment }: TenantContext,
  { practiceId, isRepair }: { practiceId: string; isRepair: boolean },
): Promise<void> {
  const data = { tenantId, environment, practiceId, isRepair };
  await enqueueUnlessWaiting("sync-webhooks", data, `${practiceId}${isRepair ? " repair" : ""}`);
}

/** @returns whether anything changed */
async function setWanted(
  tx: Transaction,
  ctx: TenantContext,
  practice: { id: string; name: string },
  eventTypes: readonly HeroEventType[],
): Promise<boolean> {
  const present = await tx
    .select({ id: webhookEndpoints.id, eventType: webhookEndpoints.eventType })
    .from(webhookEndpoints)
    .where(
      and(
        inScope(webhookEndpoints, ctx),
        eq(webhookEndpoints.practiceId, practice.id),
        isNull(webhookEndpoints.removedAt),
      ),
    );
  const added = [...new Set(eventTypes)].filter(
    (eventType) => !present.some((endpoint) => endpoint.eventType === eventType),
  );
  const removed = present.filter(
    ({ eventType }) => !eventTypes.some((wantedType) => wantedType === eventType),
  );
  if (added.length + removed.length === 0) return false;
  if (added.length > 0) {
    await tx.insert(webhookEndpoints).values(
      added.map((eventType) => ({
        tenantId: ctx.tenantId,
        environment: ctx.environment,
        id: uuidv7(),
        practiceId: practice.id,
        eventType,
        urlToken: randomBytes(32).toString("base64url"),
        createdBy: actorId(ctx),
      })),
    );
  }
  await removeEndpoints(
    tx,
    ctx,
    removed.map(({ id }) => id),
  );
  const subject = { type: "practice", id: practice.id, label: practice.name } as const;
  const list = (types: readonly string[]) => types.toSorted().join(", ");
  if (added.length > 0) {
    await recordAudit(tx, ctx, "webhook.subscribed", subject, { eventTypes: list(added) });
  }
  if (removed.length > 0) {
    await recordAudit(tx, ctx, "webhook.unsubscribed", subject, {
      eventTypes: list(removed.map(({ eventType }) => eventType)),
    });
  }
  await recordChange(tx, ctx, "practices", practice.id);
  return true;
}

/** From now on their deliveries are refused. Their registrations have to be deleted at Hero. */
export async function removeEndpoints(
  tx: Transaction,
  ctx: TenantContext,
  endpointIds: readonly string[],
): Promise<void> {
  if (endpointIds.length === 0) return;
  await tx
    .update(webhookEndpoints)
    .set({ removedAt: new Date() })
    .where(and(inScope(webhookEndpoints, ctx), inArray(webhookEndpoints.id, [...endpointIds])));
  await tx
    .update(webhookRegistrations)
    .set({ state: "ending" })
    .where(
      and(
        inScope(webhookRegistrations, ctx),
        inArray(webhookRegistrations.endpointId, [...endpointIds]),
        inArray(webhookRegistrations.state, ["pending", "active", "lost"]),
      ),
    );
}

/**
 * Makes Hero's registrations of a practice equal to what is wanted, and deletes those with a URL of this
 * portal that it knows nothing of. It happens in a job. @throws NotFoundError
 */
export async function repairWebhooks(
  ctx: TenantContext,
  { practiceIds }: WebhookPracticesInput,
): Promise<null> {
  requirePermission(ctx, "webhooks.manage");
  await requirePractices(ctx, practiceIds);
  for (const practiceId of practiceIds) await requestSync(ctx, { practiceId, isRepair: true });
  return null;
}

/** Compares practices with Hero's lists, in jobs. Changes nothing at Hero. @throws NotFoundError */
export async function requestComparison(
  ctx: TenantContext,
  { practiceIds }: WebhookPracticesInput,
): Promise<null> {
  requirePermission(ctx, "webhooks.manage");
  await requirePractices(ctx, practiceIds);
  const { tenantId, environment } = ctx;
  for (const practiceId of practiceIds) {
    await enqueueUnlessWaiting("check-webhooks", { tenantId, environment, practiceId }, practiceId);
  }
  return null;
}

/** @throws NotFoundError unless all are connected */
async function requirePractices(ctx: TenantContext, practiceIds: readonly string[]): Promise<void> {
  const rows = await db.read(ctx, (tx) =>
    tx
      .select({ id: practices.id })
      .from(practices)
      .where(
        and(
          inScope(practices, ctx),
          inArray(practices.id, [...practiceIds]),
          isNull(practices.disconnectedAt),
        ),
      ),
  );
  if (rows.length < new Set(practiceIds).size) throw new NotFoundError();
}
