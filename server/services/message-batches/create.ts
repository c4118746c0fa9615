import "server-only";
import { and, count, eq, ne } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { messageBatches } from "@/db/schema/message-batches";
import { inScope, inTenant } from "@/db/scope";
import { keyedFingerprint } from "../../crypto/keyed-fingerprint";
import type { SealingKey } from "../../crypto/secret-box";
import { ConflictError, InvalidInputError, OperationIdReusedError } from "../../errors";
import type {
  CreateMessageBatchFromLinksInput,
  CreateMessageBatchInput,
  MessageBatchView,
} from "../../schemas/message-batches";
import { renderMessage } from "../../schemas/message-text";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { requireBelowLimit } from "../limits";
import { getLinkView } from "../links/view";
import { findPracticeProblem, isWorkingLink } from "../messages/assess";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { loadDataKey } from "../practices/stored-key";
import { loadKeyOfBatch, sealBatchContent } from "./content";
import type { MessageBatchRow } from "./load";
import { recordBatchAudit } from "./record";
import { getBatchView } from "./view";

/** What both ways to create a batch have. */
export type BatchInput = Omit<CreateMessageBatchFromLinksInput, "filters">;

/** A batch that is not checked by then loses its text, and what its rows say of patients. */
const collectingMs = 24 * 3_600_000;
/** Of one person in one environment: batches that were not checked yet. */
const maxCollecting = 50;

/** @throws ForbiddenError without the permissions that a batch like this needs */
export function requireBatchPermissions(
  ctx: TenantContext,
  { recordWrite }: Pick<BatchInput, "recordWrite">,
): void {
  requirePermission(ctx, "messages.send");
  if (recordWrite === "automatic") {
    requirePermission(ctx, "messages.write_to_record_automatically");
  }
}

/**
 * Creates a batch, to which recipients are added before they are checked. A repeated operation ID returns the
 * same one.
 *
 * @throws NotFoundError unless the practice is connected, and for a link of another tenant or environment
 * @throws InvalidInputError on the field that cannot be sent
 * @throws OperationIdReusedError when the operation ID was used for something else
 */
export async function createMessageBatch(
  ctx: TenantContext,
  input: CreateMessageBatchInput,
): Promise<MessageBatchView> {
  requireBatchPermissions(ctx, input);
  return db.tenant(ctx, async (tx) => {
    const existing = await findExistingBatch(tx, ctx, input);
    if (existing) return getBatchView(tx, ctx, existing.id);
    await requireBelowLimit(
      tx,
      ["collecting-batches", ctx.tenantId, ctx.environment, actorId(ctx)],
      {
        max: maxCollecting,
        count: () => countCollecting(tx, ctx, input),
        message: `You have ${maxCollecting} batches that are not checked, which is the limit. Check or cancel one first.`,
      },
    );
    await requireSendable(tx, ctx, input);
    const { id } = await insertBatch(tx, ctx, input, { request: input, rowCount: input.rowCount });
    return getBatchView(tx, ctx, id);
  });
}

async function countCollecting(
  tx: Transaction,
  ctx: TenantContext,
  { operationId }: Pick<BatchInput, "operationId">,
): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(messageBatches)
    .where(
      and(
        inScope(messageBatches, ctx),
        eq(messageBatches.createdBy, actorId(ctx)),
        eq(messageBatches.state, "collecting"),
        ne(messageBatches.operationId, operationId),
      ),
    );
  return row?.count ?? 0;
}

/** Tells a repeat from another request. Keyed, because it covers the text. */
const hashOf = (
  key: SealingKey,
  { operationId: _operationId, ...request }: { operationId: string },
): string => keyedFingerprint(key, "message batch request", request);

/** The batch of an earlier request with this operation ID. @throws OperationIdReusedError */
export async function findExistingBatch(
  tx: Transaction,
  ctx: TenantContext,
  request: { operationId: string },
): Promise<MessageBatchRow | null> {
  const [row] = await tx
    .select()
    .from(messageBatches)
    .where(and(inTenant(messageBatches, ctx), eq(messageBatches.operationId, request.operationId)));
  if (!row) return null;
  const isSame =
    row.environment === ctx.environment &&
    row.requestHash === hashOf(await loadKeyOfBatch(tx, ctx, row), request);
  if (isSame) return row;
  throw new OperationIdReusedError(
    "This request was already sent with different values. Create the batch again.",
  );
}

/**
 * Writes the row of a batch, with its text sealed.
 *
 * @param extra.request what a repeat must equal
 * @throws ConflictError when the same request is under way
 */
