import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { PracticeGroupId } from "@/server/hero/practice-group";
import type { HeroConnection, HeroCallRecord } from "@/server/hero/request";
import { unverifiedPracticeGroupId } from "@/server/tenancy/ids";

type ReceivedCall = {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
};

type Responder = (reply: ServerResponse, request: IncomingMessage) => void;

/** A server that records calls and sends the test's responses, repeating the last one. */
export async function startFakeHero() {
  const calls: ReceivedCall[] = [];
  let responders: Responder[] = [];
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      calls.push({
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      const respond = responders.length > 1 ? responders.shift() : responders[0];
      if (respond) respond(reply, request);
      else reply.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    calls,
    /** Forgets earlier calls; the next ones get these responses in order. */
    respondWith(...next: Responder[]) {
      calls.length = 0;
      responders = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A JSON response. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Responder =>
  (reply) =>
    reply
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));

/** A response with any text. */
export const text =
  (status: number, body: string, headers: Record<string, string> = {}): Responder =>
  (reply) =>
    reply.writeHead(status, { "content-type": "application/json", ...headers }).end(body);

/** The connection breaks before a response. */
export const resetConnection: Responder = (_, request) => request.socket.resetAndDestroy();

/** The connection stays open without a response. */
export const neverRespond: Responder = () => undefined;

/** The connection breaks after half a response. */
export const truncatedResponse =
  (status: number): Responder =>
  (reply, request) => {
    reply.writeHead(status, { "content-length": "100", "x-request-id": "half" });
    reply.write('{"id":"1"', () => request.socket.resetAndDestroy());
  };

/** The response stops halfway. */
export const stalledResponse =
  (status: number): Responder =>
  (reply) => {
    reply.writeHead(status, { "content-length": "100", "x-request-id": "stalled" });
    reply.write('{"id":"1"');
  };

/** A response that is not HTTP. */
export const nonHttpResponse: Responder = (_, request) => {
  request.socket.end("220 mail.example ESMTP\r\n");
};

/** Access to a fake Hero, with a limiter that only counts. */
export function createAccess(overrides: Partial<HeroConnection> = {}) {
  const records: HeroCallRecord[] = [];
  const limiter = { entered: 0, released: 0, pauses: [] as number[] };
  const access: HeroConnection = {
    environment: "sandbox",
    keyEnvironment: "sandbox",
    apiKey: "a key of the tests",
    practiceGroupId: unverifiedPracticeGroupId("20417"),
    limiter: {
      async acquire() {
        limiter.entered++;
        return async () => {
          limiter.released++;
        };
      },
      async pause(ms) {
        limiter.pauses.push(ms);
      },
    },
    onCall: (record) => records.push(record),
    ...overrides,
  };
  return { access, records, limiter };
}

export const practiceGroup = (id: string): PracticeGroupId => unverifiedPracticeGroupId(id);
