import type { SummaryError } from "@/components/ui/error-summary";
import { isLocalDate } from "@/server/schemas/dates";
import type { MessageAttachment } from "@/server/schemas/message-attachments";
import type {
  FallbackChannel,
  MessageChannel,
  MessagePreview,
  PreviewMessageInput,
  RecordWrite,
} from "@/server/schemas/messages";
import { nextAllowedTime, parseUkTime, type QuietHours } from "@/server/schemas/quiet-hours";

/** What a person fills in. It stays in the page: nothing of it is stored before it is sent. */
export type MessageDraft = {
  channel: MessageChannel | null;
  fallbackChannel: FallbackChannel | null;
  text: string;
  /** Values of the text's typed variables, by name. */
  variables: Record<string, string>;
  linkId: string;
  /** That Hero has; null for none. */
  attachment: MessageAttachment | null;
  /** Another number or address than the record's; empty for the record's. */
  contact: string;
  recordWrite: RecordWrite;
  when: "now" | "later";
  /** A UK date, `YYYY-MM-DD`, and a UK time, `HH:MM`. */
  day: string;
  time: string;
};

export const emptyDraft: MessageDraft = {
  channel: null,
  fallbackChannel: null,
  text: "",
  variables: {},
  linkId: "",
  attachment: null,
  contact: "",
  recordWrite: "none",
  when: "now",
  day: "",
  time: "",
};

type PatientScope = { practiceId: string; patientId: string };

/** Text messages and emails have an address, which can differ from the record's. */
export const hasContact = ({ channel, fallbackChannel }: MessageDraft): boolean =>
  channel === "sms" || channel === "email" || (channel === "nhs_app" && fallbackChannel !== null);

/** Why a contact has to be entered; null when the record has one for the selected channel or fallback. */
export function findContactReason(
  { channel, fallbackChannel }: MessageDraft,
  channels: MessagePreview["channels"],
): string | null {
  const addressed = channel === "nhs_app" ? fallbackChannel : channel;
  const facts = channels.find((each) => each.channel === addressed);
  return facts?.needsContact ? facts.reason : null;
}

/** What the server renders and checks. Only values of the text's own variables are sent. */
export function previewInputOf(
  draft: MessageDraft & { channel: MessageChannel },
  variableNames: readonly string[],
  { practiceId, patientId }: PatientScope,
): PreviewMessageInput {
  return {
    practiceId,
    patientId,
    channel: draft.channel,
    fallbackChannel: draft.channel === "nhs_app" ? draft.fallbackChannel : null,
    text: draft.text,
    variables: Object.fromEntries(
      variableNames.map((name) => [name, (draft.variables[name] ?? "").trim()]),
    ),
    linkId: draft.linkId || null,
    attachmentId: draft.attachment?.id,
    contact: hasContact(draft) ? draft.contact.trim() || undefined : undefined,
    recordWrite: draft.channel === "note" ? "none" : draft.recordWrite,
  };
}

/** What is missing before the server is asked, in the order of the fields on screen. */
export function findMissing(
  draft: MessageDraft,
  variableNames: readonly string[],
  labelOf: (name: string) => string,
  channels: MessagePreview["channels"],
): SummaryError[] {
  const needsContact = findContactReason(draft, channels) !== null;
  return [
    draft.channel === null && { field: "channel", message: "Select a channel." },
    needsContact &&
      draft.contact.trim() === "" && {
        field: "contact",
        message: "Enter a contact, or select another channel.",
      },
    draft.text.trim() === "" && { field: "text", message: "Enter the message." },
    ...variableNames.map(
      (name) =>
        (draft.variables[name] ?? "").trim() === "" && {
          field: variableField(name),
          message: `Enter a value for “${labelOf(name)}”.`,
        },
    ),
  ].filter((error) => error !== false);
}

/** The id of a variable's control. */
export const variableField = (name: string) => `variable-${name}`;

/** When a person wants it sent, in UTC; null: as soon as possible. */
export function findSendAt(
  { when, day, time }: Pick<MessageDraft, "when" | "day" | "time">,
  now: Date,
): { sendAt: string | null } | { errors: SummaryError[] } {
  if (when === "now") return { sendAt: null };
  if (!isLocalDate(day)) return { errors: [{ field: "day", message: "Enter a valid date." }] };
  const parsed = parseUkTime(day, time);
  if ("reason" in parsed) return { errors: [{ field: "time", message: parsed.reason }] };
  return parsed.value <= now
    ? { errors: [{ field: "time", message: "Select a time in the future." }] }
    : { sendAt: parsed.value.toISOString() };
}

/**
 * The end of the quiet hours that a message has to wait for; null when it can leave as soon as it can no longer be
 * undone. The server's time says which, since this browser's clock may be wrong.
 */
export function findQuietEnd(
  { channel, fallbackChannel }: Pick<PreviewMessageInput, "channel" | "fallbackChannel">,
  earliestSendAt: string,
  quietHours: QuietHours,
): string | null {
  if (channel === "note") return null;
  const justBefore = new Date(Date.parse(earliestSendAt) - 1);
  const allowed = nextAllowedTime(justBefore, quietHours, {
    hasFallback: fallbackChannel !== null,
  });
  return allowed > justBefore ? earliestSendAt : null;
}
