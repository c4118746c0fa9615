import type { MessageView } from "@/server/schemas/messages";
import { channelNames } from "./labels";

/** `stopped` and `failed` end a message; `unknown` stays so. */
export type StepState = "done" | "current" | "upcoming" | "stopped" | "failed" | "unknown";

export type TimelineStep = {
  title: string;
  state: StepState;
  /** In UTC; null while it is not known or has not happened. */
  at: string | null;
  text: string | null;
};

const step = (
  title: string,
  state: StepState,
  at: string | null = null,
  text: string | null = null,
): TimelineStep => ({ title, state, at, text });

/** What has happened to a message and what comes next, in order. */
export function timelineOf(message: MessageView): TimelineStep[] {
  const requested = step("Requested", "done", message.createdAt, `By ${message.createdBy}.`);
  const { state } = message;
  if (state === "cancelled") {
    return [requested, step("Stopped before it was sent", "stopped")];
  }
  if (state === "held") return [requested, step("Held, not sent", "failed", null, message.reason)];
  const steps = [requested, sentStep(message)];
  const isSent = message.heroMessageId !== null;
  const wasNeverSent = state === "unknown" || (state === "failed" && !isSent);
  if (wasNeverSent) return steps;
  if (message.channel !== "note") {
    const delivered = deliveredStep(message);
    const fallback = fallbackStep(message);
    if (fallback && wasFallbackUsed(message)) steps.push(fallback, delivered);
    else steps.push(delivered, ...(fallback ? [fallback] : []));
  }
  const recordWrite = recordWriteStep(message);
  return recordWrite ? [...steps, recordWrite] : steps;
}

function sentStep(message: MessageView): TimelineStep {
  const isNote = message.channel === "note";
  const title = isNote ? "Saved in Hero" : "Sent";
  // "Sent" is said only of a message whose ID at Hero is stored.
  const nextTitle = isNote ? "Save in Hero" : "Send";
  if (message.heroMessageId !== null) {
    return step(title, "done", message.sentAt, `Hero's message ID is ${message.heroMessageId}.`);
  }
  switch (message.state) {
    case "unknown":
      return step(nextTitle, "unknown", null, "It is not known whether Hero sent it.");
    case "failed":
      return step("Not sent", "failed", null, message.reason);
    case "sending":
      return step(nextTitle, "current", null, "Hero has not replied yet.");
    default:
      return step(nextTitle, "current", message.sendAt, "Not before this time.");
  }
}

function deliveredStep(message: MessageView): TimelineStep {
  const { state, deliveredAt, reason } = message;
  const title = wasFallbackUsed(message) ? "Fallback delivered" : "Delivered";
  if (state === "opened") return step(`${title} and opened`, "done", deliveredAt);
  if (state === "delivered") return step(title, "done", deliveredAt);
  if (state === "failed") return step("Not delivered", "failed", null, reason);
  return step("Delivered", state === "sent" ? "current" : "upcoming");
}

const wasFallbackUsed = ({ deliveredChannel, fallbackChannel }: MessageView): boolean =>
  fallbackChannel !== null && deliveredChannel === fallbackChannel;

function fallbackStep(message: MessageView): TimelineStep | null {
  const { state, fallbackChannel } = message;
  if (fallbackChannel === null || state === "failed") return null;
  const name = channelNames[fallbackChannel].toLowerCase();
  if (wasFallbackUsed(message)) {
    const text = "It was not opened in the NHS App within an hour.";
    return step(`Fallback used: ${name}`, "done", null, text);
  }
  return state === "opened"
    ? step("Fallback not needed", "done")
    : step(
        `Fallback: ${name}`,
        "upcoming",
        null,
        "Hero sends this if the patient does not open the message in the NHS App within an hour.",
      );
}

function recordWriteStep(message: MessageView): TimelineStep | null {
  if (message.recordWrite === "none") return null;
  const {
    recordWriteStatus: status,
    recordWriteState: state,
    recordWriteFailure: failure,
  } = message;
  if (failure) return step("Not written to the record", "failed", null, failure);
  const title = "Written to the record";
  const waiting =
    message.recordWrite === "for_approval"
      ? "A person at the practice has to approve it in Hero."
      : null;
  if (message.heroMessageId === null) return step(title, "upcoming", null, waiting);
  return state === "written"
    ? step(title, "done")
    : step(
        title,
        "current",
        null,
        [waiting, status && `Hero reports “${status}”.`].filter(Boolean).join(" ") || null,
      );
}
