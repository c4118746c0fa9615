import "server-only";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { messages } from "@/db/schema/messages";
import { inTenant } from "@/db/scope";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import type { SealingKey } from "../../crypto/secret-box";
import { ConflictError, InvalidInputError, OperationIdReusedError } from "../../errors";
import { formatTimestamp } from "../../schemas/dates";
import {
  type MessageSettings,
  type MessageView,
  recordCodes,
  type SendMessageInput,
} from "../../schemas/messages";
import { actorId, type TenantContext } from "../../tenancy/context";
import { checkPatientForActor } from "../patients/check";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { loadDataKey } from "../practices/stored-key";
import { loadMessageFacts } from "./assess";
import { loadKeyOfMessage, sealContent } from "./content";
import { requireWithinDailyLimit } from "./daily-limit";
import type { MessageRow } from "./load";
import {
  assessDraft,
  fingerprintOf,
  firstSendTime,
  requireDraftPermissions,
  undoEnd,
} from "./preview";
import { recordMessageAudit } from "./record";
import { getMessageView } from "./view";

/** How far ahead a message can be scheduled. */
const maxScheduleDays = 90;

/**
 * Requests a message that a person has reviewed, once for an operation ID. It is sent by a worker, after the
 * delay in which it can be undone or at its time, if nothing has changed by then. A repeat gets the same
 * message in its present state.
 *
 * @throws NotFoundError unless the practice is connected, and for a link of another tenant or environment
 * @throws InvalidInputError on `text` when it cannot be sent, on `confirmed`, on `sendAt`
 * @throws ConflictError when it is not what was reviewed, and when the limit of its day is reached
 * @throws OperationIdReusedError when the operation ID was used for something else
 * @throws PatientNotCheckedError, RateLimitedError; nothing is stored then
 */
export async function requestMessage(
  ctx: TenantContext,
  input: SendMessageInput,
): Promise<MessageView> {
  requireDraftPermissions(ctx, input);
  const { practice, repeated } = await db.tenant(ctx, async (tx) => {
    // First: a repeat gets its message whatever has become of the practice or the link.
    const existing = await findExisting(tx, ctx, input);
    if (existing) return { repeated: await getMessageView(tx, ctx, existing.id) };
    await loadMessageFacts(tx, ctx, input);
    return { practice: await loadPracticeWithKey(tx, ctx, input.practiceId) };
  });
  if (!practice) return repeated;

  const check = await checkPatientForActor(ctx, practice, input.patientId, "message");
  return db.tenant(ctx, async (tx) => {
    const { assessment, facts } = await assessDraft(tx, ctx, input, practice, check);
    if (assessment.refusal !== null) throw new InvalidInputError("text", assessment.refusal);
    const key = await loadDataKey(tx, ctx);
    const previewFingerprint = fingerprintOf(key, assessment);
    if (previewFingerprint !== input.previewFingerprint) {
      throw new ConflictError(
        "Something has changed since you checked this message. Check it again. Nothing was sent.",
      );
    }
    const warning = assessment.warnings.find(({ code }) => !input.confirmed.includes(code));
    if (warning) throw new InvalidInputError("confirmed", warning.message);
    const now = new Date();
    const sendAt = sendTimeOf(input, facts.settings, now);
    await requireWithinDailyLimit(tx, ctx, facts.settings, {
      practiceId: input.practiceId,
      sendAt,
      count: 1,
    });
    const id = uuidv7();
    const { practiceId, patientId, channel, fallbackChannel, linkId, recordWrite } = input;
    const { text, smsParts, cost } = assessment;
    const record = recordWrite === "none" ? null : recordCodes[channel];
    const [row] = await tx
      .insert(messages)
      .values({
        tenantId: ctx.tenantId,
        environment: ctx.environment,
        id,
        operationId: input.operationId,
        requestHash: hashOf(key, input),
        practiceId,
        patientId,
        channel,
        fallbackChannel,
        linkId,
        attachmentId: input.attachmentId,
        recordWrite,
        snomedCode: record?.code,
        snomedTerm: record?.term,
        sealedContent: sealContent(ctx, key, id, {
          text,
          draft: { text: input.text, variables: input.variables, contact: input.contact },
        }),
        dataKeyId: key.id,
        previewFingerprint,
        confirmed: assessment.warnings.map(({ code }) => code),
        smsParts,
        lowestPence: cost?.lowestPence,
        highestPence: cost?.highestPence,
        sendAt,
        createdBy: actorId(ctx),
        createdAt: now,
      })
      .onConflictDoNothing({ target: [messages.tenantId, messages.operationId] })
      .returning();
    if (!row) {
      const existing = await findExisting(tx, ctx, input);
      if (!existing) throw new Error("The message was neither written nor found.");
      return getMessageView(tx, ctx, existing.id);
    }
    await recordMessageAudit(tx, ctx, "message.requested", row, { patientId });
    return getMessageView(tx, ctx, id);
  });
}

/** Tells a repeat from another request. Keyed, because it covers the text. */
function hashOf(
  key: SealingKey,
  {
    operationId: _operationId,
    previewFingerprint: _preview,
    confirmed: _confirmed,
    ...request
  }: SendMessageInput,
): string {
  return keyedFingerprint(key, "message request", request);
}

/** @throws OperationIdReusedError */
async function findExisting(
  tx: Transaction,
  ctx: TenantContext,
  input: SendMessageInput,
): Promise<MessageRow | null> {
  const [row] = await tx
    .select()
    .from(messages)
    .where(and(inTenant(messages, ctx), eq(messages.operationId, input.operationId)));
  if (!row) return null;
  const isSame =
    row.environment === ctx.environment &&
    row.requestHash === hashOf(await loadKeyOfMessage(tx, ctx, row), input);
  if (isSame) return row;
  throw new OperationIdReusedError(
    "This request was already sent with different values. Write the message again.",
  );
}

/** When it is sent: never before it could be undone, and outside quiet hours. @throws InvalidInputError */
function sendTimeOf(input: SendMessageInput, settings: MessageSettings, now: Date): Date {
  const undoneUntil = undoEnd(settings, now);
  const wanted = input.sendAt === null ? undoneUntil : new Date(input.sendAt);
  if (wanted.getTime() < now.getTime() - 60_000) {
    throw new InvalidInputError("sendAt", "This time has passed. Select a later one.");
  }
  if (wanted.getTime() > now.getTime() + maxScheduleDays * 24 * 3_600_000) {
    throw new InvalidInputError("sendAt", `Select a time in the next ${maxScheduleDays} days.`);
  }
  const sendAt = wanted < undoneUntil ? undoneUntil : wanted;
  const allowed = firstSendTime(input, settings, sendAt);
  if (allowed > sendAt) {
    throw new InvalidInputError(
      "sendAt",
      `This time is in quiet hours, or too close to them for the fallback. The next possible time is ${formatTimestamp(allowed.toISOString())}.`,
    );
  }
  return sendAt;
}
