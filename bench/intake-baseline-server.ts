import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import postgres from "postgres";
import { v7 as uuidv7 } from "uuid";

/**
 * The bare equivalent of intake: one `node:http` process that verifies a signature with a key it was started
 * with, and makes one insert for each request into the same table. It encrypts nothing, reads nothing of the
 * body, counts nothing and answers every refusal alike.
 */

type BenchEndpoint = { id: string; signingKey: string };

const { tenantId, dataKeyId, endpoints } = JSON.parse(process.env.BENCH_ENDPOINTS ?? "") as {
  tenantId: string;
  dataKeyId: string;
  endpoints: Record<string, BenchEndpoint>;
};
const sql = postgres(process.env.DATABASE_URL ?? "", {
  max: 10,
  onnotice: () => {},
  // Row-level security needs it; set once, so that an insert is one round trip.
  connection: { "app.tenant_id": tenantId },
});

const headers = sql.json({ "content-type": "application/json" });

async function receive(
  { id: endpointId, signingKey }: BenchEndpoint,
  timestamp: string,
  signature: string,
  body: Buffer,
): Promise<boolean> {
  const expected = createHmac("sha256", signingKey).update(`${timestamp}.`).update(body).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, "hex"))) return false;
  const hash = createHash("sha256").update(`${endpointId}${timestamp}`).update(body).digest();
  await sql`
    insert into webhook_deliveries (tenant_id, environment, id, endpoint_id, dedupe_hash, received_at, sent_at,
      headers, body_size, sealed_body, data_key_id)
    values (${tenantId}, 'sandbox', ${uuidv7()}, ${endpointId}, ${hash}, now(),
      ${new Date(Number(timestamp) * 1000)}, ${headers}, ${body.length}, ${body}, ${dataKeyId})
    on conflict do nothing`;
  return true;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const endpoint = endpoints[request.url?.slice("/api/hooks/".length) ?? ""];
    const timestamp = String(request.headers["x-herohealth-timestamp"]);
    const signature = String(request.headers["x-herohealth-signature"]);
    const received = endpoint
      ? receive(endpoint, timestamp, signature, Buffer.concat(chunks))
      : Promise.resolve(false);
    received.then(
      (isAccepted) => response.writeHead(isAccepted ? 200 : 401).end(),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        response.writeHead(500).end();
      },
    );
  });
});
server.listen(Number(process.env.BASELINE_PORT), "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
