import { portalClient, toCallFailure } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import { type LiveEvent, livePingMs } from "@/server/schemas/live";

/** A stream that shows no sign of life for this long is broken, though its connection may look open. */
const maxSilenceMs = livePingMs * 2.5;
/** After this many failures in a row the browser polls, and tries a stream again later. */
const maxFailures = 3;
const pollIntervalMs = 2_000;
const pollMs = 60_000;
const maxRetryMs = 15_000;

/** Over HTTP/1.1 all tabs of a browser share six connections to the portal: streams use half of them. */
const maxStreams = 3;

/** A place for a stream among all tabs, until the returned function is called; undefined without one. */
async function findStreamPlace(): Promise<(() => void) | undefined> {
  if (!("locks" in navigator)) return () => undefined;
  for (let place = 0; place < maxStreams; place += 1) {
    const release = await new Promise<(() => void) | undefined>((resolve) => {
      const hold = (lock: Lock | null) =>
        lock ? new Promise<void>((end) => resolve(end)) : resolve(undefined);
      void navigator.locks.request(`live-stream/${place}`, { ifAvailable: true }, hold);
    });
    if (release) return release;
  }
  return undefined;
}

/** Spreads the browsers of a restarted server: between half of the time and the whole. */
const jitter = (ms: number) => ms * (0.5 + Math.random() / 2);

type StreamOptions = {
  scope: PortalScope;
  /** The position of what the browser has. */
  position: () => number;
  onEvent: (event: LiveEvent) => void;
  /** The server shows that it is there. */
  onAlive: () => void;
  /** The session or the membership has ended: nothing more will come. */
  onEnd: () => void;
};

/**
 * Receives changes until it is closed: by a stream, which reconnects by itself, or by polling where no stream
 * stays open.
 */
export function receiveChanges({ scope, position, onEvent, onAlive, onEnd }: StreamOptions) {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isClosed = false;
  let leavePlace: (() => void) | undefined;
  const after = (ms: number, run: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  };

  async function listen(): Promise<void> {
    leavePlace ??= await findStreamPlace();
    if (isClosed) return leavePlace?.();
    if (!leavePlace) return pollForNow();
    const input = encodeURIComponent(JSON.stringify({ lastEventId: String(position()) }));
    const { tenant, environment } = scope;
    // Not tRPC's own link, whose reconnects are those of the browser: all at the same time.
    source = new EventSource(
      `/api/trpc/${encodeURIComponent(tenant)}/${environment}/live.changes?input=${input}`,
    );
    const onSign = () => {
      after(maxSilenceMs, fail);
      onAlive();
    };
    source.onmessage = ({ data }) => {
      failures = 0;
      onSign();
      // Checked by the router as it left. A newer server may know topics that this page does not.
      const event: LiveEvent = JSON.parse(String(data));
      onEvent(event);
    };
    source.addEventListener("ping", onSign);
    source.addEventListener("return", fail);
    source.addEventListener("serialized-error", fail);
    source.addEventListener("error", fail);
    after(maxSilenceMs, fail);
  }

  function fail(): void {
    source?.close();
    failures += 1;
    if (isClosed) return;
    if (failures < maxFailures) {
      after(jitter(Math.min(1_000 * 2 ** failures, maxRetryMs)), () => void listen());
    } else {
      pollForNow();
    }
  }

  function pollForNow(): void {
    const until = performance.now() + jitter(pollMs);
    after(0, () => void poll(until));
  }

  async function poll(until: number): Promise<void> {
    try {
      const { live } = portalClient(scope.tenant, scope.environment);
      const event = await live.since.query({ lastEventId: String(position()) });
      if (isClosed) return;
      onAlive();
      onEvent(event);
    } catch (error) {
      const { code } = toCallFailure(error);
      if (code === "UNAUTHORIZED" || code === "NOT_FOUND") {
        close();
        onEnd();
        return;
      }
    }
    if (isClosed) return;
    if (performance.now() < until) after(jitter(pollIntervalMs), () => void poll(until));
    else void listen();
  }

  function close(): void {
    isClosed = true;
    clearTimeout(timer);
    source?.close();
    leavePlace?.();
  }

  void listen();
  return { close };
}
