import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import type { PreviewRecipientInput, RecipientPreview } from "../../schemas/message-batches";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { assessMessage, loadMessageFacts } from "../messages/assess";
import { fingerprintOf } from "../messages/preview";
import { checkPatientForActor } from "../patients/check";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { draftOfRecipient, loadKeyOfBatch, openBatchContent } from "./content";
import { loadBatch, type RecipientRow } from "./load";

const notRendered = {
  text: null,
  fallbackText: null,
  reminderText: null,
  contact: null,
  smsParts: null,
  costlyCharacter: null,
  cost: null,
};

/**
 * The message of a row as it would be sent now: the patient is read from Hero. Nothing is sent or stored.
 *
 * @throws NotFoundError for a row that the batch does not have, and unless the practice is connected
 * @throws ConflictError once the text was deleted
 * @throws PatientNotCheckedError, RateLimitedError
 */
export async function previewRecipient(
  ctx: TenantContext,
  { batchId, rowNumber }: PreviewRecipientInput,
): Promise<RecipientPreview> {
  requirePermission(ctx, "messages.send");
  const { batch, recipient, content, practice } = await db.tenant(ctx, async (tx) => {
    const found = await loadBatch(tx, ctx, batchId);
    const [row] = await tx
      .select()
      .from(messageRecipients)
      .where(
        and(
          inScope(messageRecipients, ctx),
          eq(messageRecipients.batchId, batchId),
          eq(messageRecipients.rowNumber, rowNumber),
        ),
      );
    if (!row) throw new NotFoundError("This batch has no row with this number.");
    return {
      batch: found,
      recipient: row,
      content: await openBatchContent(tx, ctx, found),
      practice: await loadPracticeWithKey(tx, ctx, found.practiceId),
    };
  });
  if (!content) throw new ConflictError("The text of this batch was deleted.");
  const { patientId } = recipient;
  if (patientId === null) {
    return {
      rowNumber,
      ...notRendered,
      refusal: recipient.reason ?? notChecked,
      hasChanged: false,
    };
  }
  const check = await checkPatientForActor(ctx, practice, patientId, "message");
  return db.tenant(ctx, async (tx) => {
    const draft = draftOfRecipient(batch, content, { patientId, linkId: recipient.linkId });
    const facts = await loadMessageFacts(tx, ctx, draft);
    const assessment = assessMessage(draft, practice, check, facts);
    const reminder = assessMessage(
      { ...draft, text: content.reminderText || content.text },
      practice,
      check,
      facts,
    );
    const main = assessment.channels.find(({ channel }) => channel === draft.channel);
    const fallback = assessment.channels.find(({ channel }) => channel === draft.fallbackChannel);
    const fingerprint = fingerprintOf(await loadKeyOfBatch(tx, ctx, batch), assessment);
    const isIncluded = recipient.state === "included";
    return {
      rowNumber,
      text: main?.text ?? null,
      fallbackText: fallback?.text ?? null,
      reminderText:
        batch.reminderAfterDays === null
          ? null
          : (reminder.channels.find(({ channel }) => channel === draft.channel)?.text ?? null),
      contact: main?.contact ?? fallback?.contact ?? null,
      smsParts: assessment.smsParts,
      costlyCharacter: main?.costlyCharacter ?? fallback?.costlyCharacter ?? null,
      cost: assessment.cost,
      refusal: isIncluded ? assessment.refusal : refusalOf(recipient),
      hasChanged: isIncluded && fingerprint !== recipient.previewFingerprint,
    };
  });
}

const notChecked = "This row is not checked yet.";

const refusalOf = ({ state, reason }: RecipientRow): string =>
  state === "waiting" ? notChecked : (reason ?? notChecked);
