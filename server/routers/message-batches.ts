import "server-only";
import {
  addMessageRecipientsInput,
  createMessageBatchFromLinksInput,
  createMessageBatchInput,
  foundMessageBatch,
  listMessageBatchesInput,
  messageBatchIdInput,
  messageBatchOperationInput,
  messageBatchPage,
  messageBatchView,
} from "../schemas/message-batches";
import { messageContent } from "../schemas/messages";
import { addMessageRecipients } from "../services/message-batches/add-recipients";
import { showBatchText } from "../services/message-batches/content";
import { createMessageBatch } from "../services/message-batches/create";
import { createMessageBatchFromLinks } from "../services/message-batches/from-links";
import {
  findBatchByOperation,
  getMessageBatch,
  listMessageBatches,
} from "../services/message-batches/read";
import { checkMessageBatch } from "../services/message-batches/request-check";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const messageBatchesRouter = createPortalRouter({
  list: procedureFor("messages.read")
    .input(listMessageBatchesInput)
    .output(messageBatchPage)
    .query(({ ctx, input }) => listMessageBatches(ctx.tenant, input)),
  get: procedureFor("messages.read")
    .input(messageBatchIdInput)
    .output(messageBatchView)
    .query(({ ctx, input }) => getMessageBatch(ctx.tenant, input)),
  findByOperation: procedureFor("messages.read")
    .input(messageBatchOperationInput)
    .output(foundMessageBatch)
    .query(({ ctx, input }) => findBatchByOperation(ctx.tenant, input)),
  showText: procedureFor("messages.read")
    .input(messageBatchIdInput)
    .output(messageContent)
    .mutation(({ ctx, input }) => showBatchText(ctx.tenant, input)),
  create: procedureFor("messages.send")
    .input(createMessageBatchInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => createMessageBatch(ctx.tenant, input)),
  createFromLinks: procedureFor("messages.send")
    .input(createMessageBatchFromLinksInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => createMessageBatchFromLinks(ctx.tenant, input)),
  addRecipients: procedureFor("messages.send")
    .input(addMessageRecipientsInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => addMessageRecipients(ctx.tenant, input)),
  check: procedureFor("messages.send")
    .input(messageBatchIdInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => checkMessageBatch(ctx.tenant, input)),
});
