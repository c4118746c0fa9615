"use client";

import { useEffect, useState } from "react";

/**
 * Whole seconds until a time of this page's own clock (`performance.now()`), from 0. No difference between the
 * browser's and the server's clocks can make them more.
 */
export function useSecondsLeft(until: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
