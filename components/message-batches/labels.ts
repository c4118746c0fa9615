import { formatCount } from "@/components/ui/format-count";
import type {
  MessageBatchState,
  MessageBatchView,
  RecipientOutcome,
} from "@/server/schemas/message-batches";
import type { MessageChannel } from "@/server/schemas/messages";
import { stateNames } from "../messages/labels";

export const batchStateNames: Record<MessageBatchState, string> = {
  collecting: "Adding recipients",
  checking: "Checking",
  ready: "Ready to review",
  awaiting_approval: "Waiting for approval",
  scheduled: "Scheduled",
  sending: "Sending",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  cancelled: "Cancelled",
};

/** What became of a recipient. Before anything is sent, of their row. */
export const outcomeNames: Record<RecipientOutcome, string> = {
  ...stateNames,
  waiting: "Not checked yet",
  included: "To be sent",
  excluded: "Left out",
  not_checked: "Could not be checked",
};

/** "2,000 text messages". */
export function countMessages(channel: MessageChannel, count: number): string {
  switch (channel) {
    case "sms":
      return formatCount(count, "text message");
    case "nhs_app":
      return formatCount(count, "NHS App message");
    case "email":
      return formatCount(count, "email");
    case "note":
      return formatCount(count, "note");
  }
}

/** Nothing more is sent, and its results are final. */
export const hasEnded = ({ state }: Pick<MessageBatchView, "state">): boolean =>
  state === "finished" || state === "stopped" || state === "cancelled";

/** True once messages may have left. */
export const wasStarted = ({ state }: Pick<MessageBatchView, "state">): boolean =>
  ["sending", "paused", "finished", "stopped"].includes(state);

/** Messages that have left or ended: none of them is sent again. */
export const countDone = ({ counts }: Pick<MessageBatchView, "counts">): number =>
  counts.sent + counts.failed + counts.unknown + counts.held + counts.cancelled;

/** "less than a minute", "about 67 minutes", "about 3 hours". */
export function describeDuration(seconds: number): string {
  const minutes = seconds / 60;
  if (minutes < 1) return "less than a minute";
  if (minutes < 90) return `about ${formatCount(Math.ceil(minutes), "minute")}`;
  return `about ${formatCount(Math.round(minutes / 60), "hour")}`;
}
