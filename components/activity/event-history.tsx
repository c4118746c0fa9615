import { Card, CardHeader } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import type { LinkEvent } from "@/server/schemas/links/view";

/** What the portal did with an appointment or a message, newest first, from the audit. */
export function EventHistory({ events }: { events: readonly LinkEvent[] }) {
  return (
    <Card aria-labelledby="history" className="print:hidden">
      <CardHeader id="history" title="History" />
      <ol className="flex flex-col">
        {events.map((event) => (
          <li
            key={event.id}
            className="flex flex-wrap justify-between gap-x-4 gap-y-0.5 border-t border-line py-2.5 first:border-t-0"
          >
            <p>
              {event.action}
              <span className="text-muted"> · {event.actor}</span>
            </p>
            <p className="text-sm whitespace-nowrap text-muted">
              <Timestamp iso={event.occurredAt} format="table" />
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}
