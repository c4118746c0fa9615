import "server-only";
import {
  attachRecordFileInput,
  messageAttachment,
  uploadMessageFileInput,
} from "../schemas/message-attachments";
import { saveMessageTemplateInput } from "../schemas/message-templates";
import {
  foundMessage,
  listMessagesInput,
  listMessageTemplatesInput,
  messageContent,
  messageEvents,
  messageIdInput,
  messageOperationInput,
  messagePage,
  messagePreview,
  messageSettings,
  messageTemplate,
  messageTemplateIdInput,
  messageTemplateList,
  messageView,
  previewMessageInput,
  saveMessageSettingsInput,
  sendMessageInput,
  setSensitiveContactInput,
} from "../schemas/messages";
import { z } from "../schemas/zod";
import { attachRecordFile, uploadMessageFile } from "../services/messages/attachments";
import { cancelMessage, undoMessage } from "../services/messages/cancel";
import { showMessageText } from "../services/messages/content";
import { previewMessage } from "../services/messages/preview";
import {
  findMessageByOperation,
  getMessageById,
  listMessageHistory,
  listMessages,
} from "../services/messages/read";
import { requestMessage } from "../services/messages/send";
import { setSensitiveContact } from "../services/messages/sensitive";
import { getMessageSettings, saveMessageSettings } from "../services/messages/settings";
import {
  archiveMessageTemplate,
  listMessageTemplates,
  saveMessageTemplate,
} from "../services/messages/templates";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const messagesRouter = createPortalRouter({
  list: procedureFor("messages.read")
    .input(listMessagesInput)
    .output(messagePage)
    .query(({ ctx, input }) => listMessages(ctx.tenant, input)),
  get: procedureFor("messages.read")
    .input(messageIdInput)
    .output(messageView)
    .query(({ ctx, input }) => getMessageById(ctx.tenant, input)),
  findByOperation: procedureFor("messages.read")
    .input(messageOperationInput)
    .output(foundMessage)
    .query(({ ctx, input }) => findMessageByOperation(ctx.tenant, input)),
  history: procedureFor("messages.read")
    .input(messageIdInput)
    .output(messageEvents)
    .query(({ ctx, input }) => listMessageHistory(ctx.tenant, input)),
  showText: procedureFor("messages.read")
    .input(messageIdInput)
    .output(messageContent)
    .mutation(({ ctx, input }) => showMessageText(ctx.tenant, input)),
  // A mutation: the text must not become part of an address.
  preview: procedureFor("messages.send")
    .input(previewMessageInput)
    .output(messagePreview)
    .mutation(({ ctx, input }) => previewMessage(ctx.tenant, input)),
  uploadFile: procedureFor("messages.send")
    .input(uploadMessageFileInput)
    .output(messageAttachment)
    .mutation(({ ctx, input }) => uploadMessageFile(ctx.tenant, input)),
  attachRecordFile: procedureFor("messages.send")
    .input(attachRecordFileInput)
    .output(messageAttachment)
    .mutation(({ ctx, input }) => attachRecordFile(ctx.tenant, input)),
  send: procedureFor("messages.send")
    .input(sendMessageInput)
    .output(messageView)
    .mutation(({ ctx, input }) => requestMessage(ctx.tenant, input)),
  undo: procedureFor("messages.send")
    .input(messageIdInput)
    .output(messageView)
    .mutation(({ ctx, input }) => undoMessage(ctx.tenant, input)),
  cancel: procedureFor("messages.send")
    .input(messageIdInput)
    .output(messageView)
    .mutation(({ ctx, input }) => cancelMessage(ctx.tenant, input)),
  setSensitive: procedureFor("messages.send")
    .input(setSensitiveContactInput)
    .output(z.null())
    .mutation(({ ctx, input }) => setSensitiveContact(ctx.tenant, input)),
});

export const messageTemplatesRouter = createPortalRouter({
  list: procedureFor("messages.read")
    .input(listMessageTemplatesInput)
    .output(messageTemplateList)
    .query(({ ctx, input }) => listMessageTemplates(ctx.tenant, input)),
  save: procedureFor("messages.manage")
    .input(saveMessageTemplateInput)
    .output(messageTemplate)
    .mutation(({ ctx, input }) => saveMessageTemplate(ctx.tenant, input)),
  archive: procedureFor("messages.manage")
    .input(messageTemplateIdInput)
    .output(z.null())
    .mutation(({ ctx, input }) => archiveMessageTemplate(ctx.tenant, input)),
});

export const messageSettingsRouter = createPortalRouter({
  get: procedureFor("messages.read")
    .output(messageSettings)
    .query(({ ctx }) => getMessageSettings(ctx.tenant)),
  save: procedureFor("messages.manage")
    .input(saveMessageSettingsInput)
    .output(messageSettings)
    .mutation(({ ctx, input }) => saveMessageSettings(ctx.tenant, input)),
});
