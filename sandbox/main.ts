import { serve } from "@hono/node-server";
import { createSandboxApp } from "./app";
import { startSmtpServer } from "./inbox/smtp";
import { SandboxState } from "./state/sandbox-state";

const defaultPort = 4010;

function readPort(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    process.stderr.write(`${name} must be a port number from 0 to 65535.\n`);
    process.exit(1);
  }
  return port;
}

/** One bad request must not end the process for everyone else. */
function logUncaughtError(error: unknown): void {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
}

async function main(): Promise<void> {
  const port = readPort("SANDBOX_PORT", defaultPort);
  const sandbox = new SandboxState(`http://localhost:${port}`);
  const smtp = await startSmtpServer(sandbox.inbox, readPort("SANDBOX_SMTP_PORT", 0));
  const server = serve({
    fetch: createSandboxApp(sandbox).fetch,
    port,
    hostname: process.env.SANDBOX_HOST || "127.0.0.1",
  });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  const address = server.address();
  const actualPort = typeof address === "object" && address ? address.port : port;
  const url = `http://localhost:${actualPort}`;
  sandbox.publicUrl = (process.env.SANDBOX_PUBLIC_URL || url).replace(/\/+$/, "");

  process.on("uncaughtException", logUncaughtError);
  process.on("unhandledRejection", logUncaughtError);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
  process.stdout.write(`${JSON.stringify({ ready: true, url, smtpPort: smtp.port })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`The sandbox cannot start: ${String(error)}\n`);
  process.exit(1);
});
