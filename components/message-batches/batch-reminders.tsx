import { Card, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-count";
import { Timestamp } from "@/components/ui/timestamp";
import type { MessageBatchView } from "@/server/schemas/message-batches";
import { wasStarted } from "./labels";

/** Reminders as a plan before, and what became of it after. */
export function BatchReminders({ batch }: { batch: MessageBatchView }) {
  const { reminders } = batch;
  if (!reminders) return null;
  const { afterDays, maxTimes, time, rounds, nextAt, endedReason } = reminders;
  return (
    <Card aria-labelledby="reminders">
      <CardHeader
        id="reminders"
        title="Reminders"
        description={`To those who have not booked, ${formatCount(afterDays, "day")} after the last message, at ${time} UK time, at most ${maxTimes === 1 ? "once" : `${maxTimes} times`}.`}
      />
      <ul className="flex flex-col gap-1">
        {wasStarted(batch) ? (
          <>
            <li>{rounds === 0 ? "None sent yet." : `${formatCount(rounds, "round")} sent.`}</li>
            {nextAt ? (
              <li>
                Next at <Timestamp iso={nextAt} />.
              </li>
            ) : null}
            {endedReason ? <li>Ended. {endedReason}</li> : null}
          </>
        ) : (
          <li>They start once the messages have been sent.</li>
        )}
      </ul>
      <p className="mt-3 max-w-prose text-sm text-muted">
        Bookings by phone are not known to the portal.
      </p>
    </Card>
  );
}
