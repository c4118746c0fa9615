import { createServer } from "node:http";
import { Agent, request } from "undici";

/**
 * The bare equivalent of a screen that only reads from Hero: one `node:http` process that makes the calls
 * it is told to, one after the other on one connection, and returns their bodies. No session, no database,
 * no limits and no checks.
 */

const agent = new Agent({ connections: 1, keepAliveTimeout: 60_000 });
const headers = {
  "x-api-key": process.env.BENCH_HERO_KEY ?? "",
  "x-practice-group-id": process.env.BENCH_PRACTICE ?? "",
};

async function callHero(paths: readonly string[]): Promise<string> {
  const bodies: string[] = [];
  for (const path of paths) {
    const reply = await request(`${process.env.BENCH_HERO_URL}${path}`, {
      dispatcher: agent,
      headers,
    });
    if (reply.statusCode !== 200) throw new Error(`${path} returned ${reply.statusCode}.`);
    bodies.push(await reply.body.text());
  }
  return `[${bodies.join()}]`;
}

const server = createServer((incoming, response) => {
  const { searchParams } = new URL(incoming.url ?? "/", "http://localhost");
  void callHero(searchParams.getAll("call")).then(
    (body) => response.setHeader("content-type", "application/json").end(body),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(Number(process.env.BENCH_PORT), "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
