"use client";

import { useEffect, useRef, useState } from "react";
import { readFailure } from "@/components/client";
import { describeFailure } from "./use-form-call";

/** `idle` while there is nothing to ask. */
export type LiveAnswer<Answer> =
  | { state: "idle" }
  | { state: "asking" }
  | { state: "answered"; answer: Answer }
  | { state: "failed"; problem: string; askAgain: () => void };

/**
 * Asks as a choice changes and keeps to the latest: an answer to an earlier question is dropped.
 *
 * @param question what is asked, as a text that changes with it; null asks nothing
 * @param delayMs how long the choice must rest, so that typing does not ask at every key
 */
export function useLiveAnswer<Answer>(
  question: string | null,
  ask: () => Promise<Answer>,
  delayMs = 400,
): LiveAnswer<Answer> {
  const [round, setRound] = useState(0);
  const [heard, setHeard] = useState<{
    question: string;
    round: number;
    answer?: Answer;
    problem?: string;
  } | null>(null);
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });

  useEffect(() => {
    if (question === null) return;
    let isStale = false;
    const timer = setTimeout(() => {
      latest.current().then(
        (answer) => {
          if (!isStale) setHeard({ question, round, answer });
        },
        (error: unknown) => {
          if (!isStale) setHeard({ question, round, problem: describeFailure(readFailure(error)) });
        },
      );
    }, delayMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [question, round, delayMs]);

  if (question === null) return { state: "idle" };
  if (heard?.question !== question || heard.round !== round) return { state: "asking" };
  if (heard.problem !== undefined) {
    return {
      state: "failed",
      problem: heard.problem,
      askAgain: () => setRound((before) => before + 1),
    };
  }
  return { state: "answered", answer: heard.answer as Answer };
}
