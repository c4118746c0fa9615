import { formId, rowId } from "./text";
import { z } from "./zod";

export const listAutomatedMessagesInput = z.object({ practiceId: rowId });
export type ListAutomatedMessagesInput = z.infer<typeof listAutomatedMessagesInput>;

/** What Hero sends by itself, in Hero's own words; null where it does not say. Without the text. */
const automatedMessage = z.object({
  id: z.string(),
  type: z.string().nullable(),
  status: z.string().nullable(),
  channel: z.string().nullable(),
  patientId: z.string().nullable(),
  createdAt: z.string().nullable(),
  scheduledAt: z.string().nullable(),
  sentAt: z.string().nullable(),
});
export type AutomatedMessage = z.infer<typeof automatedMessage>;

export const maxAutomatedMessages = 100;

export const automatedMessageList = z.object({
  /** The newest, at most 100. */
  items: z.array(automatedMessage),
  /** False when there are more, or Hero's list could not be read in full. */
  isComplete: z.boolean(),
});
export type AutomatedMessageList = z.infer<typeof automatedMessageList>;

export const automatedMessageInput = z.object({
  practiceId: rowId,
  automatedMessageId: formId("This is not an automated message of Hero's."),
});
export type AutomatedMessageInput = z.infer<typeof automatedMessageInput>;

/** Null when Hero does not give a text. Each time it is shown is audited. */
export const automatedMessageText = z.object({ text: z.string().nullable() });
export type AutomatedMessageText = z.infer<typeof automatedMessageText>;
