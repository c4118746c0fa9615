import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { webhookEndpoints, webhookRegistrations } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import type { EndpointIdInput, EndpointView } from "../../schemas/webhooks";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { lockEndpoint } from "./load";
import { selectEndpointViews } from "./read";
import { registerEndpoint } from "./register";
import { syncWebhooks } from "./sync";

/**
 * Replaces the signing key of an endpoint: registers its URL again with a new key, reads Hero's list, and
 * deletes the old registration. The old key is accepted for a day more, as is each one before it whose day
 * has not ended. Until Hero lists the new registration the old one stays.
 *
 * @throws NotFoundError
 * @throws ConflictError when it is not registered, or another new key waits for Hero's list
 * @throws HeroError when Hero certainly did not register the new key; the old one stays
 */
export async function rotateKey(
  ctx: TenantContext,
  { endpointId }: EndpointIdInput,
  now = new Date(),
): Promise<EndpointView> {
  requirePermission(ctx, "webhooks.manage");
  const practice = await db.tenant(ctx, async (tx) => {
    const endpoint = await lockEndpoint(tx, ctx, endpointId);
    const registrations = await tx
      .select({ state: webhookRegistrations.state })
      .from(webhookRegistrations)
      .where(
        and(inScope(webhookRegistrations, ctx), eq(webhookRegistrations.endpointId, endpointId)),
      );
    const has = (state: string) => registrations.some((each) => each.state === state);
    if (has("pending")) throw new ConflictError("A new key is being registered. Try again later.");
    if (!has("active")) throw new ConflictError("This webhook is not registered. Repair it first.");
    return loadPracticeWithKey(tx, ctx, endpoint.practiceId);
  });
  const outcome = await registerEndpoint(ctx, practice, endpointId, { replaces: true });
  if (!outcome) throw new ConflictError("A new key is being registered. Try again later.");
  if (!outcome.ok && outcome.error.writeOutcome === "no") throw outcome.error;
  await db.tenant(ctx, (tx) =>
    recordAudit(tx, ctx, "webhook.key_rotated", {
      type: "webhook",
      id: endpointId,
      label: practice.name,
    }),
  );
  await syncWebhooks(ctx, { practiceId: practice.id, isRepair: false }, now);
  const [view] = await db.read(ctx, (tx) =>
    selectEndpointViews(tx, ctx, now, eq(webhookEndpoints.id, endpointId)),
  );
  if (!view) throw new NotFoundError();
  return view;
}
