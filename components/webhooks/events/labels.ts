import type { BadgeTone } from "@/components/ui/badge";
import { eventLabels } from "@/server/schemas/event-catalogue";
import type { SendingView } from "@/server/schemas/events";

const labels: Record<string, string | undefined> = eventLabels;

/** What an event type means, in words; the type itself where it is not in the catalogue. */
export const eventLabel = (type: string): string => labels[type] ?? type;

export const sendingStates: Record<SendingView["state"], { label: string; tone: BadgeTone }> = {
  waiting: { label: "Waiting", tone: "ending" },
  delivered: { label: "Delivered", tone: "live" },
  given_up: { label: "Failed", tone: "danger" },
};

const failures: Record<string, string | undefined> = {
  address_refused: "Address not allowed",
  name_not_found: "Host not found",
  not_reached: "No connection",
  tls_failed: "TLS connection failed",
  timed_out: "No response in time",
};

/** A status such as "200", or why there was no response. */
export function describeAttempt(attempt: {
  status: number | null;
  errorCode: string | null;
}): string {
  if (attempt.status !== null) return `Status ${attempt.status}`;
  return failures[attempt.errorCode ?? ""] ?? "No response";
}
