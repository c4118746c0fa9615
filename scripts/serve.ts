import { createServer, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import next from "next";
import { loadErrorResponse } from "./serve/error-response";
import { apiPolicy } from "./serve/headers";
import { createRequestHandler } from "./serve/request-handler";
import { maxIdleMs } from "./serve/requests";
import { closeStreams, loadBypassHandler } from "./serve/router-bypass";
import { loadWebhookIntake } from "./serve/webhook-intake";
import { readServeSettings } from "./settings";

/**
 * The server in front of Next: it makes request headers trustworthy, rejects what the portal never
 * handles (upgrades, CONNECT, requests for other hosts), and shuts down gracefully.
 */
const settings = readServeSettings(process.env);
const isDevelopment = process.env.NODE_ENV === "development";

// In development every open page holds an upgraded connection; do not wait for those.
const stopGraceMs = isDevelopment ? 200 : 10_000;

function closeSocket(_request: unknown, socket: Duplex): void {
  socket.on("error", () => undefined);
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () =>
    socket.destroy(),
  );
}

/** Answers what is not HTTP, or has too large headers. No address is known then. */
function rejectMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status =
    { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ""] ?? 400;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n` +
      `Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n` +
      `Content-Security-Policy: ${apiPolicy}\r\n\r\n`,
  );
}

let isStopping = false;

// What it passes requests to is loaded below, before the server listens.
const handleRequest = createRequestHandler(settings, {
  handleWithNext: (request, response) => handleWithNext(request, response),
  handleBypassed: (request, response) => handleBypassed(request, response),
  handleWebhook: (request, response) => webhookIntake.handle(request, response),
  sendError: (response, status, address) => sendError(response, status, address),
  isStopping: () => isStopping,
});

const server: Server = createServer(
  {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 2_000,
    maxHeaderSize: 16 * 1024,
    // `rejectionStatus` rejects such a request in the format of its address.
    requireHostHeader: false,
  },
  handleRequest,
);
server.setTimeout(maxIdleMs);
// An `Expect` header that is not known: servers may ignore it, and Node would answer without our headers.
server.on("checkExpectation", handleRequest);
if (!isDevelopment) server.on("upgrade", closeSocket);
server.on("connect", closeSocket);
server.on("clientError", rejectMalformed);

const nextApp = next({
  dev: isDevelopment,
  dir: process.cwd(),
  hostname: settings.publicUrl.hostname,
  port: settings.port,
  // In production nothing is upgraded, so Next may add its handler to a server that never listens.
  httpServer: isDevelopment ? server : createServer(),
});
const [handleBypassed, webhookIntake, sendError] = await Promise.all([
  loadBypassHandler(),
  loadWebhookIntake(),
  loadErrorResponse(),
  nextApp.prepare(),
]);
const handleWithNext = nextApp.getRequestHandler();

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  void closeStreams();
  const close = () => Promise.allSettled([nextApp.close(), webhookIntake.stop()]);
  server.close(() => void close().then(() => process.exit(0)));
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
