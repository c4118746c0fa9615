import { practiceGroupId, queryLimit, utcTime } from "./api-v1";
import {
  listMessagesInput,
  messagePreview,
  type MessagePreview,
  type MessageView,
  messageView,
  previewMessageInput,
  sendMessageInput,
} from "./messages";
import { z } from "./zod";

/** The requests and responses of `/api/v1/messages`. No response has a text or a name. */

const draft = previewMessageInput.shape;

const draftFields = {
  practiceGroupId,
  patientId: draft.patientId.meta({ description: "Hero's patient ID." }),
  channel: draft.channel.meta({
    description:
      "`note` is stored by the practice in Hero and reaches nobody. The others reach the patient.",
  }),
  fallbackChannel: draft.fallbackChannel.meta({
    description:
      "For the `nhs_app` channel: where the message goes if it is not opened within an hour.",
  }),
  variables: draft.variables.meta({
    description:
      "Values of the variables in the text, by name: plain text, without addresses or line breaks. `first_name` and `practice_name` are filled in by the portal.",
  }),
  linkId: draft.linkId.meta({
    description:
      "A live link of the practice, in this API: generic, or this patient's own. `{{link}}` in the text is its address.",
  }),
  contact: draft.contact.meta({
    description:
      "Another mobile number or email address than that of the patient's record. It must be confirmed as `contact_differs`.",
  }),
  recordWrite: draft.recordWrite.meta({
    description:
      "Whether the message is written to the patient's record. `automatic` is without approval at the practice: it also requires the `messages.write_to_record_automatically` permission.",
  }),
};

const textDescription = "The text. `{{name}}` is a variable. Markup has no effect.";

/** The body of `POST /api/v1/messages/preview`. */
export const previewMessageBody = z
  .strictObject({ ...draftFields, text: draft.text.meta({ description: textDescription }) })
  .meta({ id: "PreviewMessageRequest" });
export type PreviewMessageBody = z.infer<typeof previewMessageBody>;

const { warnings: previewWarnings } = messagePreview.shape;

/** Whether to message someone who is, or may be, under 16 is for a person to decide. */
export const decidedByPerson = ["under_16", "age_unknown"] as const;

const confirmError = "Confirm the warnings that the preview returned.";
const confirmable = previewWarnings.element.shape.code.exclude(decidedByPerson, {
  error: confirmError,
});

const sendFields = sendMessageInput.shape;

/** The body of `POST /api/v1/messages`. */
export const sendMessageBody = z
  .strictObject({
    ...draftFields,
    text: sendFields.text.meta({ description: textDescription }),
    previewFingerprint: sendFields.previewFingerprint.meta({
      description:
        "Of the preview of these values. If anything has changed since then, nothing is sent.",
    }),
    confirmed: z
      .array(confirmable, { error: confirmError })
      .max(confirmable.options.length, { error: confirmError })
      .default([])
      .meta({
        description: "The codes of the preview's `warnings`, after a person has checked them.",
      }),
    sendAt: utcTime()
      .transform((text) => new Date(text).toISOString())
      .nullable()
      .default(null)
      .meta({
        description:
          "When to send it: outside quiet hours, at most 90 days ahead. ISO 8601 in UTC. If omitted, as soon as it can no longer be undone.",
        format: "date-time",
        example: "2026-12-17T09:00:00Z",
      }),
  })
  .meta({ id: "MessageRequest" });
export type SendMessageBody = z.infer<typeof sendMessageBody>;

/** The query of `GET /api/v1/messages`. */
export const listMessagesQuery = z.strictObject({
  practiceGroupId: practiceGroupId.optional().meta({
    description: "Hero's practice group ID. Includes disconnected practices.",
  }),
  patientId: listMessagesInput.shape.patientId.meta({ description: "Hero's patient ID." }),
  state: listMessagesInput.shape.state.meta({ description: "The state now." }),
  cursor: listMessagesInput.shape.cursor.meta({
    description: "`nextCursor` of the previous page.",
  }),
  limit: queryLimit("Messages per page. Default: 50."),
});
export type ListMessagesQuery = z.infer<typeof listMessagesQuery>;

const view = messageView.shape;
const costMeta = {
  description:
    "An estimate, from your organisation's prices: `highestPence` includes a fallback. null without prices.",
};

