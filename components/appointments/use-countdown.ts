"use client";

import { useEffect, useState } from "react";
import { serverNow } from "@/components/shell/server-clock";
import { useShell } from "@/components/shell/shell-context";

/** Whole seconds until a timestamp by the server's clock, from 0; null without a timestamp. */
export function useCountdown(until: string | null): number | null {
  const { serverTime } = useShell();
  const [now, setNow] = useState(() => serverNow(serverTime));
  useEffect(() => {
    if (until === null) return;
    // Polled, since timers stop while the computer sleeps.
    const timer = setInterval(() => setNow(serverNow(serverTime)), 1000);
    return () => clearInterval(timer);
  }, [until, serverTime]);
  return until === null ? null : Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
}

/** 245 as "4:05". */
export function formatSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
