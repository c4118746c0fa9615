import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { describeError, log } from "../../log";
import type { Environment } from "../../schemas/environments";
import { findEnvironment } from "../../tenancy/environments";
import { createJobContext } from "../../tenancy/job";
import type { TenantContext } from "../../tenancy/context";
import { claimSendings, type Claim } from "./claim";
import { fanOutEvents } from "./fan-out";
import { createPoster, type Poster } from "./post";
import { type Attempt, recordAttempts } from "./record-attempts";
import { buildEventRequest } from "./request";

/** Requests at the same time, of one worker. */
const maxTotal = 256;
const maxOfTenant = 32;
const maxOfDestination = 8;
const pollMs = 250;
const stopLimitMs = 5_000;

type Work = {
  tenant_id: string;
  environment: Environment;
  destination_id: string;
  has_events: boolean;
  is_due: boolean;
};

/** One destination's requests that are under way or not yet recorded. */
type Lane = { ctx: TenantContext; running: number; ended: Attempt[]; isRecording: boolean };

/**
 * Sends events. Each pass serves every destination that has something to send, those with the fewest requests
 * under way first, and does not wait for the requests: a slow destination delays itself only.
 */
export function createEventSender({
  poster,
  now = () => new Date(),
}: {
  poster: Poster;
  now?: () => Date;
}) {
  const lanes = new Map<string, Lane>();
  let wake = Promise.withResolvers<void>();
  let isStopped = false;

  const countRunning = (tenantId?: string) =>
    [...lanes.values()].reduce(
      (sum, { ctx, running }) =>
        tenantId === undefined || ctx.tenantId === tenantId ? sum + running : sum,
      0,
    );

  /** What ends while a transaction runs is recorded by the next one together. */
  async function record(destinationId: string, lane: Lane): Promise<void> {
    lane.isRecording = true;
    while (lane.ended.length > 0) {
      const ended = lane.ended.splice(0);
      try {
        await recordAttempts(lane.ctx, destinationId, ended);
      } catch (error) {
        // They are sent again when their lease has ended.
        log("error", "attempts not recorded", describeError(error));
      }
      lane.running -= ended.length;
      wake.resolve();
    }
    lane.isRecording = false;
    if (lane.running === 0) lanes.delete(destinationId);
  }

  function start(destinationId: string, lane: Lane, { url, secrets, sendings }: Claim): void {
    lane.running += sendings.length;
    for (const sending of sendings) {
      const attemptedAt = now();
      const request = buildEventRequest(sending.event, secrets, attemptedAt);
      void poster.post(url, request).then((result) => {
        if (isStopped) return;
        lane.ended.push({ sending, attemptedAt, result });
        if (!lane.isRecording) void record(destinationId, lane);
      });
    }
  }

  async function serve(work: Work): Promise<boolean> {
    const ctx = createJobContext(
      { tenantId: work.tenant_id, environment: work.environment },
      work.destination_id,
    );
    const destinationId = work.destination_id;
    const added = work.has_events ? await fanOutEvents(ctx, destinationId, now()) : 0;
    if (!work.is_due && added === 0) return false;
    const running = lanes.get(destinationId)?.running ?? 0;
    const room = Math.min(
      maxTotal - countRunning(),
      maxOfTenant - countRunning(ctx.tenantId),
      maxOfDestination - running,
    );
    if (room <= 0) return false;
    const claim = await claimSendings(
      ctx,
      destinationId,
      { whileWorking: room, whileFailing: Math.min(room, 1 - running) },
      now(),
    );
    if (!claim) return false;
    const lane = lanes.get(destinationId) ?? { ctx, running: 0, ended: [], isRecording: false };
    lanes.set(destinationId, lane);
    start(destinationId, lane, claim);
    return true;
  }

  /** @returns whether anything was started */
  async function pass(): Promise<boolean> {
    wake = Promise.withResolvers<void>();
    const work = await db.shared.execute<Work>(sql`
      select tenant_id, environment, destination_id, has_events, is_due
      from list_event_sending_work(${now().toISOString()})`);
    const runningOf = ({ destination_id }: Work) => lanes.get(destination_id)?.running ?? 0;
    const inOrder = [...work]
      // Skip environments that this installation no longer offers.
      .filter(({ environment }) => findEnvironment(environment))
      .sort((one, other) => runningOf(one) - runningOf(other));
    let hasStarted = false;
    for (const item of inOrder) {
      try {
        if (await serve(item)) hasStarted = true;
      } catch (error) {
        log("error", "events not sent", { tenantId: item.tenant_id, ...describeError(error) });
      }
    }
    return hasStarted;
  }

  /** Waits until a request was recorded, or for this long. */
  const waitForEnd = (ms: number, signal?: AbortSignal) =>
    Promise.race([wake.promise, sleep(ms, undefined, { signal }).catch(() => undefined)]);

  /** Waits until no request is under way. */
  async function settle(limitMs = 60_000): Promise<void> {
    const end = performance.now() + limitMs;
    while (countRunning() > 0 && performance.now() < end) await sleep(10);
  }

  /** Records nothing more: what is cut off now did not fail, and is sent again when its lease has ended. */
  const stop = () => void (isStopped = true);

  return { pass, settle, waitForEnd, stop };
}

/** Sends events until it is stopped. Any number of workers may run it. */
export async function runEventSending(signal: AbortSignal): Promise<void> {
  const poster = createPoster();
  const sender = createEventSender({ poster });
  while (!signal.aborted) {
    try {
      await sender.pass();
      await sender.waitForEnd(pollMs, signal);
    } catch (error) {
      log("warn", "events not sent", describeError(error));
      await sleep(1_000, undefined, { signal }).catch(() => undefined);
    }
  }
  await sender.settle(stopLimitMs);
  sender.stop();
  await poster.close();
}
