/** Runs once when the server starts: a missing or malformed setting stops it here. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { env } = await import("@/server/env");
  env();
  if (process.env.NODE_ENV !== "production") return;
  const { redirectConsoleToLog } = await import("@/server/log");
  redirectConsoleToLog();
}
