import "server-only";
import { and, isNotNull, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { messageBatches } from "@/db/schema/message-batches";
import { messages, messageSettings } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { InvalidInputError } from "../../errors";
import {
  defaultMessageSettings,
  type MessageSettings,
  type SaveMessageSettingsInput,
} from "../../schemas/messages";
import { findQuietHoursError } from "../../schemas/quiet-hours";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";

/** The settings of this tenant and environment, or the defaults. */
export async function loadMessageSettings(
  tx: Transaction,
  ctx: TenantContext,
): Promise<MessageSettings> {
  const [row] = await tx
    .select({
      undoSeconds: messageSettings.undoSeconds,
      quietFrom: messageSettings.quietFrom,
      quietTo: messageSettings.quietTo,
      smsPence: messageSettings.smsPence,
      islandSmsPence: messageSettings.islandSmsPence,
      textDays: messageSettings.textDays,
      batchUndoSeconds: messageSettings.batchUndoSeconds,
      approvalThreshold: messageSettings.approvalThreshold,
      firstSlice: messageSettings.firstSlice,
      dailyLimit: messageSettings.dailyLimit,
      practiceDailyLimit: messageSettings.practiceDailyLimit,
      recentDays: messageSettings.recentDays,
    })
    .from(messageSettings)
    .where(inScope(messageSettings, ctx));
  return row ?? defaultMessageSettings;
}

export async function getMessageSettings(ctx: TenantContext): Promise<MessageSettings> {
  requirePermission(ctx, "messages.read");
  return db.read(ctx, (tx) => loadMessageSettings(tx, ctx));
}

/** In production a second person always approves larger batches. */
const maxProductionThreshold = 100;

/**
 * Messages that were requested keep their times; texts that wait to be erased get the new number of days.
 *
 * @throws InvalidInputError when quiet hours leave no time, and for a threshold above production's
 */
export async function saveMessageSettings(
  ctx: TenantContext,
  input: SaveMessageSettingsInput,
): Promise<MessageSettings> {
  requirePermission(ctx, "messages.manage");
  const quietHoursError = findQuietHoursError(input);
  if (quietHoursError) throw new InvalidInputError("quietTo", quietHoursError);
  const { tenantId, environment } = ctx;
  if (environment === "production" && input.approvalThreshold > maxProductionThreshold) {
    throw new InvalidInputError(
      "approvalThreshold",
      `In production, enter at most ${maxProductionThreshold} recipients.`,
    );
  }
  const saved = { ...input, updatedBy: actorId(ctx), updatedAt: new Date() };
  return db.tenant(ctx, async (tx) => {
    await tx
      .insert(messageSettings)
      .values({ tenantId, environment, ...saved })
      .onConflictDoUpdate({
        target: [messageSettings.tenantId, messageSettings.environment],
        set: saved,
      });
    await tx
      .update(messages)
      .set({ eraseAt: sql`${messages.endedAt} + make_interval(days => ${input.textDays})` })
      .where(
        and(
          inScope(messages, ctx),
          isNotNull(messages.sealedContent),
          isNotNull(messages.endedAt),
          isNotNull(messages.eraseAt),
        ),
      );
    await tx
      .update(messageBatches)
      .set({ eraseAt: sql`${messageBatches.endedAt} + make_interval(days => ${input.textDays})` })
      .where(
        and(
          inScope(messageBatches, ctx),
          isNotNull(messageBatches.sealedContent),
          isNotNull(messageBatches.endedAt),
          isNotNull(messageBatches.eraseAt),
        ),
      );
    const subject = { type: "organisation", id: tenantId, label: null } as const;
    await recordAudit(tx, ctx, "message_settings.updated", subject, { environment, ...input });
    return loadMessageSettings(tx, ctx);
  });
}
