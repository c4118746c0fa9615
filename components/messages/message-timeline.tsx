import {
  Ban,
  Check,
  CircleDashed,
  CircleHelp,
  Hourglass,
  type LucideIcon,
  TriangleAlert,
} from "lucide-react";
import { Card, CardHeader } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import type { MessageView } from "@/server/schemas/messages";
import { type StepState, timelineOf } from "./timeline";

const stateStyles: Record<StepState, { icon: LucideIcon; className: string; label: string }> = {
  done: { icon: Check, className: "border-live-line bg-live-soft text-live", label: "Done" },
  current: { icon: Hourglass, className: "border-info-line bg-info-soft text-info", label: "Now" },
  upcoming: { icon: CircleDashed, className: "border-line bg-surface text-subtle", label: "Later" },
  stopped: { icon: Ban, className: "border-dead-line bg-dead-soft text-dead", label: "Stopped" },
  failed: {
    icon: TriangleAlert,
    className: "border-danger-line bg-danger-soft text-danger",
    label: "Failed",
  },
  unknown: {
    icon: CircleHelp,
    className: "border-dashed border-unknown bg-unknown-soft text-unknown",
    label: "Unknown",
  },
};

/** What has happened to a message, and what comes next. */
export function MessageTimeline({ message }: { message: MessageView }) {
  const steps = timelineOf(message);
  return (
    <Card aria-labelledby="timeline">
      <CardHeader id="timeline" title="Timeline" />
      <ol className="flex flex-col">
        {steps.map(({ title, state, at, text }, index) => {
          const { icon: Icon, className, label } = stateStyles[state];
          const isLast = index === steps.length - 1;
          return (
            <li key={title} className="relative flex gap-3 pb-5 last:pb-0">
              {isLast ? null : (
                <span
                  aria-hidden="true"
                  className="absolute top-7 bottom-0 left-3.5 w-px -translate-x-1/2 bg-line"
                />
              )}
              <span
                aria-hidden="true"
                className={`inline-flex size-7 shrink-0 items-center justify-center rounded-full border ${className}`}
              >
                <Icon className="size-3.5" />
              </span>
              <div className="min-w-0 flex-1 pt-0.5">
                <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                  <p className={state === "upcoming" ? "text-muted" : "font-medium"}>
                    <span className="sr-only">{label}: </span>
                    {title}
                  </p>
                  {at ? (
                    <p className="text-sm whitespace-nowrap text-muted">
                      <Timestamp iso={at} format="table" />
                    </p>
                  ) : null}
                </div>
                {text ? <p className="text-sm wrap-anywhere text-muted">{text}</p> : null}
              </div>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
