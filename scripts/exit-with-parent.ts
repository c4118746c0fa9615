/**
 * Loaded before the programs that `scripts/start.ts` runs: they stop when the start is gone, however
 * it went, so that even `kill -9` leaves nobody listening on its ports.
 */
const graceMs = 15_000;

process.once("disconnect", () => {
  setTimeout(() => process.exit(1), graceMs).unref();
  process.kill(process.pid, "SIGTERM");
});
// The listener alone must not keep a program alive that has finished.
process.channel?.unref();
