import { optionalTextLine, rowId, heroId, pageSize, textLine } from "./text";
import { z } from "./zod";

/** How a message reaches a patient. `note` is stored at Hero only: the patient receives nothing. */
export const messageChannels = ["nhs_app", "sms", "email", "note"] as const;
const messageChannel = z.enum(messageChannels, { error: "Select a channel." });
export type MessageChannel = z.infer<typeof messageChannel>;

/** Where a message goes that was not opened in the NHS App. */
export const fallbackChannels = ["sms", "email"] as const;
const fallbackChannel = z.enum(fallbackChannels, { error: "Select a fallback." });
export type FallbackChannel = z.infer<typeof fallbackChannel>;

/** As stored; see `db/schema/messages.ts`. */
const messageState = z.enum(
  [
    "scheduled",
    "held",
    "sending",
    "sent",
    "delivered",
    "opened",
    "failed",
    "unknown",
    "cancelled",
  ],
  { error: "Unknown message state." },
);
export type MessageState = z.infer<typeof messageState>;

/** Whether the message is written to the patient's record: not, after approval at Hero, or at once. */
export const recordWrites = ["none", "for_approval", "automatic"] as const;
const recordWrite = z.enum(recordWrites, { error: "Select whether to write to the record." });
export type RecordWrite = z.infer<typeof recordWrite>;

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
  /** Hero's own word for the record write when last read, and why it failed. */
  recordWriteStatus: z.string().nullable(),
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
  createdBy: z.string(),
  createdAt: z.string(),
  refreshedAt: z.string().nullable(),
  /** Whether the text can still be shown. */
  hasText: z.boolean(),
});
export type MessageView = z.infer<typeof messageView>;

export const maxMessageCharacters = 918;
export const maxSubjectCharacters = 120;

/** The text as a person typed it: line breaks stay, hidden characters are refused. See `message-text.ts`. */
const messageText = z.string({ error: "Enter the message." }).max(5000, {
  error: `Use ${maxMessageCharacters} characters or fewer.`,
});

/** What is to be sent, before it was reviewed. */
const draftFields = {
  practiceId: rowId,
  patientId: heroId("A Hero patient ID contains only digits."),
  channel: messageChannel,
  fallbackChannel: fallbackChannel.nullable().default(null),
  subject: optionalTextLine("a subject", maxSubjectCharacters),
  text: messageText,
  /** A live booking or form link of the practice: generic, or this patient's own. */
  linkId: rowId.nullable().default(null),
  /** Another mobile number or email address than the record's; confirmed by the person. */
  contact: optionalTextLine("a contact", 254),
  recordWrite: recordWrite.default("none"),
};

/** Reads the patient and renders the message; nothing is sent or stored. */
export const previewMessageInput = z.object(draftFields);
export type PreviewMessageInput = z.infer<typeof previewMessageInput>;

/** What a person reviews before sending. */
export const messagePreview = z.object({
  /** Which channels this practice and patient allow, and why not. */
  channels: z.array(
    z.object({
      channel: messageChannel,
      isAvailable: z.boolean(),
      reason: z.string().nullable(),
      /** Masked, such as `07••• ••• 123`. */
      contact: z.string().nullable(),
      /** The text as this channel shows it, with the link. */
      text: z.string(),
      smsParts: z.number().nullable(),
      /** The character that makes it dearer: outside GSM-7. */
      costlyCharacter: z.string().nullable(),
      pence: z.number().nullable(),
    }),
  ),
  cost,
  /** What a person must look at before sending, such as a contact that differs from the record. */
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  /** Why it cannot be sent; null when it can. */
  refusal: z.string().nullable(),
  /** The earliest time outside quiet hours, in UTC. */
  earliestSendAt: z.string(),
  /** What was reviewed; `sendMessage` refuses another. */
  previewFingerprint: z.string(),
});
export type MessagePreview = z.infer<typeof messagePreview>;

/** Sends a reviewed message once for `operationId`: after the delay, or at `sendAt`. */
export const sendMessageInput = z.object({
  ...draftFields,
  operationId: rowId,
  previewFingerprint: textLine("the preview", 200),
  /** The codes of the warnings that the person has confirmed. */
  confirmed: z.array(z.string().max(60)).max(20).default([]),
  /** UTC; the portal keeps it until then. */
  sendAt: z.iso.datetime({ error: "Select a date and time." }).nullable().default(null),
});
export type SendMessageInput = z.infer<typeof sendMessageInput>;

export const messageIdInput = z.object({ messageId: rowId });
export type MessageIdInput = z.infer<typeof messageIdInput>;

/** The text of a message; each time it is read is audited. Null once it was erased. */
export const messageContent = z.object({
  text: z.string().nullable(),
  subject: z.string().nullable(),
});
export type MessageContent = z.infer<typeof messageContent>;

export const listMessagesInput = z.object({
  practiceId: rowId.optional(),
  patientId: heroId("A Hero patient ID contains only digits.").optional(),
  state: messageState.optional(),
  cursor: z.string().max(200).optional(),
  limit: pageSize(50),
});
export type ListMessagesInput = z.infer<typeof listMessagesInput>;

export const messagePage = z.object({
  items: z.array(messageView),
  nextCursor: z.string().nullable(),
});
export type MessagePage = z.infer<typeof messagePage>;

/** The organisation's own text. `{{name}}` stands for a variable, which is plain text. */
export const messageTemplate = z.object({
  id: z.string(),
  name: z.string(),
  subject: z.string().nullable(),
  text: z.string(),
  variables: z.array(z.string()),
  updatedAt: z.string(),
});
export type MessageTemplate = z.infer<typeof messageTemplate>;

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
});
export type MessageSettings = z.infer<typeof messageSettings>;
