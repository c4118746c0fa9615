"use client";

import { useEffect, useState } from "react";
import { formatTimeOfDay } from "@/server/schemas/dates";

const pad = (value: number) => String(value).padStart(2, "0");

/** The time left on the element's token; the loader renews it before the end. */
export function TokenCountdown({ expiresAt }: { expiresAt: Date | null }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [expiresAt]);
  if (!expiresAt)
    return (
      <p role="status" className="text-sm text-muted">
        Loading the element…
      </p>
    );
  const seconds = Math.max(0, Math.round((expiresAt.getTime() - now) / 1000));
  return (
    <p className="text-sm text-muted">
      {seconds > 0 ? (
        <>
          Token valid for{" "}
          <span role="timer" className="font-semibold text-ink tabular-nums">
            {Math.floor(seconds / 60)}:{pad(seconds % 60)}
          </span>
          , until {formatTimeOfDay(expiresAt)}
        </>
      ) : (
        `The token expired at ${formatTimeOfDay(expiresAt)}`
      )}
    </p>
  );
}
