"use client";

import { useEffect, useState } from "react";
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
  const [reader] = useState(openReader);
  useEffect(() => () => reader.end("The page was left."), [reader]);
  return reader.ask;
}

function openReader() {
  let worker: Worker | null = null;
  let last = 0;
  const waiting = new Map<number, Waiting>();

  function end(reason: string) {
    worker?.terminate();
    worker = null;
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  }

  function start(): Worker {
    const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    started.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if ("problem" in data) asked?.reject(new Error(data.problem));
      // Each answer has the type of the question with its number.
      else asked?.resolve(data.answer as never);
    });
    started.addEventListener("error", (event) => {
      event.preventDefault();
      end("The file could not be worked with.");
    });
    return started;
  }

  const ask: AskReader = (name, question) =>
    new Promise((resolve, reject) => {
      worker ??= start();
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, name, ask: question });
    });

  return { ask, end };
}
