import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { PracticeGroupId } from "@/server/hero/practice-group";
import type { HeroAccess, HeroCallRecord } from "@/server/hero/request";
import { practiceGroupIdUnderTest } from "@/server/tenancy/ids";

export type SeenCall = {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
};

type Answer = (reply: ServerResponse, request: IncomingMessage) => void;

/** A server that keeps what arrives and answers as the test says, the last answer again and again. */
export async function startStandIn() {
  const calls: SeenCall[] = [];
  let answers: Answer[] = [];
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
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer) answer(reply, request);
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
    /** Forgets earlier calls; the next ones are answered in this order. */
    answerWith(...next: Answer[]) {
      calls.length = 0;
      answers = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** An ordinary JSON answer. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (reply) =>
    reply
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));

/** Any bytes as an answer. */
export const text =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (reply) =>
    reply.writeHead(status, { "content-type": "application/json", ...headers }).end(body);

/** The connection breaks before any answer. */
export const reset: Answer = (_, request) => request.socket.resetAndDestroy();

/** Nothing comes, and the connection stays. */
export const silence: Answer = () => undefined;

/** Half an answer comes and the connection breaks. */
export const half =
  (status: number): Answer =>
  (reply, request) => {
    reply.writeHead(status, { "content-length": "100", "x-request-id": "half" });
    reply.write('{"id":"1"', () => request.socket.resetAndDestroy());
  };

/** Half an answer comes and then nothing. */
export const stalled =
  (status: number): Answer =>
  (reply) => {
    reply.writeHead(status, { "content-length": "100", "x-request-id": "stalled" });
    reply.write('{"id":"1"');
  };

/** No HTTP at all. */
export const gibberish: Answer = (_, request) => {
  request.socket.end("220 mail.example ESMTP\r\n");
};

/** Access to a stand-in, with a limiter that only keeps count. */
export function makeAccess(over: Partial<HeroAccess> = {}) {
  const records: HeroCallRecord[] = [];
  const limiter = { entered: 0, left: 0, pauses: [] as number[] };
  const access: HeroAccess = {
    environment: "sandbox",
    keyEnvironment: "sandbox",
    apiKey: "a key of the tests",
    practiceGroupId: practiceGroupIdUnderTest("20417"),
    limiter: {
      async enter() {
        limiter.entered++;
        return async () => {
          limiter.left++;
        };
      },
      async pause(ms) {
        limiter.pauses.push(ms);
      },
    },
    onCall: (record) => records.push(record),
    ...over,
  };
  return { access, records, limiter };
}

export const practiceGroup = (id: string): PracticeGroupId => practiceGroupIdUnderTest(id);
