import "server-only";
import { and, count, eq, inArray, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { destinations, destinationSecrets, eventSendings } from "@/db/schema/events";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { InvalidInputError, NotFoundError } from "../../errors";
import type {
  CreateDestinationInput,
  DestinationIdInput,
  DestinationView,
  ShownSecret,
  SwitchDestinationInput,
  UpdateDestinationInput,
} from "../../schemas/destinations";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { explainRefusedUrl } from "../event-sending/public-address";
import { requireBelowLimit } from "../limits";
import { insertSecret, lockDestination } from "./secrets";
import { restarted } from "./sendings";
import { getDestinationView } from "./view";

const maxDestinations = 20;

function rejectPrivateUrl(url: string): void {
  const reason = explainRefusedUrl(new URL(url));
  if (reason) throw new InvalidInputError("url", reason);
}

/** @throws NotFoundError unless every practice is connected here */
async function requirePractices(tx: Transaction, ctx: TenantContext, ids: readonly string[]) {
  if (ids.length === 0) return;
  const found = await tx
    .select({ id: practices.id })
    .from(practices)
    .where(
      and(
        inScope(practices, ctx),
        inArray(practices.id, [...ids]),
        isNull(practices.disconnectedAt),
      ),
    );
  if (found.length < ids.length) throw new NotFoundError();
}

/**
 * Adds a destination, to which the events from now on are sent. Returns its first secret.
 *
 * @throws InvalidInputError for an address in a private network
 * @throws NotFoundError unless every practice is connected in this environment
 * @throws ConflictError after 20
 */
export async function createDestination(
  ctx: TenantContext,
  input: CreateDestinationInput,
  now = new Date(),
): Promise<ShownSecret> {
  requirePermission(ctx, "webhooks.manage");
  rejectPrivateUrl(input.url);
  const { tenantId, environment } = ctx;
  const id = uuidv7();
  return db.tenant(ctx, async (tx) => {
    await requireBelowLimit(tx, ["destinations", tenantId, environment], {
      max: maxDestinations,
      async count() {
        const [existing] = await tx
          .select({ count: count() })
          .from(destinations)
          .where(and(inScope(destinations, ctx), isNull(destinations.deletedAt)));
        return existing?.count ?? 0;
      },
      message: `You have ${maxDestinations} destinations, which is the limit. Delete one that you no longer need.`,
    });
    await requirePractices(tx, ctx, input.practiceIds);
    await tx
      .insert(destinations)
      .values({ ...input, tenantId, environment, id, createdBy: actorId(ctx) });
    const secret = await insertSecret(tx, ctx, id, now);
    await recordSaved(tx, ctx, "destination.created", { id, name: input.name });
    return { secret, view: await getDestinationView(tx, ctx, id, now) };
  });
}

async function recordSaved(
  tx: Transaction,
  ctx: TenantContext,
  action: `destination.${"created" | "updated" | "enabled" | "disabled" | "deleted"}`,
  { id, name }: { id: string; name: string },
): Promise<void> {
  await recordAudit(tx, ctx, action, { type: "destination", id, label: name });
}

/** As a destination is before its first attempt. */
const neverFailed = { failingSince: null, warnedAt: null, pausedUntil: null };

/** Sends what waits for a destination at once, as if for the first time. */
async function restartWaiting(
  tx: Transaction,
  ctx: TenantContext,
  destinationId: string,
  now: Date,
): Promise<void> {
  await tx
    .update(eventSendings)
    .set(restarted(now))
    .where(
      and(
        inScope(eventSendings, ctx),
        eq(eventSendings.destinationId, destinationId),
        eq(eventSendings.state, "waiting"),
      ),
    );
}

/**
 * Changes name, address and filters. What already waits is sent to a new address at once: the failures of the
 * earlier one are not its own.
 * @throws as `createDestination`
 */
export async function updateDestination(
  ctx: TenantContext,
  { destinationId, ...input }: UpdateDestinationInput,
  now = new Date(),
): Promise<DestinationView> {
  requirePermission(ctx, "webhooks.manage");
  rejectPrivateUrl(input.url);
  return db.tenant(ctx, async (tx) => {
    await lockDestination(tx, ctx, destinationId);
    const { practices: earlier, url: earlierUrl } = await getDestinationView(
      tx,
      ctx,
      destinationId,
      now,
    );
    // One that was disconnected since stays.
    const earlierIds = new Set(earlier.map(({ id }) => id));
    await requirePractices(
      tx,
      ctx,
      input.practiceIds.filter((id) => !earlierIds.has(id)),
    );
    const isMoved = input.url !== earlierUrl;
    await tx
      .update(destinations)
      .set({ ...input, ...(isMoved && neverFailed) })
      .where(and(inScope(destinations, ctx), eq(destinations.id, destinationId)));
    if (isMoved) await restartWaiting(tx, ctx, destinationId, now);
    await recordSaved(tx, ctx, "destination.updated", { id: destinationId, name: input.name });
    return getDestinationView(tx, ctx, destinationId, now);
  });
}

/**
 * Turns a destination on or off. Events are kept while it is off. When it is turned on they are sent, and what
 * waited before starts again with its first attempt.
 * @throws NotFoundError
 */
export async function switchDestination(
  ctx: TenantContext,
  { destinationId, isOn }: SwitchDestinationInput,
  now = new Date(),
): Promise<DestinationView> {
  requirePermission(ctx, "webhooks.manage");
  return db.tenant(ctx, async (tx) => {
    const [switched] = await tx
      .update(destinations)
      .set(
        isOn
          ? { state: "active", disabledReason: null, disabledAt: null, ...neverFailed }
          : { state: "disabled", disabledReason: "by_person", disabledAt: now },
      )
      .where(
        and(
          inScope(destinations, ctx),
          eq(destinations.id, destinationId),
          isNull(destinations.deletedAt),
          eq(destinations.state, isOn ? "disabled" : "active"),
        ),
      )
      .returning({ name: destinations.name });
    if (switched) {
      if (isOn) await restartWaiting(tx, ctx, destinationId, now);
      const action = isOn ? "destination.enabled" : "destination.disabled";
      await recordSaved(tx, ctx, action, { id: destinationId, name: switched.name });
    }
    return getDestinationView(tx, ctx, destinationId, now);
  });
}

/**
 * Deletes a destination with its secrets and what waits for it. What was sent stays on record.
 * @throws NotFoundError
 */
export async function deleteDestination(
  ctx: TenantContext,
  { destinationId }: DestinationIdInput,
): Promise<null> {
  requirePermission(ctx, "webhooks.manage");
  return db.tenant(ctx, async (tx) => {
    const name = await lockDestination(tx, ctx, destinationId);
    await tx
      .update(destinations)
      .set({ deletedAt: new Date() })
      .where(and(inScope(destinations, ctx), eq(destinations.id, destinationId)));
    await tx
      .delete(destinationSecrets)
      .where(
        and(inScope(destinationSecrets, ctx), eq(destinationSecrets.destinationId, destinationId)),
      );
    await tx
      .delete(eventSendings)
      .where(
        and(
          inScope(eventSendings, ctx),
          eq(eventSendings.destinationId, destinationId),
          eq(eventSendings.state, "waiting"),
        ),
      );
    await recordSaved(tx, ctx, "destination.deleted", { id: destinationId, name });
    return null;
  });
}
