import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { loadBypassHandler } from "@/scripts/serve/router-bypass";
import { sessionCookieName } from "@/server/auth/cookie";
import { liveEvent, type LiveEvent, type LiveTopic } from "@/server/schemas/live";
import { recordChange } from "@/server/services/live/record-change";
import { sendChanges } from "@/server/services/live/send";
import type { TenantContext } from "@/server/tenancy/context";
import { db } from "@/db/client";

/** The portal's API without Next, as `scripts/serve.ts` runs it. */
export async function startLiveServer() {
  const handle = await loadBypassHandler();
  const server = createServer((incoming, response) => void handle(incoming, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

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
  const [response] = await once(outgoing, "response");
  const state = {
    status: response.statusCode as number,
    headers: response.headers as IncomingHttpHeaders,
    events: [] as LiveEvent[],
    /** Milliseconds from the request, and from the start of this process, by event. */
    firstEventAfterMs: Number.NaN,
    receivedAt: [] as number[],
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

export const cookieOf = (token: string) => `${sessionCookieName()}=${token}`;

/** Records a change and sends it, as a service and the worker do. */
export async function sendChange(
  ctx: TenantContext,
  topic: LiveTopic,
  subjectId?: string,
): Promise<number> {
  await db.tenant(ctx, (tx) => recordChange(tx, ctx, topic, subjectId));
  const batch = await sendChanges();
  if (batch === null) throw new Error("The change was not sent.");
  return batch;
}
