import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** A server on a free port of this machine, under each of its names. */
export async function startPageServer(handle: Handler) {
  const server = createServer((request, response) => {
    void (async () => {
      try {
        await handle(request, response);
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    })();
  });
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

export function send(
  response: ServerResponse,
  type: "text/html" | "text/javascript" | "application/json" | "application/problem+json",
  body: string,
  headers: Record<string, string> = {},
  status = 200,
): void {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, ...headers });
  response.end(body);
}
