"use client";

import { useEffect, useRef, useState } from "react";
import { toCallFailure } from "@/components/client";
import { describeFailure } from "./use-form-submit";

/** `idle` while there is nothing to request. */
export type LiveQuery<Data> =
  | { state: "idle" }
  | { state: "loading" }
  | { state: "loaded"; data: Data }
  | { state: "failed"; problem: string; retry: () => void };

/**
 * Sends a query when its key changes, and ignores responses to earlier ones.
 *
 * @param queryKey identifies the query; null sends none
 * @param delayMs how long the key must stay unchanged, so that typing does not send a query per key
 */
export function useLiveQuery<Data>(
  queryKey: string | null,
  fetchData: () => Promise<Data>,
  delayMs = 400,
): LiveQuery<Data> {
  const [attempt, setAttempt] = useState(0);
  const [latestResult, setLatestResult] = useState<{
    queryKey: string;
    attempt: number;
    data?: Data;
    problem?: string;
  } | null>(null);
  const fetchDataRef = useRef(fetchData);
  useEffect(() => {
    fetchDataRef.current = fetchData;
  });

  useEffect(() => {
    if (queryKey === null) return;
    let isStale = false;
    const timer = setTimeout(() => {
      fetchDataRef.current().then(
        (data) => {
          if (!isStale) setLatestResult({ queryKey, attempt, data });
        },
        (error: unknown) => {
          if (!isStale)
            setLatestResult({ queryKey, attempt, problem: describeFailure(toCallFailure(error)) });
        },
      );
    }, delayMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [queryKey, attempt, delayMs]);

  if (queryKey === null) return { state: "idle" };
  if (latestResult?.queryKey !== queryKey || latestResult.attempt !== attempt)
    return { state: "loading" };
  if (latestResult.problem !== undefined) {
    return {
      state: "failed",
      problem: latestResult.problem,
      retry: () => setAttempt((previous) => previous + 1),
    };
  }
  return { state: "loaded", data: latestResult.data as Data };
}