export async function insertBatch(
  tx: Transaction,
  ctx: TenantContext,
  input: BatchInput,
  extra: {
    request: { operationId: string };
    rowCount: number;
    correctsBatchId?: string;
  },
): Promise<MessageBatchRow> {
  const { operationId, name, practiceId, channel, fallbackChannel, link, recordWrite } = input;
  const { text, variables, linkId, reminders } = input;
  const key = await loadDataKey(tx, ctx);
  const id = uuidv7();
  const now = new Date();
  const { request, ...columns } = extra;
  const [row] = await tx
    .insert(messageBatches)
    .values({
      ...columns,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId,
      requestHash: hashOf(key, request),
      name,
      practiceId,
      channel,
      fallbackChannel,
      link,
      linkId,
      recordWrite,
      reminderAfterDays: reminders?.afterDays,
      reminderMaxTimes: reminders?.maxTimes,
      reminderTime: reminders?.time,
      sealedContent: sealBatchContent(ctx, key, id, {
        text,
        variables,
        reminderText: reminders?.text ?? "",
      }),
      dataKeyId: key.id,
      createdBy: actorId(ctx),
      createdAt: now,
      eraseAt: new Date(now.getTime() + collectingMs),
    })
    .onConflictDoNothing({ target: [messageBatches.tenantId, messageBatches.operationId] })
    .returning();
  if (!row) throw new ConflictError("This request is already under way. Reload the page.");
  await recordBatchAudit(tx, ctx, "message_batch.created", row, { rows: row.rowCount });
  return row;
}

/**
 * Whether such a batch can be sent at all: what would leave out every recipient is said at its field, at once.
 *
 * @returns the practice
 * @throws NotFoundError, InvalidInputError
 */
export async function requireSendable(
  tx: Transaction,
  ctx: TenantContext,
  input: BatchInput,
): Promise<PracticeWithKey> {
  const { channel, fallbackChannel, link, linkId, reminders } = input;
  const practice = await loadPracticeWithKey(tx, ctx, input.practiceId);
  const channelProblem = findPracticeProblem(channel, practice);
  if (channelProblem) throw new InvalidInputError("channel", channelProblem);
  if (fallbackChannel && channel !== "nhs_app") {
    throw new InvalidInputError(
      "fallbackChannel",
      "Only a message in the NHS App can have a fallback.",
    );
  }
  const fallbackProblem = fallbackChannel && findPracticeProblem(fallbackChannel, practice);
  if (fallbackProblem) throw new InvalidInputError("fallbackChannel", fallbackProblem);
  if (linkId !== null && link !== "shared") {
    throw new InvalidInputError("linkId", "Remove the link, or select that all share it.");
  }
  if (link === "shared") await requireSharedLink(tx, ctx, input);
  if (reminders && link !== "own") {
    throw new InvalidInputError(
      "reminders",
      "Reminders need a link of each patient's own, which shows who has booked.",
    );
  }
  const findTextProblem = (text: string) => {
    const problems = [channel, ...(fallbackChannel ? [fallbackChannel] : [])].flatMap((each) => {
      const rendered = renderSample({
        text,
        variables: input.variables,
        channel: each,
        practiceName: practice.publicName,
        hasLink: link !== "none",
      });
      return "reason" in rendered ? [rendered.reason] : [];
    });
    return problems[0];
  };
  const textProblem = findTextProblem(input.text);
  if (textProblem) throw new InvalidInputError("text", textProblem);
  const reminderProblem = reminders?.text && findTextProblem(reminders.text);
  if (reminderProblem) throw new InvalidInputError("reminders.text", reminderProblem);
  return practice;
}

/** In place of what only the check of a recipient knows. */
const sampleName = "Alex";
const sampleUrl = "https://patients.example.com/book/sample";

/** The text of a batch as it could reach a recipient. */
export const renderSample = ({
  text,
  variables,
  channel,
  practiceName,
  hasLink,
}: Pick<BatchInput, "text" | "variables" | "channel"> & {
  practiceName: string;
  hasLink: boolean;
}): ReturnType<typeof renderMessage> =>
  renderMessage({
    text,
    channel,
    variables: { ...variables, first_name: sampleName, practice_name: practiceName },
    linkUrl: hasLink ? sampleUrl : null,
  });

/** Whether all messages can have the link. @throws NotFoundError, InvalidInputError on `linkId` */
async function requireSharedLink(
  tx: Transaction,
  ctx: TenantContext,
  { linkId, practiceId }: BatchInput,
): Promise<void> {
  if (linkId === null) throw new InvalidInputError("linkId", "Select a link.");
  const shared = await getLinkView(tx, ctx, linkId);
  if (shared.practice.id !== practiceId) {
    throw new InvalidInputError("linkId", "This link belongs to another practice.");
  }
  if (shared.patientId !== null) {
    throw new InvalidInputError(
      "linkId",
      "This link is for one patient. Select one that anyone can use.",
    );
  }
  if (!isWorkingLink(shared)) {
    throw new InvalidInputError("linkId", "This link no longer works. Select another one.");
  }
}
