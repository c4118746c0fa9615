import { openDesk } from "./desk";
import type { Message, Reply, RequestName, Requests } from "./messages";

/** Answers one request after the other, each under the number it came with. */
const desk = openDesk();

async function answer<Name extends RequestName>(
  name: Name,
  ask: Requests[Name]["ask"],
): Promise<Requests[Name]["answer"]> {
  return desk[name](ask);
}

self.addEventListener("message", ({ data }: MessageEvent<Message>) => {
  const { id, name, ask } = data;
  answer(name, ask).then(
    (given) => self.postMessage({ id, answer: given } satisfies Reply),
    // The words of an error may hold a cell's text; the page says that the file could not be read.
    () => self.postMessage({ id, problem: "The file could not be worked with." } satisfies Reply),
  );
});
