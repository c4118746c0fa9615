import { db } from "../db/client";
import { runEventSending } from "../server/services/event-sending/run";

/** The part of a worker that sends events, alone in a process; for `bench/relay.ts`. */

const controller = new AbortController();
const sending = runEventSending(controller.signal);
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);

process.on("SIGTERM", () => {
  controller.abort();
  void sending.then(() => db.close()).then(() => process.exit(0));
});
