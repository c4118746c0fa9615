import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveEvent } from "@/server/schemas/live";

/** What a browser has and Node does not: streams that the test feeds. */
class FakeEventSource extends EventTarget {
  static opened: FakeEventSource[] = [];
  isClosed = false;
  onmessage: ((event: MessageEvent) => void) | null = null;
  constructor(readonly url: string) {
    super();
    FakeEventSource.opened.push(this);
  }
  get lastEventId() {
    const { searchParams } = new URL(this.url, "http://localhost");
    return JSON.parse(searchParams.get("input") ?? "{}").lastEventId;
  }
  send(event: Partial<LiveEvent>) {
    const data = JSON.stringify({ position: 0, isReload: false, changes: [], ...event });
    this.onmessage?.(new MessageEvent("message", { data }));
  }
  close() {
    this.isClosed = true;
  }
}

const openStreams = () => FakeEventSource.opened.filter(({ isClosed }) => !isClosed);
const linkChange = (subjectId: string) => ({ topic: "links" as const, subjectId });
const closers: (() => void)[] = [];

/** A tab: a copy of the module, as each tab has its own. */
async function openTab(scope = "one", position = 5, sessionKey = "session") {
  vi.resetModules();
  const { listenForChanges } = await import("@/components/live/connection");
  const events: LiveEvent[] = [];
  const stop = listenForChanges(
    { scope: { tenant: scope, environment: "sandbox" }, sessionKey, position },
    (event) => events.push(event),
  );
  closers.push(stop);
  return {
    events,
    stop,
    subjects: () => events.flatMap(({ changes }) => changes.map(({ subjectId }) => subjectId)),
  };
}

const waitUntil = (assertion: () => void) => vi.waitFor(assertion, { timeout: 5_000 });

beforeEach(() => {
  FakeEventSource.opened = [];
  vi.stubGlobal("EventSource", FakeEventSource);
});

afterEach(async () => {
  vi.useRealTimers();
  for (const close of closers.splice(0)) close();
  // The connection outlives its last page for a moment, and then frees the lock.
  await sleep(2_200);
  vi.unstubAllGlobals();
});

