/**
 * Loaded before the programs that `scripts/start.ts` runs. They stop when the start is gone, so that even
 * `kill -9` leaves nothing on its ports.
 */
const graceMs = 15_000;

process.once("disconnect", () => {
  setTimeout(() => process.exit(1), graceMs).unref();
  process.kill(process.pid, "SIGTERM");
});
// The listener alone must not keep a finished program running.
process.channel?.unref();
