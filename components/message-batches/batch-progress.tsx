import { ProgressBar } from "@/components/bulk-uploads/progress-bar";
import { Stat, Stats } from "@/components/bulk-uploads/stats";
import { formatCount } from "@/components/ui/format-count";
import type { MessageBatchView } from "@/server/schemas/message-batches";
import { countDone, describeDuration } from "./labels";

/** How many recipients have been added or checked. */
export function CheckProgress({ batch }: { batch: MessageBatchView }) {
  const { counts, rowCount, state } = batch;
  const isChecking = state === "checking";
  const done = isChecking ? counts.total - counts.waiting : counts.total;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1.5">
        <ProgressBar
          label={isChecking ? "Recipients checked" : "Recipients added"}
          value={done}
          max={rowCount}
        />
        <p className="text-sm text-muted tabular-nums">
          {done.toLocaleString("en-GB")} of {formatCount(rowCount, "recipient")}{" "}
          {isChecking ? "checked" : "added"}
        </p>
      </div>
      {isChecking ? (
        <Stats>
          <Stat label="To be sent" tone="live" value={counts.included} />
          <Stat label="Left out" value={counts.excluded} />
          <Stat label="Could not be checked" tone="unknown" value={counts.notChecked} />
        </Stats>
      ) : null}
      <p role="status" className="sr-only">
        {isChecking ? "Checking recipients." : "Adding recipients."}
      </p>
    </div>
  );
}

/** How many messages have left, and how long the rest will take. */
export function SendProgress({ batch }: { batch: MessageBatchView }) {
  const { counts, state, sentPerMinute, secondsLeft } = batch;
  const done = countDone(batch);
  const toLeave = counts.included;
  const pace = [
    sentPerMinute === null ? null : `${sentPerMinute.toLocaleString("en-GB")} in the last minute`,
    secondsLeft === null ? null : `${describeDuration(secondsLeft)} left`,
  ].filter(Boolean);
  return (
    <div className="flex flex-col gap-1.5">
      <ProgressBar label="Messages that have left" value={done} max={toLeave} />
      <p className="flex flex-wrap justify-between gap-x-6 text-sm text-muted tabular-nums">
        <span>
          {done.toLocaleString("en-GB")} of {formatCount(toLeave, "message")}
        </span>
        <span>{state === "sending" ? pace.join(", ") || "Starting…" : ""}</span>
      </p>
    </div>
  );
}

/** The numbers that must add up: sent, not sent and unknown are all recipients. */
export function BatchTotals({ batch }: { batch: MessageBatchView }) {
  const { counts } = batch;
  const waiting = counts.total - counts.sent - counts.notSent - counts.unknown;
  return (
    <div className="flex flex-col gap-3">
      <Stats>
        <Stat label="Sent" tone="live" value={counts.sent} />
        <Stat label="Not sent" tone="danger" value={counts.notSent} />
        <Stat label="Unknown" tone="unknown" value={counts.unknown} />
        <Stat label="Still to send" value={waiting} />
      </Stats>
      <OutcomeBar batch={batch} />
      <p className="text-sm text-muted tabular-nums">
        {counts.sent.toLocaleString("en-GB")} sent + {counts.notSent.toLocaleString("en-GB")} not
        sent + {counts.unknown.toLocaleString("en-GB")} unknown
        {waiting > 0 ? ` + ${waiting.toLocaleString("en-GB")} still to send` : ""} ={" "}
        {formatCount(counts.total, "recipient")}.
        {counts.delivered + counts.opened > 0
          ? ` Of those sent, ${(counts.delivered + counts.opened).toLocaleString("en-GB")} were delivered${counts.opened > 0 ? ` and ${counts.opened.toLocaleString("en-GB")} of them opened` : ""}.`
          : ""}
      </p>
    </div>
  );
}

/** The same numbers as parts of one bar. */
function OutcomeBar({ batch: { counts } }: { batch: MessageBatchView }) {
  const parts = [
    { name: "delivered or opened", count: counts.delivered + counts.opened, colour: "bg-live" },
    {
      name: "sent",
      count: counts.sent - counts.delivered - counts.opened,
      colour: "bg-info",
    },
    { name: "unknown", count: counts.unknown, colour: "bg-unknown" },
    { name: "not sent", count: counts.notSent, colour: "bg-danger" },
  ].filter(({ count }) => count > 0);
  if (counts.total === 0) return null;
  return (
    <div
      role="img"
      aria-label={`Of ${formatCount(counts.total, "recipient")}: ${parts.map(({ name, count }) => `${count.toLocaleString("en-GB")} ${name}`).join(", ") || "none yet"}.`}
      className="flex h-3 overflow-hidden rounded-full border border-line bg-sunken"
    >
      {parts.map(({ name, count, colour }) => (
        <span
          key={name}
          title={`${count.toLocaleString("en-GB")} ${name}`}
          className={`${colour} edge-when-forced`}
          style={{ width: `${(count / counts.total) * 100}%` }}
        />
      ))}
    </div>
  );
}
