"use client";

import { useEffect, useState } from "react";
import type { WorkerResponse, WorkerCallName, WorkerCalls } from "./messages";

export type CallWorker = <Name extends WorkerCallName>(
  name: Name,
  input: WorkerCalls[Name]["input"],
) => Promise<WorkerCalls[Name]["output"]>;

type PendingCall = { resolve: (output: never) => void; reject: (reason: Error) => void };

/**
 * A worker that holds one file. It starts with the first call and ends with the page. If it crashes, its
 * pending calls are rejected, and the next call starts another one.
 */
export function useFileWorker(): CallWorker {
  const [fileWorker] = useState(startFileWorker);
  useEffect(() => () => fileWorker.terminate("The page was closed."), [fileWorker]);
  return fileWorker.call;
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
      // The id guarantees the type: it belongs to one call.
      else pendingCall?.resolve(data.output as never);
    });
    newWorker.addEventListener("error", (event) => {
      event.preventDefault();
      terminate("The file could not be processed.");
    });
    return newWorker;
  }

  const callWorker: CallWorker = (name, input) =>
    new Promise((resolve, reject) => {
      worker ??= startWorker();
      lastId += 1;
      pendingCalls.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, name, input });
    });

  return { call: callWorker, terminate };
}
