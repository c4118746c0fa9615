"use client";

import { useEffect, useRef, useState } from "react";
import { toCallFailure } from "@/components/client";
import { describeFailure } from "./use-form-submit";

/** `idle` while there is nothing to ask. */
export type LiveQuery<Data> =
  | { state: "idle" }
  | { state: "loading" }
  | { state: "loaded"; data: Data }
  | { state: "failed"; problem: string; retry: () => void };

/**
 * Asks as a choice changes and keeps to the latest: an answer to an earlier question is dropped.
 *
 * @param queryKey what is asked, as a text that changes with it; null asks nothing
 * @param delayMs how long the choice must rest, so that typing does not ask at every key
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
