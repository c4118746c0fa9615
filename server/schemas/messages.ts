import { timestamp } from "./date-fields";
import { linkEvent } from "./links/view";
import { containsHiddenCharacters } from "./text-line";
import { heroId, optionalHeroId, optionalTextLine, pageSize, rowId } from "./text";
import { z } from "./zod";

/** How a message reaches a patient. `note` is stored at Hero only: the patient receives nothing. */
export const messageChannels = ["nhs_app", "sms", "email", "note"] as const;
export const messageChannel = z.enum(messageChannels, { error: "Select a channel." });
export type MessageChannel = z.infer<typeof messageChannel>;

/** Where a message goes that was not opened in the NHS App. */
export const fallbackChannels = ["sms", "email"] as const;
export const fallbackChannel = z.enum(fallbackChannels, { error: "Select a fallback." });
export type FallbackChannel = z.infer<typeof fallbackChannel>;

/** As stored; see `db/schema/messages.ts`. */
export const messageState = z.enum(
  ["scheduled", "held", "sending", "sent", "delivered", "opened", "failed", "unknown", "cancelled"],
  { error: "Select a state from the list." },
);
export type MessageState = z.infer<typeof messageState>;

/** Whether the message is written to the patient's record: not, after approval at Hero, or at once. */
export const recordWrites = ["none", "for_approval", "automatic"] as const;
export const recordWrite = z.enum(recordWrites, {
  error: "Select whether to write to the record.",
});
export type RecordWrite = z.infer<typeof recordWrite>;

/** SNOMED CT codes of the entries in the record: the defaults that Hero documents (guide, section 10). */
export const recordCodes: Record<MessageChannel, { code: string; term: string } | null> = {
  sms: { code: "279991000000102", term: "SMS text message sent to patient" },
  email: { code: "401271004", term: "Email/notification sent to patient" },
  nhs_app: { code: "401271004", term: "Email/notification sent to patient" },
  note: null,
};

/** An estimate in pence; null where the organisation has entered no price. */
const cost = z.object({ lowestPence: z.number(), highestPence: z.number() }).nullable();

/** A message to one patient. Timestamps are in UTC. It has neither its text nor any detail of the patient. */
export const messageView = z.object({
  id: z.string(),
  operationId: z.string(),
  state: messageState,
  /** A sentence: why it is held, failed or unknown. */
  reason: z.string().nullable(),
  failureCode: z.string().nullable(),
  practice: z.object({
    id: z.string(),
    /** The nickname, if it has one: for the organisation's own members only. */
    name: z.string(),
    publicName: z.string(),
    practiceGroupId: z.string(),
  }),
  patientId: z.string(),
  channel: messageChannel,
  fallbackChannel: fallbackChannel.nullable(),
  link: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  hasAttachment: z.boolean(),
  recordWrite,
  /** Hero's own word for the record write when last read, and Hero's own text on why it failed. */
  recordWriteStatus: z.string().nullable(),
  /** What that word means; null while Hero has said none. */
  recordWriteState: z.enum(["in_progress", "written", "failed"]).nullable(),
  recordWriteFailure: z.string().nullable(),
  smsParts: z.number().nullable(),
  cost,
  /** Not sent before; a message without a time of its own can be undone until then. */
  sendAt: z.string(),
  /** Null until Hero's reply has named it. Only then is it "sent". */
  heroMessageId: z.string().nullable(),
  /** Hero's own word for the state when last read. */
  heroStatus: z.string().nullable(),
  sentAt: z.string().nullable(),
  deliveredAt: z.string().nullable(),
  /** Where it arrived, when Hero says so: after a fallback not the channel that was selected. */
  deliveredChannel: messageChannel.nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  refreshedAt: z.string().nullable(),
  /** Whether the text can still be shown. */
  hasText: z.boolean(),
});
export type MessageView = z.infer<typeof messageView>;

/**
 * The text as a person typed it or as a template has it: line breaks stay, `{{name}}` stands for a variable.
 * `message-text.ts` says what is refused once it is rendered for a channel.
 */
export const messageText = z
  .string({ error: "Enter the message." })
  .max(5000, { error: "Use 5,000 characters or fewer." })
  .refine((text) => !containsHiddenCharacters(text.replaceAll(/[\r\n\t]/g, "")), {
    error: "Remove hidden or control characters.",
  });
export const requiredText = messageText.refine((text) => text.trim() !== "", {
  error: "Enter the message.",
});

export const maxVariables = 20;
const variableName = /^[a-z][a-z0-9_]{0,39}$/;

/** Values of a template's variables, by name. They are plain text; the known ones are not sent. */
export const messageVariables = z
  .record(
    z.string(),
    z
      .string({ error: "Enter a value for each variable." })
      .max(200, { error: "Use 200 characters or fewer for a variable." }),
    { error: "Enter a value for each variable." },
  )
  .refine(
    (values) =>
      Object.keys(values).length <= maxVariables &&
      Object.keys(values).every((name) => variableName.test(name)),
    { error: "A variable's name has lower-case letters, digits and underscores." },
  );

