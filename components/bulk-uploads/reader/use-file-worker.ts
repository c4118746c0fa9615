"use client";

import { useEffect, useState } from "react";
import type { WorkerResponse, WorkerCallName, WorkerCalls } from "./messages";

export type CallWorker = <Name extends WorkerCallName>(
  name: Name,
  input: WorkerCalls[Name]["input"],
) => Promise<WorkerCalls[Name]["output"]>;

type PendingCall = { resolve: (output: never) => void; reject: (reason: Error) => void };

/**
 * A worker of this page's own, which holds one file. It starts with the first question and ends with
 * the page; a worker that dies rejects what is asked of it, and the next file starts another.
 */
export function useFileWorker(): CallWorker {
  const [fileWorker] = useState(startFileWorker);
  useEffect(() => () => fileWorker.end("The page was left."), [fileWorker]);
  return fileWorker.ask;
}

function startFileWorker() {
  let worker: Worker | null = null;
  let lastId = 0;
  const pendingCalls = new Map<number, PendingCall>();

  function terminate(reason: string) {
    worker?.terminate();
    worker = null;
    for (const { reject } of pendingCalls.values()) reject(new Error(reason));
    pendingCalls.clear();
  }

  function startWorker(): Worker {
    const newWorker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    newWorker.addEventListener("message", ({ data }: MessageEvent<WorkerResponse>) => {
      const pendingCall = pendingCalls.get(data.id);
      pendingCalls.delete(data.id);
      if ("problem" in data) pendingCall?.reject(new Error(data.problem));
      // Each answer has the type of the question with its number.
      else pendingCall?.resolve(data.output as never);
    });
    newWorker.addEventListener("error", (event) => {
      event.preventDefault();
      terminate("The file could not be worked with.");
    });
    return newWorker;
  }

  const callWorker: CallWorker = (name, input) =>
    new Promise((resolve, reject) => {
      worker ??= startWorker();
      lastId += 1;
      pendingCalls.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, name, input: input });
    });

  return { ask: callWorker, end: terminate };
}
