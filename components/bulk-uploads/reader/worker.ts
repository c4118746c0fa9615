import { openFileSession } from "./file-session";
import type { WorkerRequest, WorkerResponse, WorkerCallName, WorkerCalls } from "./messages";

/** Answers one request after the other, each under the number it came with. */
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
    (output) => self.postMessage({ id, output: output } satisfies WorkerResponse),
    // The words of an error may hold a cell's text; the page says that the file could not be read.
    () =>
      self.postMessage({
        id,
        problem: "The file could not be worked with.",
      } satisfies WorkerResponse),
  );
});
