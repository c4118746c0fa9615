"use client";

import { useEffect, useRef } from "react";
import { useShell } from "@/components/shell/shell-context";
import { useRefresh } from "@/components/ui/use-refresh";
import type { LiveEvent, LiveTopic } from "@/server/schemas/live";

/** Pages refresh no more often than this, and not all at once. */
const minIntervalMs = 1_500;
const maxSpreadMs = 300;
/** When a refresh did not bring the change. */
const retryMs = 5_000;
/** Refreshing extends the session, so it must not outlast the person by much. */
const maxInactiveMs = 15 * 60_000;

type LiveRefreshProps = {
  topics: readonly LiveTopic[];
  /** Only changes of this one, besides changes of many. */
  subjectId?: string;
  /** What the page shows includes every change up to here. */
  position: number;
};

/**
 * Reads the page again when something on it changed, while it is visible and someone uses it. Focus, selection and
 * typed text stay.
 */
export function LiveRefresh({ topics, subjectId, position }: LiveRefreshProps) {
  const { tenant, environment, sessionKey } = useShell();
  const refresh = useRefresh();
  // The position that the page needs, to show the last change that it heard of.
  const needed = useRef(0);
  const shown = useRef(position);
  const watched = topics.join(" ");

  useEffect(() => {
    shown.current = position;
  }, [position]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let refreshedAt = -minIntervalMs;
    let activeAt = performance.now();
    let isActive = true;
    let stopListening = () => {};

    const refreshWhenNeeded = () => {
      timer = undefined;
      const isInUse = !document.hidden && performance.now() - activeAt < maxInactiveMs;
      if (shown.current >= needed.current || !isInUse) return;
      refreshedAt = performance.now();
      void refresh();
      timer = setTimeout(refreshWhenNeeded, retryMs);
    };
    const schedule = () => {
      clearTimeout(timer);
      const waitMs = Math.max(0, refreshedAt + minIntervalMs - performance.now());
      timer = setTimeout(refreshWhenNeeded, waitMs + Math.random() * maxSpreadMs);
    };
    const onEvent = ({ position: eventPosition, isReload, changes }: LiveEvent) => {
      const isShown = changes.some(
        (change) =>
          watched.split(" ").includes(change.topic) &&
          (!subjectId || change.subjectId === null || change.subjectId === subjectId),
      );
      if ((!isReload && !isShown) || eventPosition <= shown.current) return;
      needed.current = Math.max(needed.current, eventPosition);
      schedule();
    };
    const onActivity = () => {
      activeAt = performance.now();
      if (shown.current < needed.current && timer === undefined) schedule();
    };
    document.addEventListener("visibilitychange", onActivity);
    window.addEventListener("pointermove", onActivity, { passive: true });
    window.addEventListener("keydown", onActivity);
    // After the page: it works without.
    void import("./connection").then(({ listenForChanges }) => {
      if (!isActive) return;
      const scope = { tenant: tenant.slug, environment };
      stopListening = listenForChanges({ scope, sessionKey, position: shown.current }, onEvent);
    });
    return () => {
      isActive = false;
      clearTimeout(timer);
      stopListening();
      document.removeEventListener("visibilitychange", onActivity);
      window.removeEventListener("pointermove", onActivity);
      window.removeEventListener("keydown", onActivity);
    };
  }, [tenant.slug, environment, sessionKey, watched, subjectId, refresh]);
  return null;
}
