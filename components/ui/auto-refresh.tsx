"use client";

import { useEffect } from "react";
import { useRefresh } from "./use-refresh";

const refreshIntervalMs = 20_000;
/** Refreshing extends the session, so it must not outlast the person by much. */
const maxInactiveMs = 5 * 60_000;

/** Keeps the data of a page current while it is visible and someone uses it. */
export function AutoRefresh() {
  const refresh = useRefresh();
  useEffect(() => {
    let activeAt = Date.now();
    const onActivity = () => {
      activeAt = Date.now();
    };
    const refreshIfActive = () => {
      if (!document.hidden && Date.now() - activeAt < maxInactiveMs) void refresh();
    };
    const timer = setInterval(refreshIfActive, refreshIntervalMs);
    document.addEventListener("visibilitychange", refreshIfActive);
    window.addEventListener("pointermove", onActivity, { passive: true });
    window.addEventListener("keydown", onActivity);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refreshIfActive);
      window.removeEventListener("pointermove", onActivity);
      window.removeEventListener("keydown", onActivity);
    };
  }, [refresh]);
  return null;
}
