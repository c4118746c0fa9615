import type { ApiDocs } from "@/server/schemas/api-docs";
import { EventTypes } from "./event-types";
import { FieldTable } from "./field-table";
import { Prose } from "./prose";

type EventsSectionProps = Pick<ApiDocs, "eventFields" | "webhookHeaders" | "eventTypes">;

/** How events reach a partner's systems, and what they contain. */
export function EventsSection({ eventFields, webhookHeaders, eventTypes }: EventsSectionProps) {
  return (
    <section
      aria-labelledby="events"
      className="flex flex-col gap-4 border-t border-line pt-8 [&_h3]:font-semibold"
    >
      <h2 id="events" className="scroll-mt-28 text-xl font-semibold">
        Events and webhooks
      </h2>
      <p className="max-w-prose text-muted">
        <Prose text="Events tell your systems what happened. Read them with `GET /api/v1/events`, or add a destination under Webhooks and have them sent to you. Both give the same events with the same IDs. Events have IDs and states, and no patient details; read the rest with this API." />
      </p>
      <h3>The event object</h3>
      <FieldTable label="The event object" fields={eventFields} isResponse />
      <h3 id="webhooks" className="scroll-mt-28">
        Receiving events
      </h3>
      <p className="max-w-prose text-muted">
        <Prose text="Each event is sent to a destination as a `POST` with `type`, `timestamp` and `data` as JSON. Its ID is in `webhook-id`. It is signed as Standard Webhooks describes (standardwebhooks.com). Verify the signature over the body's bytes before you parse it." />
      </p>
      <FieldTable label="Headers of a sent event" fields={webhookHeaders} isResponse />
      <ul className="flex max-w-prose list-disc flex-col gap-1.5 pl-5 text-muted">
        <li>Respond with any 2xx status within 15 seconds. Do the work afterwards.</li>
        <li>
          An event can arrive more than once and out of order. Its <code>webhook-id</code> stays the
          same.
        </li>
        <li>
          After any other response, or none, the event is sent again: after 5 seconds, 5 minutes, 30
          minutes, 2 hours, 5 hours, 10 hours and 10 hours, then every 12 hours until 5 days have
          passed.
        </li>
        <li>
          <Prose text="`410` turns the destination off. `429`, `502`, `504` and `Retry-After` slow it down. Redirects are not followed." />
        </li>
        <li>
          A destination that fails for 5 days is turned off, with an email before and after. Its
          events are kept and can be sent again.
        </li>
      </ul>
      <h3 id="event-types" className="scroll-mt-28">
        Event types
      </h3>
      <EventTypes eventTypes={eventTypes} />
    </section>
  );
}
