import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { onTestFinished } from "vitest";

export type ReceivedRequest = { path: string; headers: IncomingHttpHeaders; body: string };

type Answer = (request: ReceivedRequest, response: ServerResponse) => void;

/** A partner's server on this machine, which keeps what it gets and answers 200; closed after the test. */
export async function startReceiver(answer: Answer = (_, response) => response.end()) {
  const received: ReceivedRequest[] = [];
  let connectionCount = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const entry = { path: request.url ?? "", headers: request.headers, body };
      received.push(entry);
      answer(entry, response);
    });
  });
  server.on("connection", () => (connectionCount += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    port,
    url: `http://127.0.0.1:${port}/events`,
    received,
    countConnections: () => connectionCount,
    answerWith(next: Answer) {
      answer = next;
    },
  };
}

const signedHeaders = ({ headers }: ReceivedRequest) => ({
  "webhook-id": String(headers["webhook-id"]),
  "webhook-timestamp": String(headers["webhook-timestamp"]),
  "webhook-signature": String(headers["webhook-signature"]),
});

/** Verifies a request as a partner does. @throws if the secret did not sign it */
export const verify = (request: ReceivedRequest, secret: string): unknown =>
  new Webhook(secret).verify(request.body, signedHeaders(request));
