import type {
  DeliveryPeriod,
  deliveryPeriods,
  DeliveryState,
} from "@/server/schemas/webhook-deliveries";

export const stateNames: Record<DeliveryState, string> = {
  waiting: "Waiting",
  done: "Processed",
  kept: "Kept",
  quarantined: "Quarantined",
  failed: "Failed",
};

export const periodNames: Record<DeliveryPeriod, string> = {
  hour: "Last hour",
  day: "Last 24 hours",
  week: "Last 7 days",
  month: "Last 30 days",
};

/** The same as the server's, which loads zod beside it. */
export const periodHours: typeof deliveryPeriods = { hour: 1, day: 24, week: 168, month: 720 };

type Explanation = {
  /** What happened, in a few words. */
  title: string;
  /** What it means, and what to do next if a person has to do something. */
  nextStep: string;
};

const nothingToDo = "There is nothing to do.";

/** What followed from a delivery, by the code that is stored with it. */
const outcomes: Record<string, Explanation> = {
  link_booked: { title: "Booking recorded on its link", nextStep: nothingToDo },
  link_cancelled: { title: "Cancellation recorded on its link", nextStep: nothingToDo },
  link_moved: { title: "New time recorded on its link", nextStep: nothingToDo },
  appointment_refreshed: { title: "Appointment read again", nextStep: nothingToDo },
  form_link_refreshed: { title: "Form link read again", nextStep: nothingToDo },
  nothing_changed: {
    title: "No change",
    nextStep: "The portal was already up to date with Hero's record.",
  },
  not_ours: {
    title: "Not from a link of this portal",
    nextStep: "The patient did not book with a link from this portal.",
  },
  other_link: {
    title: "Its link belongs to another practice",
    nextStep: "Hero's record names a link of another practice. Nothing was changed.",
  },
  kept: {
    title: "Kept",
    nextStep: "The portal does nothing with this event type yet. Your destinations receive it.",
  },
  test: {
    title: "Test from the portal",
    nextStep: "The portal sent this to itself. It does not show that Hero can reach the portal.",
  },
  other_practice: {
    title: "For another practice",
    nextStep:
      "The body names a different practice from the one that this endpoint is registered for, so the delivery had no effect. Compare the webhooks with Hero, and repair them if they differ.",
  },
  unreadable_body: {
    title: "The body could not be read",
    nextStep:
      "The signature is valid, but the body is not what Hero documents. Show the contents, and send them to Hero's support.",
  },
  not_found: {
    title: "Hero could not find the record",
    nextStep: "It may have been deleted, or not exist yet. Replay the delivery.",
  },
  forbidden: {
    title: "Hero does not allow the key to read the record",
    nextStep: "Ask the practice to allow it, then replay the delivery.",
  },
  unauthorised: {
    title: "Hero does not accept the practice's key",
    nextStep: "Replace the key on the practice's page, then replay the deliveries.",
  },
  disconnected: {
    title: "The practice is disconnected",
    nextStep: "Connect the practice again, then replay the deliveries.",
  },
  unreadable_reply: {
    title: "Hero's record could not be read",
    nextStep: "Replay the delivery. If it fails again, contact support.",
  },
  internal_error: {
    title: "The portal had an error",
    nextStep: "Replay the delivery. If it fails again, contact support with its ID.",
  },
};

const unreachable: Explanation = {
  title: "Hero did not respond",
  nextStep: "Hero had an outage or too many requests. Replay the deliveries when it works again.",
};

/** What a delivery's outcome means; a code without words of its own came from a failed call to Hero. */
export function explainOutcome(state: DeliveryState, outcome: string | null): Explanation {
  const known = outcome ? outcomes[outcome] : undefined;
  if (state === "waiting") {
    return outcome
      ? {
          title: known?.title ?? unreachable.title,
          nextStep: "The portal retries automatically.",
        }
      : { title: "Waiting to be processed", nextStep: "This usually takes a few seconds." };
  }
  return (
    known ?? (state === "failed" ? unreachable : { title: "Processed", nextStep: nothingToDo })
  );
}

/** Whether processing it again can have an effect; the server decides. */
export const isReplayable = ({
  state,
  outcome,
  eventType,
}: {
  state: DeliveryState;
  outcome: string | null;
  eventType: string | null;
}) =>
  ["done", "kept", "failed"].includes(state) &&
  eventType !== null &&
  outcome !== "test" &&
  outcome !== "unreadable_body";

export const eventTypeName = (eventType: string | null) => eventType ?? "Unreadable";

/** "0.4 s" or "2 min 5 s", each number with its unit on one line. */
export function formatLag(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)}\u00a0s`;
  if (seconds < 60) return `${Math.round(seconds)}\u00a0s`;
  return `${Math.floor(seconds / 60)}\u00a0min ${Math.round(seconds % 60)}\u00a0s`;
}
