import { Card, CardHeader } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import { formatLocalDate, isLocalDate } from "@/server/schemas/dates";
import type { LinkEvent } from "@/server/schemas/links/view";

const detailLabels: Record<string, string> = {
  slotsFrom: "first date",
  slotsTo: "last date",
  expiresOn: "expiry date",
  maxUses: "limit",
  tags: "tags",
  resolution: "result",
  method: "confirmed by",
  errorCode: "reason",
};

const valueLabels: Record<string, string | undefined> = {
  created: "created",
  not_created: "not created",
  hero_list: "Hero's list",
  person: "a person",
};

/** The details that mean something to people, in one order: "expiry date 17 Dec 2026, limit 3". */
function describeDetails(details: LinkEvent["details"]): string {
  return Object.entries(detailLabels)
    .flatMap(([name, label]) => {
      const value = details[name];
      if (value === undefined || value === null || value === "") return [];
      const text = String(value);
      const valueLabel = valueLabels[text] ?? text;
      return [`${label} ${isLocalDate(text) ? formatLocalDate(text, "short") : valueLabel}`];
    })
    .join(", ");
}

/** The history of a link, newest first, from the audit. */
export function LinkHistory({ events }: { events: readonly LinkEvent[] }) {
  return (
    <Card aria-labelledby="link-history">
      <CardHeader id="link-history" title="History" />
      <ol className="flex flex-col">
        {events.map((event) => {
          const details = describeDetails(event.details);
          return (
            <li
              key={event.id}
              className="flex flex-wrap justify-between gap-x-4 gap-y-0.5 border-t border-line py-2.5 first:border-t-0"
            >
              <div className="min-w-0">
                <p>
                  {event.action}
                  <span className="text-muted"> · {event.actor}</span>
                </p>
                {details ? <p className="text-sm text-muted">{details}</p> : null}
              </div>
              <p className="text-sm whitespace-nowrap text-muted">
                <Timestamp iso={event.occurredAt} format="table" />
              </p>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
