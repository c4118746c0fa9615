import "server-only";
import { and, gt, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { inScope } from "@/db/scope";
import { changeBatches } from "@/db/schema/live";
import { hashToken } from "../../crypto/tokens";
import { UnauthenticatedError } from "../../errors";
import type { LiveEvent, LivePositionInput, LiveTopic } from "../../schemas/live";
import { isAllowed, type Permission, type Role } from "../../schemas/permissions";
import type { TenantContext } from "../../tenancy/context";
import { createChangeQueue, mergeChanges } from "./change-queue";
import { liveHub, type LiveStream } from "./hub";

/** Whose changes a role may learn of. */
const topicPermissions: Record<LiveTopic, Permission> = {
  links: "links.read",
  bulk_uploads: "links.read",
  deliveries: "webhooks.read",
  destinations: "webhooks.read",
  practices: "practices.read",
  messages: "messages.read",
  tasks: "messages.read",
};

function topicsOf(role: Role): LiveTopic[] {
  const topics = Object.keys(topicPermissions) as LiveTopic[];
  return topics.filter((topic) => isAllowed(role, topicPermissions[topic]));
}

/** A person at a tenant's address, as proven for this request. */
type LiveCaller = {
  tenant: TenantContext;
  role: Role;
  sessionToken: string | undefined;
  slug: string;
};

/** What changed after a position, as one event; a reload if that is not known any more. */
async function findChangesAfter(
  ctx: TenantContext,
  role: Role,
  lastEventId: string,
): Promise<LiveEvent> {
  const after = Number(lastEventId);
  return db.read(ctx, async (tx) => {
    const batches = await tx
      .select({ changes: changeBatches.changes })
      .from(changeBatches)
      .where(and(inScope(changeBatches, ctx), gt(changeBatches.batch, after)));
    // After the batches: one that was deleted in between shows as too old.
    const [range] = await tx.execute<{ oldest: string; newest: string }>(
      sql`select oldest, newest from find_change_batch_range()`,
    );
    const newest = Number(range?.newest ?? 0);
    if (after > newest || after < Number(range?.oldest ?? 0) - 1) {
      return { position: newest, isReload: true, changes: [] };
    }
    const topics = topicsOf(role);
    const changes = batches.flatMap((batch) => batch.changes as LiveEvent["changes"]);
    return {
      position: newest,
      isReload: false,
      changes: mergeChanges(changes.filter(({ topic }) => topics.includes(topic))),
    };
  });
}

/** For a page that can hold no stream: asked again and again, it misses nothing either. */
export function listLiveChanges(
  { tenant, role }: LiveCaller,
  { lastEventId }: LivePositionInput,
): Promise<LiveEvent> {
  return findChangesAfter(tenant, role, lastEventId);
}

/**
 * Opens a stream of changes: first what came after the caller's position, at once and even if that is nothing,
 * then each change as it is sent. Ends with the caller's session, membership or role, when `signal` is aborted,
 * and when the process stops.
 *
 * @throws NoStreamLeftError
 */
export async function openLiveStream(
  { tenant, role, sessionToken, slug }: LiveCaller,
  { lastEventId }: LivePositionInput,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<LiveEvent>> {
  const { actor } = tenant;
  if (actor.kind !== "person" || !sessionToken) throw new UnauthenticatedError();
  const stream: LiveStream = {
    tokenHash: hashToken(sessionToken),
    slug,
    tenantId: tenant.tenantId,
    environment: tenant.environment,
    userId: actor.userId,
    role,
    topics: topicsOf(role),
    queue: createChangeQueue(),
  };
  const hub = liveHub();
  const close = () => hub.close(stream);
  // Before reading what came before, so that nothing falls in between.
  await hub.add(stream);
  signal?.addEventListener("abort", close, { once: true });
  if (signal?.aborted) close();
  try {
    return streamEvents(await findChangesAfter(tenant, role, lastEventId), stream, close);
  } catch (error) {
    close();
    throw error;
  }
}

async function* streamEvents(first: LiveEvent, { queue }: LiveStream, close: () => void) {
  try {
    yield first;
    for (;;) {
      const event = await queue.take();
      if (!event) return;
      // What was sent while the first event was read is in it.
      if (event.position > first.position) yield event;
    }
  } finally {
    close();
  }
}
