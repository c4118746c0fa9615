import { randomUUID } from "node:crypto";
import { createServer, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import next from "next";
import { bypassesNext, loadBypassHandler } from "./serve/router-bypass";
import { responseHeaders, apiPolicy } from "./serve/headers";
import { rejectionStatus, limitBody, normalizeHeaders } from "./serve/requests";
import { readServeSettings } from "./settings";

/**
 * The server in front of Next: it makes request headers trustworthy, rejects what the portal never
 * handles (upgrades, CONNECT, requests for other hosts), and shuts down gracefully.
 */
const settings = readServeSettings(process.env);
const isDevelopment = process.env.NODE_ENV === "development";

// In development every open page holds an upgraded connection; do not wait for those.
const stopGraceMs = isDevelopment ? 200 : 10_000;

function sendError(response: ServerResponse, statusCode: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(statusCode, {
    "content-type": "application/json",
    "content-security-policy": apiPolicy,
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(JSON.stringify({ error: STATUS_CODES[statusCode] }));
}

function closeSocket(_request: unknown, socket: Duplex): void {
  socket.on("error", () => undefined);
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () =>
    socket.destroy(),
  );
}

let isStopping = false;
const server: Server = createServer(
  {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 2_000,
    maxHeaderSize: 16 * 1024,
  },
  (request, response) => {
    const requestId = randomUUID();
    response.setHeader("x-request-id", requestId);
    const headers = responseHeaders(request.url ?? "", settings);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isStopping) response.setHeader("connection", "close");

    const rejection = rejectionStatus(request, settings);
    if (rejection !== undefined) {
      sendError(response, rejection);
      return;
    }
    normalizeHeaders(request, requestId, settings);
    // This response closes the connection, so the rest of the body is never read.
    limitBody(request, () => sendError(response, 413));
    const handler = bypassesNext(request) ? handleBypassed : handleWithNext;
    handler(request, response).catch(() => sendError(response, 500));
  },
);
server.setTimeout(120_000);
if (!isDevelopment) server.on("upgrade", closeSocket);
server.on("connect", closeSocket);

const nextApp = next({
  dev: isDevelopment,
  dir: process.cwd(),
  hostname: settings.publicUrl.hostname,
  port: settings.port,
  // In production nothing is upgraded, so Next may add its handler to a server that never listens.
  httpServer: isDevelopment ? server : createServer(),
});
const [handleBypassed] = await Promise.all([loadBypassHandler(), nextApp.prepare()]);
const handleWithNext = nextApp.getRequestHandler();

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  server.close(() => void nextApp.close().finally(() => process.exit(0)));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), stopGraceMs).unref();
  setTimeout(() => process.exit(1), stopGraceMs * 1.2).unref();
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);

server.once("error", (error) => {
  process.stderr.write(`The portal cannot listen on port ${settings.port}: ${error.message}\n`);
  process.exit(1);
});
server.listen({ port: settings.port, host: settings.listenHost }, () => {
  process.stdout.write(`${JSON.stringify({ ready: true, url: settings.publicUrl.origin })}\n`);
});
