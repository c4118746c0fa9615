import { once } from "node:events";
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { liveEvent, type LiveEvent } from "@/server/schemas/live";

const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });

/** Opens a stream and collects its events. Resolves with the response's headers. */
export async function openStream(options: {
  url: string;
  scope: string;
  cookie: string;
  lastEventId: string;
  headers?: Record<string, string>;
}) {
  const { url, scope, cookie, lastEventId, headers } = options;
  const input = encodeURIComponent(JSON.stringify({ lastEventId }));
  const startedAt = performance.now();
  const outgoing = request(`${url}/api/trpc/${scope}/live.changes?input=${input}`, {
    agent,
    headers: { host: new URL(url).host, cookie, ...headers },
  });
  outgoing.end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const state = {
    status: response.statusCode,
    headers: response.headers satisfies IncomingHttpHeaders,
    events: [] as LiveEvent[],
    firstEventAfterMs: Number.NaN,
    /** When each event arrived, of `performance.now()`. */
    receivedAt: [] as number[],
    /** Of pings and of the end. */
    names: [] as string[],
    isEnded: false,
    text: "",
  };
  response.setEncoding("utf8");
  let unread = "";
  response.on("data", (chunk: string) => {
    if (state.status !== 200) state.text += chunk;
    unread += chunk;
    const blocks = unread.split("\n\n");
    unread = blocks.pop() ?? "";
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (name) state.names.push(name);
      else if (data && state.status === 200) {
        if (state.events.length === 0) state.firstEventAfterMs = performance.now() - startedAt;
        state.receivedAt.push(performance.now());
        state.events.push(liveEvent.parse(JSON.parse(data)));
      }
    }
  });
  const ended = new Promise<void>((resolve) => {
    response.on("close", () => {
      state.isEnded = true;
      resolve();
    });
  });
  response.on("error", () => undefined);
  outgoing.on("error", () => undefined);
  return Object.assign(state, {
    ended,
    pause: () => response.pause(),
    resume: () => response.resume(),
    abort: () => outgoing.destroy(),
  });
}
