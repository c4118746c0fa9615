"use client";

import { useEffect, useRef } from "react";
import type { Reply, RequestName, Requests } from "./messages";

export type AskReader = <Name extends RequestName>(
  name: Name,
  ask: Requests[Name]["ask"],
) => Promise<Requests[Name]["answer"]>;

type Waiting = { resolve: (answer: never) => void; reject: (reason: Error) => void };

/**
 * A worker of this page's own, which holds one file. It starts with the first question and ends with
 * the page; a worker that dies rejects what is asked of it, and the next file starts another.
 */
export function useReader(): AskReader {
  const held = useRef<{ worker: Worker; waiting: Map<number, Waiting>; last: number } | null>(null);

  function end(reason: string) {
    const ended = held.current;
    held.current = null;
    ended?.worker.terminate();
    for (const { reject } of ended?.waiting.values() ?? []) reject(new Error(reason));
  }

  useEffect(() => () => end("The page was left."), []);

  function start() {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const waiting = new Map<number, Waiting>();
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if ("problem" in data) asked?.reject(new Error(data.problem));
      // Each answer has the type of the question with its number.
      else asked?.resolve(data.answer as never);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      end("The file could not be worked with.");
    });
    held.current = { worker, waiting, last: 0 };
    return held.current;
  }

  return (name, ask) =>
    new Promise((resolve, reject) => {
      const desk = held.current ?? start();
      desk.last += 1;
      desk.waiting.set(desk.last, { resolve, reject });
      desk.worker.postMessage({ id: desk.last, name, ask });
    });
}
