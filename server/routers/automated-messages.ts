import "server-only";
import {
  automatedMessageInput,
  automatedMessageList,
  automatedMessageText,
  listAutomatedMessagesInput,
} from "../schemas/automated-messages";
import {
  listPracticeAutomatedMessages,
  showAutomatedMessage,
} from "../services/automated-messages/read";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const automatedMessagesRouter = createPortalRouter({
  list: procedureFor("messages.read")
    .input(listAutomatedMessagesInput)
    .output(automatedMessageList)
    .query(({ ctx, input }) => listPracticeAutomatedMessages(ctx.tenant, input)),
  // A mutation: each time a text is shown is audited.
  show: procedureFor("messages.read")
    .input(automatedMessageInput)
    .output(automatedMessageText)
    .mutation(({ ctx, input }) => showAutomatedMessage(ctx.tenant, input)),
});
