import type {
  FallbackChannel,
  MessageChannel,
  MessageState,
  MessageView,
  RecordWrite,
} from "@/server/schemas/messages";

export const channelNames: Record<MessageChannel, string> = {
  nhs_app: "NHS App",
  sms: "Text message",
  email: "Email",
  note: "Note only",
};

/** What a channel does for the patient, in a sentence. */
export const channelTexts: Record<MessageChannel, string> = {
  nhs_app: "A message in the patient's NHS App.",
  sms: "A text message to the patient's mobile number.",
  email: "An email to the patient's address.",
  note: "The patient receives nothing. Hero keeps the text as a note for the practice.",
};

/** Where a channel is selected and checked, so that nobody takes a note for a message. */
export const channelLabels: Record<MessageChannel, string> = {
  ...channelNames,
  note: "Note only, the patient receives nothing",
};

/** A channel with its fallback: "NHS App, then text message". */
export function describeChannels({
  channel,
  fallbackChannel,
}: {
  channel: MessageChannel;
  fallbackChannel: FallbackChannel | null;
}): string {
  return fallbackChannel
    ? `${channelNames[channel]}, then ${channelNames[fallbackChannel].toLowerCase()}`
    : channelNames[channel];
}

type ButtonLabels = { label: string; pendingLabel: string };

const sendLabels: Record<MessageChannel, ButtonLabels> = {
  nhs_app: { label: "Send NHS App message", pendingLabel: "Sending NHS App message…" },
  sms: { label: "Send text message", pendingLabel: "Sending text message…" },
  email: { label: "Send email", pendingLabel: "Sending email…" },
  note: { label: "Save note", pendingLabel: "Saving note…" },
};

const scheduleLabels: Record<MessageChannel, string> = {
  nhs_app: "Schedule NHS App message",
  sms: "Schedule text message",
  email: "Schedule email",
  note: "Schedule note",
};

/** The button that sends, named for what it does: a message with a time is not sent when it is pressed. */
export const buttonLabels = (channel: MessageChannel, sendAt: string | null): ButtonLabels =>
  sendAt === null
    ? sendLabels[channel]
    : { label: scheduleLabels[channel], pendingLabel: "Scheduling…" };

/** For filters and lists. */
export const stateNames: Record<MessageState, string> = {
  scheduled: "Scheduled",
  held: "Held",
  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  opened: "Opened",
  failed: "Failed",
  unknown: "Unknown",
  cancelled: "Cancelled",
};

type StateFacts = Pick<MessageView, "state" | "channel" | "heroMessageId">;

/** What a message's state means, in a sentence. A message is "sent" only with Hero's ID of it. */
export function explainState({ state, channel, heroMessageId }: StateFacts): string {
  const isNote = channel === "note";
  switch (state) {
    case "scheduled":
      return isNote ? "The note is not saved yet." : "Nothing has been sent yet.";
    case "held":
      return "Nothing was sent. Someone must decide whether it still should be.";
    case "sending":
      return "The request to Hero is under way.";
    case "sent":
      return isNote
        ? "Hero has saved the note. The patient receives nothing."
        : "Hero has accepted the message. It is not known to be delivered yet.";
    case "delivered":
      return isNote
        ? "Hero has saved the note. The patient receives nothing."
        : "Hero reports that the message was delivered.";
    case "opened":
      return "Hero reports that the patient has opened the message.";
    case "failed":
      return heroMessageId === null
        ? "Nothing was sent."
        : "Hero accepted the message, but could not deliver it.";
    case "unknown":
      return isNote
        ? "The note may have been saved or not. The portal does not save it again."
        : "The patient may have received this message or not. The portal does not send it again.";
    case "cancelled":
      return "The message was stopped before it was sent. The patient receives nothing.";
  }
}

export const recordWriteNames: Record<RecordWrite, string> = {
  none: "Do not write to the record",
  for_approval: "Write to the record after approval",
  automatic: "Write to the record without approval",
};

/** What a choice leads to, in the practice's clinical system. */
export const recordWriteTexts: Record<RecordWrite, string> = {
  none: "The message is kept in Hero only.",
  for_approval:
    "A person at the practice approves it in Hero first. Everyone with access to the patient's record can read it then.",
  automatic:
    "Nobody checks it first. Everyone with access to the patient's record can read it straight away.",
};

/** True while a person can stop it. */
export const isCancellable = ({ state }: Pick<MessageView, "state">): boolean =>
  state === "scheduled" || state === "held";

/** A message that waits longer was given a time of its own, and is cancelled instead. */
const maxUndoMs = 2 * 60_000;

/** True while it waits only for the time in which it can be undone. */
export const canUndo = ({ state, createdAt, sendAt }: MessageView): boolean =>
  state === "scheduled" && Date.parse(sendAt) - Date.parse(createdAt) <= maxUndoMs;

/** The part of a message's page that takes the focus when a control goes away with its state. */
export const messageStateId = "message-state";
