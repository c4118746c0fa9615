import { openFileSession } from "./file-session";
import type { WorkerRequest, WorkerResponse, WorkerCallName, WorkerCalls } from "./messages";

const session = openFileSession();

async function handleCall<Name extends WorkerCallName>(
  name: Name,
  input: WorkerCalls[Name]["input"],
): Promise<WorkerCalls[Name]["output"]> {
  return session[name](input);
}

self.addEventListener("message", ({ data }: MessageEvent<WorkerRequest>) => {
  const { id, name, input } = data;
  handleCall(name, input).then(
    (output) => self.postMessage({ id, output } satisfies WorkerResponse),
    // The error's own message may hold a cell's text.
    () =>
      self.postMessage({
        id,
        problem: "The file could not be processed.",
      } satisfies WorkerResponse),
  );
});