/** What is to be sent, before it was reviewed. */
const draftFields = {
  practiceId: rowId,
  patientId: heroId("A Hero patient ID contains only digits."),
  channel: messageChannel,
  fallbackChannel: fallbackChannel.nullable().default(null),
  text: messageText,
  variables: messageVariables.default({}),
  /** A live booking or form link of the practice: generic, or this patient's own. */
  linkId: rowId.nullable().default(null),
  /** A file of `message-attachments.ts`, uploaded for this patient. */
  attachmentId: rowId.optional(),
  /** Another mobile number or email address than the record's; confirmed by the person. */
  contact: optionalTextLine("a contact", 254),
  recordWrite: recordWrite.default("none"),
};

/** Reads the patient and renders the message; nothing is sent or stored. */
export const previewMessageInput = z.object(draftFields);
export type PreviewMessageInput = z.infer<typeof previewMessageInput>;

/** What a person must confirm before a message is sent. */
const messageWarnings = [
  "contact_differs",
  "under_16",
  "age_unknown",
  "url_in_text",
  "automatic_record_write",
] as const;
const messageWarning = z.enum(messageWarnings, { error: "Confirm the warnings that were shown." });
export type MessageWarning = z.infer<typeof messageWarning>;

/** What a person reviews before sending. */
export const messagePreview = z.object({
  /** Which channels this practice and patient allow, and why not. */
  channels: z.array(
    z.object({
      channel: messageChannel,
      isAvailable: z.boolean(),
      reason: z.string().nullable(),
      /** Only a contact is missing: the record has none that can be used, and a person may enter one. */
      needsContact: z.boolean(),
      /** Masked, such as `07••• ••• 123`. */
      contact: z.string().nullable(),
      /** The text as this channel shows it, with the link; null when it cannot be rendered for it. */
      text: z.string().nullable(),
      smsParts: z.number().nullable(),
      /** The character that makes it dearer: outside GSM-7. */
      costlyCharacter: z.string().nullable(),
      pence: z.number().nullable(),
    }),
  ),
  cost,
  attachment: z.object({ name: z.string(), bytes: z.number().nullable() }).nullable(),
  /** What a person must check before sending. The message is sent when all are confirmed. */
  warnings: z.array(z.object({ code: messageWarning, message: z.string() })),
  /** Marked by the organisation: reached in the NHS App only, without a fallback. */
  isSensitiveContact: z.boolean(),
  /** Why it cannot be sent; null when it can. */
  refusal: z.string().nullable(),
  /** The earliest time outside quiet hours, in UTC. */
  earliestSendAt: z.string(),
  /** What was reviewed; sending refuses another. Null when the message cannot be sent. */
  previewFingerprint: z.string().nullable(),
});
export type MessagePreview = z.infer<typeof messagePreview>;

/** Sends a reviewed message once for `operationId`: after the delay, or at `sendAt`. */
export const sendMessageInput = z.object({
  ...draftFields,
  text: requiredText,
  operationId: rowId,
  previewFingerprint: z
    .string({ error: "Check the message before you send it." })
    .regex(/^[0-9a-f]{64}$/, { error: "Check the message before you send it." }),
  /** The warnings that the person has confirmed. */
  confirmed: z
    .array(messageWarning, { error: "Confirm the warnings that were shown." })
    .max(messageWarnings.length, { error: "Confirm the warnings that were shown." })
    .default([]),
  /** When it is to be sent; null: after the delay in which it can be undone. */
  sendAt: timestamp("Select a date and time.").nullable().default(null),
});
export type SendMessageInput = z.infer<typeof sendMessageInput>;

export const messageIdInput = z.object({ messageId: rowId });
export type MessageIdInput = z.infer<typeof messageIdInput>;

/** Finds the message of a form whose reply was lost. */
export const messageOperationInput = z.object({ operationId: rowId });
export type MessageOperationInput = z.infer<typeof messageOperationInput>;

export const foundMessage = z.object({ messageId: z.string() }).nullable();
export type FoundMessage = z.infer<typeof foundMessage>;

/** The text of a message; each time it is read is audited. Null once it was erased. */
export const messageContent = z.object({ text: z.string().nullable() });
export type MessageContent = z.infer<typeof messageContent>;

/** Messages of the environment, newest first. */
export const listMessagesInput = z.object({
  practiceId: rowId.optional(),
  patientId: optionalHeroId("A Hero patient ID contains only digits."),
  state: messageState.optional(),
  /** The ID of the last message of the page before. */
  cursor: rowId.optional(),
  limit: pageSize(50),
});
export type ListMessagesInput = Partial<z.infer<typeof listMessagesInput>>;

