import "server-only";
import { db, type Transaction } from "@/db/client";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import type { SealingKey } from "../../crypto/secret-box";
import type { MessagePreview, MessageSettings, PreviewMessageInput } from "../../schemas/messages";
import { nextAllowedTime } from "../../schemas/quiet-hours";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { checkPatientForActor } from "../patients/check";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { loadDataKey } from "../practices/stored-key";
import {
  type Assessment,
  assessMessage,
  loadMessageFacts,
  type MessageDraft,
  type MessageFacts,
} from "./assess";

/** What a person reviewed, to be recognised without storing it. */
export const fingerprintOf = (key: SealingKey, { reviewed }: Assessment): string =>
  keyedFingerprint(key, "message preview", reviewed);

/** A note reaches nobody, so it can be stored at any time. */
const hasQuietHours = ({ channel }: Pick<MessageDraft, "channel">) => channel !== "note";

/** The first time from `at` on that is outside quiet hours, with time for a fallback. */
export function firstSendTime(
  draft: Pick<MessageDraft, "channel" | "fallbackChannel">,
  settings: MessageSettings,
  at: Date,
): Date {
  return hasQuietHours(draft)
    ? nextAllowedTime(at, settings, { hasFallback: draft.fallbackChannel !== null })
    : at;
}

/** When the message can no longer be undone, if it is requested now. */
export const undoEnd = ({ undoSeconds }: MessageSettings, now: Date): Date =>
  new Date(now.getTime() + undoSeconds * 1000);

/** @throws ForbiddenError without the permissions that sending this draft needs */
export function requireDraftPermissions(ctx: TenantContext, draft: MessageDraft): void {
  requirePermission(ctx, "messages.send");
  if (draft.recordWrite === "automatic") {
    requirePermission(ctx, "messages.write_to_record_automatically");
  }
}

/** The facts from the database, and what they and Hero's record make of the draft. */
export async function assessDraft(
  tx: Transaction,
  ctx: TenantContext,
  draft: MessageDraft,
  practice: Parameters<typeof assessMessage>[1],
  check: Parameters<typeof assessMessage>[2],
): Promise<{ assessment: Assessment; facts: MessageFacts }> {
  const facts = await loadMessageFacts(tx, ctx, draft);
  return { assessment: assessMessage(draft, practice, check, facts), facts };
}

/**
 * What a person reviews before a message is sent: the patient is read from Hero now. Nothing is sent or
 * stored.
 *
 * @throws NotFoundError unless the practice is connected, and for a link of another tenant or environment
 * @throws PatientNotCheckedError, RateLimitedError
 */
export async function previewMessage(
  ctx: TenantContext,
  draft: PreviewMessageInput,
): Promise<MessagePreview> {
  requireDraftPermissions(ctx, draft);
  const practice = await db.tenant(ctx, async (tx) => {
    await loadMessageFacts(tx, ctx, draft);
    return loadPracticeWithKey(tx, ctx, draft.practiceId);
  });
  const check = await checkPatientForActor(ctx, practice, draft.patientId, "message");
  return db.tenant(ctx, async (tx) => {
    const { assessment, facts } = await assessDraft(tx, ctx, draft, practice, check);
    const { settings, attachment } = facts;
    const { channels, cost, warnings, refusal, isSensitiveContact } = assessment;
    const earliest = firstSendTime(draft, settings, undoEnd(settings, new Date()));
    return {
      channels,
      cost,
      attachment: attachment ? { name: attachment.name, bytes: attachment.bytes } : null,
      warnings,
      refusal,
      isSensitiveContact,
      earliestSendAt: earliest.toISOString(),
      previewFingerprint:
        refusal === null ? fingerprintOf(await loadDataKey(tx, ctx), assessment) : null,
    };
  });
}
