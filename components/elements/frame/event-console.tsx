"use client";

import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { formatClock, formatUtc } from "@/server/schemas/dates";
import type { LogLine } from "./use-frame-log";

const kinds: Record<LogLine["kind"], { word: string; tone: BadgeTone }> = {
  opened: { word: "Session", tone: "neutral" },
  ready: { word: "Ready", tone: "live" },
  event: { word: "Hint", tone: "info" },
  warning: { word: "Warning", tone: "ending" },
  error: { word: "Error", tone: "danger" },
};

/** What the frame told, the newest first. */
export function EventConsole({ lines, onClear }: { lines: LogLine[]; onClear: () => void }) {
  return (
    <Card aria-labelledby="event-console">
      <CardHeader
        id="event-console"
        title="Event console"
        description="Its events are hints: any script of a page can send them."
        actions={
          lines.length > 0 ? (
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
        {lines.length === 0 ? (
          <p className="px-3 py-2.5 text-sm text-muted">Nothing has happened yet.</p>
        ) : (
          <ol className="divide-y divide-line">
            {lines.map(({ id, at, kind, text, data }) => (
              <li key={id} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-3 py-2">
                <time
                  dateTime={at.toISOString()}
                  title={formatUtc(at.toISOString())}
                  className="text-sm text-muted tabular-nums"
                >
                  {formatClock(at)}
                </time>
                <Badge tone={kinds[kind].tone}>{kinds[kind].word}</Badge>
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
