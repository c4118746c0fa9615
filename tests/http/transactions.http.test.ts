import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFreePort } from "@/scripts/ports";
import { type Program, startProgram } from "@/scripts/processes";
import { prepareRoles } from "@/scripts/roles";
import { readOrCreateSecrets } from "@/scripts/secrets";
import {
  createTenantOverHttp,
  type HttpTenant,
  portal,
  sessionCookie,
  sessionTokenOf,
} from "../support/http";

/**
 * A second portal on the same database, behind a proxy that counts the transactions. It has one
 * connection, so it also shows that no page needs two at a time.
 */

/** Calls back for each "ready for query" of PostgreSQL's protocol with "no transaction is open". */
function readTransactionEnds(onTransactionEnd: () => void) {
  let pending = Buffer.alloc(0);
  return (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 5) {
      const messageLength = 1 + pending.readInt32BE(1);
      if (pending.length < messageLength) return;
      const message = pending.toString("latin1", 0, 6);
      if (message.startsWith("Z") && message.endsWith("I")) onTransactionEnd();
      pending = pending.subarray(messageLength);
    }
  };
}

let transactionCount = 0;
let isDatabaseIdle = true;

async function startCountingProxy(databasePort: number): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(databasePort, "127.0.0.1");
    client.on("error", () => upstream.destroy()).pipe(upstream);
    client.on("data", () => (isDatabaseIdle = false));
    upstream.on("error", () => client.destroy()).pipe(client);
    const readEnds = readTransactionEnds(() => {
      transactionCount += 1;
      isDatabaseIdle = true;
    });
    upstream.on("data", readEnds);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

const folder = mkdtempSync(join(tmpdir(), "portal-transactions-"));
let proxy: Server;
let program: Program;
let portalUrl: string;
let tenant: HttpTenant;

beforeAll(async () => {
  const { databasePassword, authSecret, masterKeys } = readOrCreateSecrets(portal.dataDir);
  const databasePort = Number(readFileSync(join(portal.dataDir, "postgres.port"), "utf8"));
  const { servingUrl } = await prepareRoles({
    databaseUrl: `postgres://postgres:${databasePassword}@127.0.0.1:${databasePort}/postgres`,
    fallbackPassword: databasePassword,
  });
  proxy = await startCountingProxy(databasePort);
  const databaseUrl = new URL(servingUrl);
  databaseUrl.port = String((proxy.address() as AddressInfo).port);
  const port = await findFreePort();
  portalUrl = `http://localhost:${port}`;
  program = startProgram({
    name: "portal",
    args: ["--import", "tsx", "scripts/serve.ts"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: String(port),
      PUBLIC_URL: portalUrl,
      DATABASE_URL: databaseUrl.href,
      DATABASE_POOL_SIZE: "1",
      AUTH_SECRET: authSecret,
      MASTER_KEYS: masterKeys,
      HERO_SANDBOX_URL: portal.demo.sandboxUrl,
      SMTP_URL: "smtp://127.0.0.1:1",
    },
    logFile: join(folder, "portal.log"),
    isLogForwarded: false,
    isRestarted: false,
    onGiveUp: (lines) => process.stderr.write(`${lines.join("\n")}\n`),
  });
  tenant = await createTenantOverHttp();
  await program.ready;
}, 120_000);

afterAll(async () => {
  await program?.stop();
  proxy?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(path: string) {
  const cookie = `${sessionCookie}=${sessionTokenOf(tenant.browser)}`;
  const response = await fetch(`${portalUrl}/${tenant.slug}/sandbox${path}`, {
    headers: { cookie },
  });
  const text = await response.text();
  // A page does not wait for the end of a transaction that only read.
  await expect.poll(() => isDatabaseIdle).toBe(true);
  return { status: response.status, text };
}

describe("transactions of a page", () => {
  it.each([
    ["the overview", ""],
    ["the links page", "/links"],
    ["a search on the links page", "/links?q=flu&sort=expires_first"],
  ])("%s takes at most two database transactions", async (_name, path) => {
    // Opens the connection, and records that the session was used.
    await visit(path);
    transactionCount = 0;
    const { status, text } = await visit(path);
    expect(status).toBe(200);
    expect(text).toContain(tenant.practice.name);
    // The access check, and everything that the page shows.
    expect(transactionCount).toBe(2);
  });
});
