"use client";

import { useRef, useState } from "react";
import { readFailure } from "@/components/client";
import { describeFailure } from "@/components/form-kit/use-form-call";

/**
 * One act behind a button: it runs once at a time, and what went wrong is a sentence to show.
 * After a success the button stays pending when the act says it leads elsewhere.
 */
export function useAct(act: () => Promise<"leaving" | "staying">) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  // State is too late for the second of two quick clicks.
  const busy = useRef(false);

  async function perform() {
    if (busy.current) return;
    busy.current = true;
    setPending(true);
    setProblem(null);
    let after: "leaving" | "staying" = "staying";
    try {
      after = await act();
    } catch (error) {
      setProblem(describeFailure(readFailure(error)));
    }
    if (after === "leaving") return;
    busy.current = false;
    setPending(false);
  }

  return { pending, problem, run: () => void perform(), forget: () => setProblem(null) };
}
