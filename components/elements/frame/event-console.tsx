"use client";

import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { formatTimeOfDay, formatUtc } from "@/server/schemas/dates";
import type { FrameEvent } from "./use-frame-events";

const kindLabels: Record<FrameEvent["kind"], { label: string; tone: BadgeTone }> = {
  opened: { label: "Session", tone: "neutral" },
  ready: { label: "Ready", tone: "live" },
  event: { label: "Hint", tone: "info" },
  warning: { label: "Warning", tone: "ending" },
  error: { label: "Error", tone: "danger" },
};

export function EventConsole({ events, onClear }: { events: FrameEvent[]; onClear: () => void }) {
  return (
    <Card aria-labelledby="event-console">
      <CardHeader
        id="event-console"
        title="Events"
        description="Events are hints: any script on the page can send them."
        actions={
          events.length > 0 ? (
            <Button size="sm" onClick={onClear}>
              Clear
            </Button>
          ) : null
        }
        className="mb-3"
      />
      <div
        role="log"
        aria-label="Events"
        tabIndex={0}
        className="max-h-80 overflow-y-auto rounded-md border border-line"
      >
        {events.length === 0 ? (
          <p className="px-3 py-2.5 text-sm text-muted">No events yet.</p>
        ) : (
          <ol className="divide-y divide-line">
            {events.map(({ id, occurredAt, kind, text, data }) => (
              <li key={id} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-3 py-2">
                <time
                  dateTime={occurredAt.toISOString()}
                  title={formatUtc(occurredAt.toISOString())}
                  className="text-sm text-muted tabular-nums"
                >
                  {formatTimeOfDay(occurredAt)}
                </time>
                <Badge tone={kindLabels[kind].tone}>{kindLabels[kind].label}</Badge>
                <span
                  className={`min-w-0 flex-1 basis-48 text-sm wrap-anywhere ${kind === "event" ? "font-mono" : ""}`}
                >
                  {text}
                  {data ? <span className="block text-muted">{data}</span> : null}
                </span>
              </li>
            ))}
          </ol>
        )}
      </div>
    </Card>
  );
}