export const messagePage = z.object({
  items: z.array(messageView),
  nextCursor: z.string().nullable(),
});
export type MessagePage = z.infer<typeof messagePage>;

export const messageEvents = z.array(linkEvent);

/** Marks a patient as one whose contact is sensitive, or removes the mark. */
export const setSensitiveContactInput = z.object({
  practiceId: rowId,
  patientId: heroId("A Hero patient ID contains only digits."),
  isSensitive: z.boolean({ error: "Select whether the contact is sensitive." }),
});
export type SetSensitiveContactInput = z.infer<typeof setSensitiveContactInput>;

/** The organisation's own text. `{{name}}` stands for a variable, which is plain text. */
export const messageTemplate = z.object({
  id: z.string(),
  name: z.string(),
  text: z.string(),
  variables: z.array(z.string()),
  updatedAt: z.string(),
});
export type MessageTemplate = z.infer<typeof messageTemplate>;

export const messageTemplateIdInput = z.object({ templateId: rowId });
export type MessageTemplateIdInput = z.infer<typeof messageTemplateIdInput>;

/** With a practice, its templates at Hero are read as well. */
export const listMessageTemplatesInput = z.object({ practiceId: rowId.optional() });
export type ListMessageTemplatesInput = z.infer<typeof listMessageTemplatesInput>;

export const messageTemplateList = z.object({
  items: z.array(messageTemplate),
  /** The practice's at Hero; `heroReason` says why they could not be read. */
  hero: z.array(z.object({ id: z.string(), name: z.string(), text: z.string() })),
  heroReason: z.string().nullable(),
});
export type MessageTemplateList = z.infer<typeof messageTemplateList>;

/** Settings of an organisation in one environment. Times are UK time, such as `20:00`; prices in pence. */
export const messageSettings = z.object({
  undoSeconds: z.number(),
  quietFrom: z.string(),
  quietTo: z.string(),
  smsPence: z.number().nullable(),
  /** For mobiles of Jersey, Guernsey and the Isle of Man. */
  islandSmsPence: z.number().nullable(),
  /** Days for which the text of a message stays readable after it has ended. */
  textDays: z.number(),
  /** As `undoSeconds`, for a batch. */
  batchUndoSeconds: z.number(),
  /** A batch with more recipients needs a second person. */
  approvalThreshold: z.number(),
  /** After how many messages a batch pauses once; 0: it does not. */
  firstSlice: z.number(),
  /** Messages on one UK day: of the environment, and of each practice. */
  dailyLimit: z.number(),
  practiceDailyLimit: z.number(),
  /** A batch leaves out patients who had a message within so many days; 0: none. */
  recentDays: z.number(),
});
export type MessageSettings = z.infer<typeof messageSettings>;

const wholeNumber = (error: string, min: number, max: number) =>
  z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
const ukTime = (error: string) =>
  z.string({ error }).regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error });
const priceError = "Enter a price from 0p to 100p, or nothing.";
/** Of one part. Suppliers charge fractions of a penny. */
const price = z
  .number({ error: priceError })
  .min(0, { error: priceError })
  .max(100, { error: priceError })
  .nullable();

/** `quietFrom` equal to `quietTo` means that there are no quiet hours. */
export const saveMessageSettingsInput = z.object({
  undoSeconds: wholeNumber("Enter 5 to 120 seconds.", 5, 120),
  quietFrom: ukTime("Enter a time such as 20:00."),
  quietTo: ukTime("Enter a time such as 08:00."),
  smsPence: price,
  islandSmsPence: price,
  textDays: wholeNumber("Enter 0 to 30 days.", 0, 30),
  batchUndoSeconds: wholeNumber("Enter 10 to 600 seconds.", 10, 600),
  /** In production at most 100: the service refuses more. */
  approvalThreshold: wholeNumber("Enter 0 to 50,000 recipients.", 0, 50_000),
  firstSlice: wholeNumber("Enter 0 to 1,000 messages.", 0, 1_000),
  dailyLimit: wholeNumber("Enter 1 to 200,000 messages.", 1, 200_000),
  practiceDailyLimit: wholeNumber("Enter 1 to 200,000 messages.", 1, 200_000),
  recentDays: wholeNumber("Enter 0 to 30 days.", 0, 30),
});
export type SaveMessageSettingsInput = z.infer<typeof saveMessageSettingsInput>;

/** Until an organisation saves its own. The text stays readable for a week, for a patient who asks about it. */
export const defaultMessageSettings: MessageSettings = {
  undoSeconds: 10,
  quietFrom: "20:00",
  quietTo: "08:00",
  smsPence: null,
  islandSmsPence: null,
  textDays: 7,
  batchUndoSeconds: 60,
  approvalThreshold: 20,
  firstSlice: 20,
  dailyLimit: 20_000,
  practiceDailyLimit: 10_000,
  recentDays: 7,
};
