"use client";

import { useRef, useState } from "react";
import { toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";

/**
 * An action behind a button: it runs once at a time, and its failure is a sentence to show. The button
 * stays pending after an action that navigates.
 */
export function useAction(action: () => Promise<"navigating" | "staying">) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  // State is too late for the second of two quick clicks.
  const isRunning = useRef(false);

  async function runOnce() {
    if (isRunning.current) return;
    isRunning.current = true;
    setPending(true);
    setProblem(null);
    let outcome: "navigating" | "staying" = "staying";
    try {
      outcome = await action();
    } catch (error) {
      setProblem(describeFailure(toCallFailure(error)));
    }
    if (outcome === "navigating") return;
    isRunning.current = false;
    setPending(false);
  }

  return { pending, problem, run: () => void runOnce(), clearProblem: () => setProblem(null) };
}
