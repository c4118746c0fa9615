import { createServer } from "node:http";

/**
 * The partners' servers of `bench/relay.ts`, in a process of their own: `/quick` answers at once, `/silent` never.
 * `GET /counts` returns how many events reached `/quick`, and how many requests are open at `/silent`. `GET /arrivals`
 * returns when each event reached `/quick`, in milliseconds since 1970, by its `linkId`; `DELETE /arrivals` forgets
 * them.
 */

const arrivals = new Map<string, number>();
let openCount = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/silent") {
      openCount += 1;
      response.on("close", () => (openCount -= 1));
      return;
    }
    if (request.url === "/counts") {
      response.end(JSON.stringify({ arrived: arrivals.size, open: openCount }));
      return;
    }
    if (request.url === "/arrivals") {
      response.end(JSON.stringify([...arrivals]));
      if (request.method === "DELETE") arrivals.clear();
      return;
    }
    const event = JSON.parse(Buffer.concat(chunks).toString("utf8")) as {
      data: { linkId: string };
    };
    const arrivedAt = performance.timeOrigin + performance.now();
    if (!arrivals.has(event.data.linkId)) arrivals.set(event.data.linkId, arrivedAt);
    response.end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.BENCH_PORT), "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