describe("the tabs of a browser", () => {
  it("tabs share one stream, which starts where the page is", async () => {
    const [first, second] = [await openTab(), await openTab()];
    await waitUntil(() => expect(openStreams()).toHaveLength(1));
    const [stream] = openStreams();
    expect(stream?.lastEventId).toBe("5");
    stream?.send({ position: 6, changes: [linkChange("a")] });
    await waitUntil(() => expect(second.subjects()).toContain("a"));
    expect(first.subjects()).toContain("a");
    expect(openStreams()).toHaveLength(1);
  });

  it("a topic that this page does not know hides no other change", async () => {
    const tab = await openTab();
    await waitUntil(() => expect(openStreams()).toHaveLength(1));
    // As a newer version of the portal sends it to pages that were open before.
    const changes = [{ topic: "letters", subjectId: null }, linkChange("a")];
    openStreams()[0]?.send({ position: 6, changes: changes as LiveEvent["changes"] });
    await waitUntil(() => expect(tab.subjects()).toEqual([null, "a"]));
  });

  it("tabs of another organisation or session receive nothing", async () => {
    const own = await openTab("one");
    await waitUntil(() => expect(openStreams()).toHaveLength(1));
    const tenant = await openTab("two");
    const session = await openTab("one", 5, "other");
    await waitUntil(() => expect(openStreams()).toHaveLength(3));
    openStreams()[0]?.send({ position: 6, changes: [linkChange("a")] });
    await waitUntil(() => expect(own.subjects()).toEqual(["a"]));
    await sleep(50);
    expect([...tenant.events, ...session.events]).toEqual([]);
  });

  it("a fourth organisation polls: its stream would take the last connections of the browser", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(new URL(url, "http://localhost").pathname);
      const data = { position: 8, isReload: false, changes: [linkChange("polled")] };
      return Response.json({ result: { data } });
    });
    for (const scope of ["one", "two", "three"]) await openTab(scope);
    await waitUntil(() => expect(openStreams()).toHaveLength(3));
    const fourth = await openTab("four");
    await waitUntil(() => expect(fourth.subjects()).toContain("polled"));
    expect(asked[0]).toBe("/api/trpc/four/sandbox/live.since");
    expect(openStreams()).toHaveLength(3);
  });

  it("a new tab receives what its page does not show yet", async () => {
    await openTab("one", 5);
    await waitUntil(() => expect(openStreams()).toHaveLength(1));
    openStreams()[0]?.send({ position: 6, changes: [linkChange("a")] });
    openStreams()[0]?.send({ position: 7, changes: [linkChange("b")] });
    const upToDate = await openTab("one", 7);
    const behind = await openTab("one", 6);
    await waitUntil(() => expect(behind.subjects()).toEqual(["b"]));
    expect(upToDate.events.every(({ position }) => position <= 7)).toBe(true);
    const tooOld = await openTab("one", 3);
    await waitUntil(() => expect(tooOld.events.some(({ isReload }) => isReload)).toBe(true));
  });

  it("a tab takes over from one that closes, at its position", async () => {
    const first = await openTab("one", 5);
    await waitUntil(() => expect(openStreams()).toHaveLength(1));
    const second = await openTab("one", 5);
    openStreams()[0]?.send({ position: 9, changes: [linkChange("a")] });
    await waitUntil(() => expect(second.subjects()).toContain("a"));
    first.stop();
    await waitUntil(() => expect(FakeEventSource.opened).toHaveLength(2));
    await waitUntil(() => expect(openStreams()).toHaveLength(1));
    expect(openStreams()[0]?.lastEventId).toBe("9");
  });

  it("a tab takes over from one that sends nothing, such as a frozen one", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "performance"] });
    const lockName = "live/session/one/sandbox";
    const lost = vi.fn<() => void>();
    // It has the lock and says nothing.
    const frozen = navigator.locks.request(lockName, () => new Promise(() => undefined));
    frozen.catch(lost);
    const tab = await openTab("one", 5);
    const elapse = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 5_000) {
        await vi.advanceTimersByTimeAsync(5_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await elapse(50_000);
    expect(openStreams()).toHaveLength(0);
    await elapse(20_000);
    vi.useRealTimers();
    await waitUntil(() => expect(openStreams()).toHaveLength(1));
    expect(lost).toHaveBeenCalledOnce();
    openStreams()[0]?.send({ position: 6, changes: [linkChange("a")] });
    expect(tab.subjects()).toEqual(["a"]);
  });

  it("a tab stops receiving when another has taken over", async () => {
    const tab = await openTab("one", 5);
    await waitUntil(() => expect(openStreams()).toHaveLength(1));
    const release = Promise.withResolvers<void>();
    void navigator.locks.request(
      "live/session/one/sandbox",
      { steal: true },
      () => release.promise,
    );
    await waitUntil(() => expect(openStreams()).toHaveLength(0));
    const channel = new BroadcastChannel("live/session/one/sandbox");
    const event = { position: 6, isReload: false, changes: [linkChange("a")] };
    channel.postMessage({ kind: "event", event });
    await waitUntil(() => expect(tab.subjects()).toEqual(["a"]));
    channel.close();
    release.resolve();
    // It waits for its turn again.
    await waitUntil(() => expect(openStreams()[0]?.lastEventId).toBe("6"));
  });
});

describe("a stream that fails", () => {
  it("a stream is opened again after a random time, and after three failures the tab polls", {
    timeout: 30_000,
  }, async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(new URL(url, "http://localhost").pathname);
      const data = { position: 8, isReload: false, changes: [linkChange("polled")] };
      return Response.json({ result: { data } });
    });
    const tab = await openTab("one", 5);
    for (let count = 1; count <= 3; count += 1) {
      await vi.waitFor(() => expect(FakeEventSource.opened).toHaveLength(count), {
        timeout: 10_000,
      });
      FakeEventSource.opened[count - 1]?.dispatchEvent(new Event("error"));
    }
    await waitUntil(() => expect(tab.subjects()).toContain("polled"));
    expect(asked[0]).toBe("/api/trpc/one/sandbox/live.since");
    expect(openStreams()).toHaveLength(0);
  });

  it("a stream is not opened again once the session has ended", { timeout: 30_000 }, async () => {
    let calls = 0;
    vi.stubGlobal("fetch", async () => {
      calls += 1;
      const error = {
        message: "Sign in to continue.",
        code: -32001,
        data: { code: "UNAUTHORIZED" },
      };
      return Response.json({ error }, { status: 401 });
    });
    await openTab("one", 5);
    for (let count = 1; count <= 3; count += 1) {
      await vi.waitFor(() => expect(FakeEventSource.opened).toHaveLength(count), {
        timeout: 10_000,
      });
      FakeEventSource.opened[count - 1]?.dispatchEvent(new Event("error"));
    }
    await waitUntil(() => expect(calls).toBe(1));
    await sleep(3_000);
    expect(calls).toBe(1);
    expect(FakeEventSource.opened).toHaveLength(3);
  });
});
