import "server-only";
import { and, eq, ne } from "drizzle-orm";
import { db } from "@/db/client";
import { webhookEndpoints, webhookRegistrations } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import type { TenantContext } from "../../tenancy/context";
import { compareWebhooks, syncWebhooks } from "./sync";

/** Ends without an error when the practice was disconnected after the job was queued. */
async function ifConnected(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isDisconnected = error instanceof HeroError && error.code === "disconnected";
    if (!(error instanceof NotFoundError) && !isDisconnected) throw error;
  }
}

export const syncIfConnected = (
  ctx: TenantContext,
  input: { practiceId: string; isRepair: boolean },
): Promise<void> => ifConnected(() => syncWebhooks(ctx, input));

/** The daily comparison. A practice for which nothing was ever wanted is not read. */
export async function checkWebhooks(ctx: TenantContext, practiceId: string): Promise<void> {
  const [endpoint] = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: webhookEndpoints.id })
      .from(webhookEndpoints)
      .where(and(inScope(webhookEndpoints, ctx), eq(webhookEndpoints.practiceId, practiceId)))
      .limit(1),
  );
  if (endpoint) await ifConnected(() => compareWebhooks(ctx, practiceId));
}

/**
 * Every ten minutes: continues what a job or process that died left, and resolves requests whose reply was
 * lost. What Hero refused or lost waits for a person.
 */
export async function continueWebhooks(ctx: TenantContext, practiceId: string): Promise<void> {
  const rows = await db.tenant(ctx, (tx) =>
    tx
      .select({ removedAt: webhookEndpoints.removedAt, state: webhookRegistrations.state })
      .from(webhookEndpoints)
      .leftJoin(
        webhookRegistrations,
        and(
          sameScope(webhookRegistrations, webhookEndpoints),
          eq(webhookRegistrations.endpointId, webhookEndpoints.id),
          ne(webhookRegistrations.state, "ended"),
        ),
      )
      .where(and(inScope(webhookEndpoints, ctx), eq(webhookEndpoints.practiceId, practiceId))),
  );
  const isOpen = rows.some(
    ({ removedAt, state }) =>
      state === "pending" || state === "ending" || (state === null && !removedAt),
  );
  if (!isOpen) return;
  const input = { practiceId, isRepair: false, isUnattended: true };
  await ifConnected(() => syncWebhooks(ctx, input));
}
