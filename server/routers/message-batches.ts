import "server-only";
import {
  addMessageRecipientsInput,
  approveMessageBatchInput,
  batchResultPage,
  batchReview,
  createCorrectionInput,
  createMessageBatchFromLinksInput,
  createMessageBatchInput,
  foundMessageBatch,
  listBatchResultsInput,
  listMessageBatchesInput,
  messageBatchIdInput,
  messageBatchOperationInput,
  messageBatchPage,
  messageBatchView,
  refuseMessageBatchInput,
  sendMessageBatchInput,
  previewRecipientInput,
  recipientPreview,
  stopRemindersForRecipientInput,
} from "../schemas/message-batches";
import { messageContent } from "../schemas/messages";
import { addMessageRecipients } from "../services/message-batches/add-recipients";
import {
  approveMessageBatch,
  refuseMessageBatch,
  withdrawMessageBatch,
} from "../services/message-batches/approve";
import { showBatchText } from "../services/message-batches/content";
import {
  cancelBatch,
  continueBatch,
  pauseBatch,
  stopBatch,
} from "../services/message-batches/control";
import { createCorrection } from "../services/message-batches/correction";
import { createMessageBatch } from "../services/message-batches/create";
import { createMessageBatchFromLinks } from "../services/message-batches/from-links";
import { previewRecipient } from "../services/message-batches/preview";
import {
  findBatchByOperation,
  getMessageBatch,
  listMessageBatches,
} from "../services/message-batches/read";
import { checkMessageBatch } from "../services/message-batches/request-check";
import { listBatchResults } from "../services/message-batches/results";
import { reviewMessageBatch } from "../services/message-batches/review";
import { sendMessageBatch } from "../services/message-batches/send";
import {
  stopReminders,
  stopRemindersForRecipient,
} from "../services/message-batches/stop-reminders";
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
  send: procedureFor("messages.send")
    .input(sendMessageBatchInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => sendMessageBatch(ctx.tenant, input)),
  approve: procedureFor("messages.send")
    .input(approveMessageBatchInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => approveMessageBatch(ctx.tenant, input)),
  refuse: procedureFor("messages.send")
    .input(refuseMessageBatchInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => refuseMessageBatch(ctx.tenant, input)),
  withdraw: procedureFor("messages.send")
    .input(messageBatchIdInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => withdrawMessageBatch(ctx.tenant, input)),
  cancel: procedureFor("messages.send")
    .input(messageBatchIdInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => cancelBatch(ctx.tenant, input)),
  pause: procedureFor("messages.send")
    .input(messageBatchIdInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => pauseBatch(ctx.tenant, input)),
  continue: procedureFor("messages.send")
    .input(messageBatchIdInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => continueBatch(ctx.tenant, input)),
  stop: procedureFor("messages.send")
    .input(messageBatchIdInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => stopBatch(ctx.tenant, input)),
  review: procedureFor("messages.read")
    .input(messageBatchIdInput)
    .output(batchReview)
    .query(({ ctx, input }) => reviewMessageBatch(ctx.tenant, input)),
  // A mutation: it reads the patient from Hero, as a person who asks to.
  previewRecipient: procedureFor("messages.send")
    .input(previewRecipientInput)
    .output(recipientPreview)
    .mutation(({ ctx, input }) => previewRecipient(ctx.tenant, input)),
  results: procedureFor("messages.read")
    .input(listBatchResultsInput)
    .output(batchResultPage)
    .query(({ ctx, input }) => listBatchResults(ctx.tenant, input)),
  createCorrection: procedureFor("messages.send")
    .input(createCorrectionInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => createCorrection(ctx.tenant, input)),
  stopReminders: procedureFor("messages.send")
    .input(messageBatchIdInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => stopReminders(ctx.tenant, input)),
  stopRemindersForRecipient: procedureFor("messages.send")
    .input(stopRemindersForRecipientInput)
    .output(messageBatchView)
    .mutation(({ ctx, input }) => stopRemindersForRecipient(ctx.tenant, input)),
});
