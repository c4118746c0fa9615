import type { PortalScope } from "@/components/shell/portal-path";
import type { LiveEvent } from "@/server/schemas/live";
import { receiveChanges } from "./stream";

/** Without a word from the leading tab for this long, another tab takes its place: it may be frozen. */
const maxSilenceMs = 60_000;
const checkIntervalMs = 5_000;
/** What the leading tab keeps for tabs that open later. */
const maxRecentEvents = 100;
/** How long a connection outlives its last page: the next page of this tab needs it again. */
const lingerMs = 2_000;

type Message =
  /** From the leading tab. */
  | { kind: "event"; event: LiveEvent }
  | { kind: "alive" }
  | { kind: "leading" }
  /** From a new tab, which has what was there at the position. */
  | { kind: "hello"; position: number };

type Listener = (event: LiveEvent) => void;

/**
 * One tab's part in the one stream that a browser holds for an organisation and environment: the tab with the lock
 * receives changes and passes them on. The name tells sessions, organisations and environments apart, so that
 * tabs of others hear nothing.
 */
function openConnection(name: string, scope: PortalScope, startPosition: number) {
  const listeners = new Set<Listener>();
  const channel = new BroadcastChannel(name);
  const closing = new AbortController();
  let position = startPosition;
  let heardAt = performance.now();
  let checkedAt = heardAt;
  let waiting = new AbortController();
  let stopLeading: (() => void) | undefined;
  let recent: { from: number; events: LiveEvent[] } = { from: position, events: [] };

  const send = (message: Message) => channel.postMessage(message);

  function hear(event: LiveEvent): void {
    position = Math.max(position, event.position);
    for (const listener of listeners) listener(event);
  }

  /** Answers a tab that opened: the stream may have delivered before it could listen. */
  function answer(from: number): void {
    send({ kind: "alive" });
    const isKnown = from >= recent.from;
    const changes = isKnown
      ? recent.events.filter((event) => event.position > from).flatMap((event) => event.changes)
      : [];
    const isReload =
      !isKnown || recent.events.some((event) => event.position > from && event.isReload);
    if (isReload || changes.length > 0) {
      send({ kind: "event", event: { position, isReload, changes } });
    }
  }

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === "hello") {
      if (stopLeading) answer(data.position);
      return;
    }
    heardAt = performance.now();
    if (data.kind === "event") hear(data.event);
    // Its stream may start after what this tab has.
    if (data.kind === "leading") send({ kind: "hello", position });
  };

  /** Receives changes until another tab takes over or this one closes. */
  function lead(): Promise<void> {
    let resolve: () => void = () => undefined;
    const led = new Promise<void>((end) => {
      resolve = end;
    });
    recent = { from: position, events: [] };
    const stream = receiveChanges({
      scope,
      position: () => position,
      onAlive: () => send({ kind: "alive" }),
      onEvent(event) {
        const isNews = event.isReload || event.changes.length > 0;
        if (isNews) {
          recent.events.push(event);
          const dropped = recent.events.length > maxRecentEvents ? recent.events.shift() : null;
          if (dropped) recent.from = dropped.position;
          send({ kind: "event", event });
        }
        hear(event);
      },
      onEnd: () => closing.abort(),
    });
    stopLeading = () => {
      stopLeading = undefined;
      stream.close();
      resolve();
    };
    closing.signal.addEventListener("abort", () => stopLeading?.(), { once: true });
    send({ kind: "leading" });
    return led;
  }

  async function takeTurns(): Promise<void> {
    let isTakingOver = false;
    while (!closing.signal.aborted) {
      waiting = new AbortController();
      // A request that takes over cannot be given up, and need not be: it is granted at once.
      const options = isTakingOver ? { steal: true } : { signal: waiting.signal };
      isTakingOver = false;
      try {
        await navigator.locks.request(name, options, lead);
      } catch {
        // Given up by `check`, or the lock was taken over by another tab.
        isTakingOver = waiting.signal.aborted && !closing.signal.aborted;
        stopLeading?.();
      }
    }
  }

  /** Notices a leading tab that is silent. */
  function check(): void {
    const now = performance.now();
    // This tab slept itself, and heard nothing for that reason.
    if (now - checkedAt > checkIntervalMs * 3) heardAt = now;
    checkedAt = now;
    if (stopLeading || now - heardAt < maxSilenceMs) return;
    heardAt = now;
    waiting.abort();
  }

  const timer = setInterval(check, checkIntervalMs);
  closing.signal.addEventListener("abort", () => {
    clearInterval(timer);
    waiting.abort();
    channel.close();
  });
  // Without locks, as over plain http, each tab has a stream of its own.
  if ("locks" in navigator) void takeTurns();
  else void lead();
  send({ kind: "hello", position });

  return {
    listeners,
    /** Another page of this tab, which may be older than what the tab has heard. */
    addPage(pagePosition: number): void {
      if (pagePosition < position) {
        if (stopLeading) answer(pagePosition);
        send({ kind: "hello", position: pagePosition });
      }
    },
    close: () => closing.abort(),
    get isClosed() {
      return closing.signal.aborted;
    },
  };
}

const connections = new Map<string, ReturnType<typeof openConnection>>();

/**
 * Calls `onEvent` for changes after `position` until the returned function is called.
 *
 * @param sessionKey tells the sessions of a browser apart
 */
export function listenForChanges(
  options: { scope: PortalScope; sessionKey: string; position: number },
  onEvent: Listener,
): () => void {
  const { scope, sessionKey, position } = options;
  const name = `live/${sessionKey}/${scope.tenant}/${scope.environment}`;
  let connection = connections.get(name);
  if (!connection || connection.isClosed) {
    connection = openConnection(name, scope, position);
    connections.set(name, connection);
    connection.listeners.add(onEvent);
  } else {
    connection.listeners.add(onEvent);
    connection.addPage(position);
  }
  const { listeners, close } = connection;
  return () => {
    listeners.delete(onEvent);
    setTimeout(() => {
      if (listeners.size > 0) return;
      close();
      if (connections.get(name)?.listeners === listeners) connections.delete(name);
    }, lingerMs);
  };
}
