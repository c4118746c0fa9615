import type { PortalScope } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-count";
import { Timestamp } from "@/components/ui/timestamp";
import type { MessageBatchView } from "@/server/schemas/message-batches";
import { wasStarted } from "./labels";
import { StopReminders } from "./stop-reminders";

type BatchRemindersProps = { scope: PortalScope; batch: MessageBatchView; canSend: boolean };

/** Reminders as a plan before, and what became of it after. */
export function BatchReminders({ scope, batch, canSend }: BatchRemindersProps) {
  const { reminders } = batch;
  if (!reminders) return null;
  const { afterDays, maxTimes, time, timeline, planned, waitReason, endedReason } = reminders;
  return (
    <Card aria-labelledby="reminders">
      <CardHeader
        id="reminders"
        title="Reminders"
        description={`To those who have not booked, ${formatCount(afterDays, "day")} after the last message, at ${time} UK time, at most ${maxTimes === 1 ? "once" : `${maxTimes} times`}.`}
        actions={
          canSend && wasStarted(batch) && endedReason === null ? (
            <StopReminders scope={scope} batchId={batch.id} />
          ) : null
        }
      />
      <ul className="flex flex-col gap-1">
        {timeline.map(({ round, startedAt, sent, waiting, notSent }) => (
          <li key={`round ${round}`}>
            Round {round}:{" "}
            {startedAt ? (
              <>
                <Timestamp iso={startedAt} />,{" "}
              </>
            ) : null}
            {describeRound({ sent, waiting, notSent })}.
          </li>
        ))}
        {planned.map((iso) => (
          <li key={iso}>
            Planned: <Timestamp iso={iso} />
          </li>
        ))}
        {waitReason ? <li>{waitReason}</li> : null}
        {endedReason ? <li>Ended. {endedReason}</li> : null}
      </ul>
      <p className="mt-3 max-w-prose text-sm text-muted">
        Bookings by phone are not known to the portal. Stop reminders for those who rang in the list
        of recipients.
      </p>
    </Card>
  );
}

const describeRound = ({
  sent,
  waiting,
  notSent,
}: {
  sent: number;
  waiting: number;
  notSent: number;
}): string =>
  [
    `${formatCount(sent, "reminder")} sent`,
    ...(waiting > 0 ? [`${waiting.toLocaleString("en-GB")} waiting`] : []),
    ...(notSent > 0 ? [`${notSent.toLocaleString("en-GB")} not sent`] : []),
  ].join(", ");
