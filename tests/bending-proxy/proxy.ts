import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { sandboxUrl } from "../setup/database";
import type { Bend } from "./bends";

export type ProxiedCall = { method: string; path: string; reply: string; isForwarded: boolean };

type Plan = { isBent: (method: string, path: string) => boolean; bend: Bend | undefined };

/**
 * An HTTP proxy before the sandbox that bends replies. Each Hero API key has a plan of its own, so that
 * cases run at the same time.
 */
export async function startBendingProxy(lateMs: number) {
  const plans = new Map<string, Plan & { calls: ProxiedCall[] }>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = "GET", url = "/", headers } = request;
    const plan = plans.get(String(headers["x-api-key"]));
    const path = new URL(url, sandboxUrl).pathname;
    const bend = plan?.isBent(method, path) ? plan.bend : undefined;
    const isForwarded = bend?.isForwarded ?? true;
    let status = 200;
    let reply = "{}";
    if (isForwarded) {
      const forwarded = await fetch(sandboxUrl + url, {
        method,
        headers: {
          "content-type": "application/json",
          "x-api-key": String(headers["x-api-key"]),
          "x-practice-group-id": String(headers["x-practice-group-id"]),
        },
        body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
      });
      ({ status } = forwarded);
      reply = await forwarded.text();
    }
    plan?.calls.push({ method, path, reply, isForwarded });
    const bent = bend?.bend(reply);
    const body = Buffer.from(bent?.body ?? reply);
    if (bent?.ending === "late") await new Promise((resolve) => setTimeout(resolve, lateMs));
    response.writeHead(bent?.status ?? status, {
      "content-type": "application/json",
      "content-length": String(body.length),
      ...bent?.headers,
    });
    if (bent?.ending !== "reset") response.end(body);
    else response.write(body.subarray(0, body.length / 2), () => request.socket.resetAndDestroy());
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    /** The calls with a key from now on; those that the plan names are bent. */
    plan(apiKey: string, plan: Plan): ProxiedCall[] {
      const calls: ProxiedCall[] = [];
      plans.set(apiKey, { ...plan, calls });
      return calls;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
