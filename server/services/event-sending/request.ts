import "server-only";
import { Webhook } from "standardwebhooks";

const userAgent = "HeroPartnerPortal-Events/1";

/** An event in the form that is sent. */
export type SentEvent = {
  id: string;
  type: string;
  occurredAt: Date;
  data: Record<string, unknown>;
};

/**
 * The request for an event, as https://www.standardwebhooks.com has it. Its ID is the event's in every
 * attempt; there is one signature for each secret.
 */
export function buildEventRequest(event: SentEvent, secrets: readonly string[], now: Date) {
  const body = JSON.stringify({
    type: event.type,
    timestamp: event.occurredAt.toISOString(),
    data: event.data,
  });
  const signatures = secrets.map((secret) => new Webhook(secret).sign(event.id, now, body));
  return {
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": userAgent,
      "webhook-id": event.id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": signatures.join(" "),
    },
  };
}