/** A message of `/api/v1`. Lists its fields by name: a new field of the view is private until it is here. */
export const messageResource = z
  .object({
    id: z.string(),
    state: view.state.meta({
      description:
        "`scheduled`: not sent yet. `held`: not sent, because something has changed or could not be read; a person decides in the portal. `sending`: being sent. `sent`: Hero has accepted it. `delivered` and `opened`: as Hero reports. `unknown`: Hero's reply was lost and it is never sent again. `failed`: not sent, or not delivered.",
    }),
    reason: view.reason.meta({ description: "Why it is held, failed or unknown." }),
    reasonCode: view.failureCode.meta({ description: "A code for `reason`." }),
    practice: z.object({ practiceGroupId: z.string(), name: z.string() }),
    patientId: z.string(),
    channel: view.channel,
    fallbackChannel: view.fallbackChannel,
    linkId: z.string().nullable().meta({ description: "The link in the text." }),
    recordWrite: view.recordWrite,
    recordWriteStatus: view.recordWriteStatus.meta({
      description: "Hero's own word for the state of the record write.",
    }),
    smsParts: view.smsParts.meta({
      description: "An estimate: the practice's supplier may add to the text.",
    }),
    cost: view.cost.meta(costMeta),
    sendAt: view.sendAt.meta({
      description: "It is not sent before, and can be cancelled until then.",
    }),
    heroMessageId: view.heroMessageId.meta({
      description: "Hero's ID. null until Hero has accepted the message.",
    }),
    sentAt: view.sentAt,
    deliveredAt: view.deliveredAt,
    deliveredChannel: view.deliveredChannel.meta({
      description: "Where it arrived: after a fallback not the selected channel.",
    }),
    createdBy: z.string().meta({ description: "A person's name, or `API key:` and its name." }),
    createdAt: z.string(),
    refreshedAt: z.string().nullable().meta({ description: "When it was last read from Hero." }),
  })
  .meta({ id: "Message" });

export const toMessageResource = (message: MessageView): z.infer<typeof messageResource> => ({
  id: message.id,
  state: message.state,
  reason: message.reason,
  reasonCode: message.failureCode,
  practice: {
    practiceGroupId: message.practice.practiceGroupId,
    name: message.practice.publicName,
  },
  patientId: message.patientId,
  channel: message.channel,
  fallbackChannel: message.fallbackChannel,
  linkId: message.link?.id ?? null,
  recordWrite: message.recordWrite,
  recordWriteStatus: message.recordWriteStatus,
  smsParts: message.smsParts,
  cost: message.cost,
  sendAt: message.sendAt,
  heroMessageId: message.heroMessageId,
  sentAt: message.sentAt,
  deliveredAt: message.deliveredAt,
  deliveredChannel: message.deliveredChannel,
  createdBy: message.createdBy,
  createdAt: message.createdAt,
  refreshedAt: message.refreshedAt,
});

export const messageResourcePage = z
  .object({
    items: z.array(messageResource),
    nextCursor: z.string().nullable().meta({ description: "null on the last page." }),
  })
  .meta({ id: "MessagePage" });

const channelFields = messagePreview.shape.channels.element.shape;

/** What the portal's review shows, without the text: it may have the patient's name in it. */
export const messagePreviewResource = z
  .object({
    refusal: messagePreview.shape.refusal.meta({
      description: "Why it cannot be sent. null when it can.",
    }),
    previewFingerprint: messagePreview.shape.previewFingerprint.meta({
      description: "Send it with the message. null when the message cannot be sent.",
    }),
    warnings: z
      .array(
        z.object({
          code: previewWarnings.element.shape.code,
          message: z.string(),
        }),
      )
      .meta({
        description:
          "What a person must check before it is sent. `under_16` and `age_unknown` can only be confirmed in the portal.",
      }),
    channels: z
      .array(
        z.object({
          channel: channelFields.channel,
          isAvailable: z.boolean(),
          reason: z.string().nullable(),
          contact: z.string().nullable(),
          smsParts: z.number().nullable(),
          costlyCharacter: z.string().nullable(),
          pence: z.number().nullable(),
        }),
      )
      .meta({
        description:
          "What each channel would do with this text. `contact` is masked. `costlyCharacter` is the first character that shortens the parts of a text message.",
      }),
    cost: messagePreview.shape.cost.meta(costMeta),
    isSensitiveContact: z.boolean().meta({
      description: "Marked in the portal: reached in the NHS App only, without a fallback.",
    }),
    earliestSendAt: z.string().meta({
      description: "The earliest time outside quiet hours: the earliest `sendAt`.",
    }),
  })
  .meta({ id: "MessagePreview" });

export const toMessagePreviewResource = (
  preview: MessagePreview,
): z.infer<typeof messagePreviewResource> => ({
  refusal: preview.refusal,
  previewFingerprint: preview.previewFingerprint,
  warnings: preview.warnings.map(({ code, message }) => ({ code, message })),
  channels: preview.channels.map(
    ({ channel, isAvailable, reason, contact, smsParts, costlyCharacter, pence }) => ({
      channel,
      isAvailable,
      reason,
      contact,
      smsParts,
      costlyCharacter,
      pence,
    }),
  ),
  cost: preview.cost,
  isSensitiveContact: preview.isSensitiveContact,
  earliestSendAt: preview.earliestSendAt,
});
