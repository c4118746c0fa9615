"use client";

import { Timer } from "lucide-react";
import { useEffect, useRef } from "react";
import { formatClock } from "@/server/schemas/dates";
import { formatSeconds, useCountdown } from "./use-countdown";

type HoldCountdownProps = {
  /** As Hero said; null where it did not. */
  reservedUntil: string | null;
  onEnd: () => void;
};

/**
 * How long Hero holds the time. Screen readers hear it when two minutes and one minute are left and at the
 * end, not every second.
 */
export function HoldCountdown({ reservedUntil, onEnd }: HoldCountdownProps) {
  const seconds = useCountdown(reservedUntil);
  const hasEnded = seconds === 0;
  const onEndRef = useRef(onEnd);
  useEffect(() => {
    onEndRef.current = onEnd;
  });
  useEffect(() => {
    if (hasEnded) onEndRef.current();
  }, [hasEnded]);

  return (
    <div className="flex gap-3 rounded-lg border border-ending-line bg-ending-soft p-4">
      <Timer aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ending" />
      <div>
        <p className="font-semibold text-ending">
          {seconds === null ? (
            "Held, not booked. Hero does not say until when."
          ) : hasEnded ? (
            "The hold has ended"
          ) : (
            <>
              Held until {formatClock(reservedUntil ?? "")}, not booked yet:{" "}
              <span role="timer" aria-live="off" className="tabular-nums">
                {formatSeconds(seconds)}
              </span>{" "}
              left
            </>
          )}
        </p>
        <p className="mt-1">
          Other people who book online cannot take this time while it is held. Practice staff still
          can.
        </p>
        <p role="status" className="sr-only">
          {describeRemaining(seconds)}
        </p>
      </div>
    </div>
  );
}

function describeRemaining(seconds: number | null): string {
  if (seconds === null || seconds > 120) return "";
  if (seconds === 0) return "The hold has ended.";
  return seconds > 60 ? "2 minutes left to book." : "1 minute left to book.";
}
