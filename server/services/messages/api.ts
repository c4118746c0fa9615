import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { messages } from "@/db/schema/messages";
import { inTenant } from "@/db/scope";
import {
  decidedByPerson,
  type ListMessagesQuery,
  type PreviewMessageBody,
  type SendMessageBody,
} from "../../schemas/api-v1-messages";
import type { MessagePage, MessagePreview, MessageView } from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { getPracticeId } from "../practices/find";
import { previewMessage } from "./preview";
import { listMessages } from "./read";
import { requestMessage } from "./send";

/** Messages for partners' servers: the practice by Hero's ID, the work by the portal's services. */

/**
 * As `previewMessage`. What only a person may decide is a refusal here.
 *
 * @throws as `previewMessage`
 */
export async function previewMessageByApi(
  ctx: TenantContext,
  { practiceGroupId, ...draft }: PreviewMessageBody,
): Promise<MessagePreview> {
  requirePermission(ctx, "messages.send");
  const practiceId = await db.tenant(ctx, (tx) => getPracticeId(tx, ctx, practiceGroupId));
  const preview = await previewMessage(ctx, { practiceId, ...draft });
  const decision = preview.warnings.find(({ code }) =>
    decidedByPerson.some((decided) => decided === code),
  );
  if (preview.refusal !== null || !decision) return preview;
  return {
    ...preview,
    refusal: `${decision.message} It can only be sent from the portal.`,
    previewFingerprint: null,
  };
}

/**
 * Requests a message, at most once for an operation ID.
 *
 * @returns also whether this repeats an earlier request
 * @throws as `requestMessage`
 */
export async function sendMessageByApi(
  ctx: TenantContext,
  operationId: string,
  { practiceGroupId, ...message }: SendMessageBody,
): Promise<{ message: MessageView; isRepeat: boolean }> {
  requirePermission(ctx, "messages.send");
  const { practiceId, isRepeat } = await db.tenant(ctx, async (tx) => {
    const [existing] = await tx
      .select({ id: messages.id })
      .from(messages)
      .where(and(inTenant(messages, ctx), eq(messages.operationId, operationId)));
    return {
      practiceId: await getPracticeId(tx, ctx, practiceGroupId),
      isRepeat: existing !== undefined,
    };
  });
  return {
    message: await requestMessage(ctx, { operationId, practiceId, ...message }),
    isRepeat,
  };
}

/** @throws NotFoundError for a practice that this tenant does not have in this environment */
export async function listMessagesByApi(
  ctx: TenantContext,
  { practiceGroupId, ...filters }: ListMessagesQuery,
): Promise<MessagePage> {
  requirePermission(ctx, "messages.read");
  if (!practiceGroupId) return listMessages(ctx, filters);
  const practiceId = await db.tenant(ctx, (tx) => getPracticeId(tx, ctx, practiceGroupId));
  return listMessages(ctx, { ...filters, practiceId });
}
