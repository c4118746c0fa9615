import "server-only";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import type { DestinationIdInput, DestinationTestResult } from "../../schemas/destinations";
import { destinationTestType } from "../../schemas/event-catalogue";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { createPoster, type Poster } from "../event-sending/post";
import { buildEventRequest } from "../event-sending/request";
import { consumeRateLimit } from "../rate-limits";
import { openSecrets } from "./secrets";
import { getDestinationView } from "./view";

let sharedPoster: Poster | undefined;

/**
 * Sends a `destination.test` event once, also to a destination that is off. It is not one of the events, and
 * its result changes nothing.
 *
 * @throws NotFoundError
 * @throws RateLimitedError after ten in a minute
 */
export async function sendTestEvent(
  ctx: TenantContext,
  { destinationId }: DestinationIdInput,
  poster = (sharedPoster ??=
    createPoster()),
): Promise<DestinationTestResult> {
  requirePermission(ctx, "webhooks.manage");
  const now = new Date();
  const { url, secrets } = await db.tenant(ctx, async (tx) => ({
    url: (await getDestinationView(tx, ctx, destinationId)).url,
    secrets: (await openSecrets(tx, ctx, [destinationId], now)).get(destinationId) ?? [],
  }));
  await consumeRateLimit("destination-test", `${ctx.tenantId}/${destinationId}`);
  const event = {
    id: uuidv7(),
    type: destinationTestType,
    occurredAt: now,
    data: { destinationId },
  };
  const result = await poster.post(
    url,
    buildEventRequest(
      event,
      secrets.map(({ secret }) => secret),
      now,
    ),
  );
  return {
    status: "status" in result ? result.status : null,
    failure: "failure" in result ? result.failure : null,
    durationMs: result.durationMs,
  };
}
