import { randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { messageAttachments } from "@/db/schema/message-attachments";
import {
  messages,
  messageSettings,
  messageTemplates,
  sensitiveContacts,
} from "@/db/schema/messages";
import { sealName } from "@/server/services/messages/attachments";
import { sealContent } from "@/server/services/messages/content";
import { loadDataKey } from "@/server/services/practices/stored-key";
import { actorId, type TenantContext } from "@/server/tenancy/context";

const hour = 3_600_000;

/**
 * Rows of messages of a practice, without a call to Hero: a message that is sent in a month, a file for the
 * patient, a template, settings, and a patient whose contact is sensitive.
 */
export async function insertMessageRows(
  ctx: TenantContext,
  practiceId: string,
  { patientId = "901", sensitivePatientId = "903" } = {},
) {
  const scope = { tenantId: ctx.tenantId, environment: ctx.environment };
  const createdBy = actorId(ctx);
  const messageId = uuidv7();
  const [messageOperationId, messageTemplateId] = [randomUUID(), randomUUID()];
  const messageAttachmentId = uuidv7();
  await db.tenant(ctx, async (tx) => {
    const dataKey = await loadDataKey(tx, ctx);
    await tx.insert(messages).values({
      ...scope,
      id: messageId,
      operationId: messageOperationId,
      requestHash: "0",
      practiceId,
      patientId,
      channel: "sms",
      sealedContent: sealContent(ctx, dataKey, messageId, {
        text: "Please ring us.",
        draft: { text: "Please ring us.", variables: {} },
      }),
      dataKeyId: dataKey.id,
      previewFingerprint: "0",
      smsParts: 1,
      lowestPence: 4,
      highestPence: 4,
      sendAt: new Date(Date.now() + 30 * 24 * hour),
      createdBy,
    });
    await tx.insert(messageAttachments).values({
      ...scope,
      id: messageAttachmentId,
      operationId: randomUUID(),
      requestHash: "0",
      practiceId,
      patientId,
      sealedName: sealName(ctx, dataKey, messageAttachmentId, "Letter.pdf"),
      dataKeyId: dataKey.id,
      bytes: 1_000,
      state: "ready",
      heroUuid: randomUUID(),
      createdBy,
    });
    await tx.insert(messageTemplates).values({
      ...scope,
      id: messageTemplateId,
      name: "Results",
      text: "Dear {{first_name}}, please ring us.",
      createdBy,
    });
    await tx.insert(messageSettings).values({
      ...scope,
      undoSeconds: 10,
      // None: the tests pass at any time of the day.
      quietFrom: "00:00",
      quietTo: "00:00",
      smsPence: 4,
      textDays: 7,
      updatedBy: createdBy,
    });
    await tx
      .insert(sensitiveContacts)
      .values({ ...scope, practiceId, patientId: sensitivePatientId, createdBy });
  });
  return { messageId, messageOperationId, messageTemplateId, messageAttachmentId };
}
