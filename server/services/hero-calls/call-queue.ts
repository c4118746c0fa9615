import "server-only";

/** A call that waits for its turn. */
export type QueuedCall = {
  readonly actorId: string;
  readonly isWrite: boolean;
  /** Work that nobody waits for: it starts only when no other call waits. */
  readonly isLowPriority?: boolean;
  readonly deadline: number;
  readonly start: (slot: string) => void;
  /** @param waitMs after which another try may succeed */
  readonly refuse: (waitMs: number) => void;
  readonly fail: (error: unknown) => void;
};

/** A read that has this long left counts as a write, so that writes cannot keep it back for ever. */
const urgentMs = 4000;

/** Low-priority calls go last, however long they have waited. */
function rankOf(call: QueuedCall, urgentBefore: number): number {
  if (call.isLowPriority) return 2;
  return call.isWrite || call.deadline < urgentBefore ? 0 : 1;
}

/**
 * The calls with one Hero key in one process. Writes go before reads, and both before low-priority calls.
 * Between equals the person goes first
 * whose last turn is longest ago, and nobody has all slots at once.
 */
export class CallQueue {
  /** Whether a loop is getting slots for these calls. */
  isServed = false;
  private waiting: QueuedCall[] = [];
  private readonly running = new Map<string, number>();
  private readonly lastTurns = new Map<string, number>();
  private turns = 0;
  private endSleep: () => void = () => undefined;
  private readonly maxPerActor: number;

  /** @param slots how many calls may run at once, in all processes together */
  constructor(slots: number) {
    this.maxPerActor = Math.max(1, slots - 1);
  }

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  get isIdle(): boolean {
    return !this.isServed && !this.hasWaiting && this.running.size === 0;
  }

  add(call: QueuedCall): void {
    this.waiting.push(call);
  }

  /** How many calls would start before a new one, when every person has a turn in each round. */
  countBefore(actorId: string, isWrite: boolean): number {
    const counts = new Map<string, number>([[actorId, 0]]);
    for (const call of this.waiting) {
      if (isWrite && !call.isWrite) continue;
      counts.set(call.actorId, (counts.get(call.actorId) ?? 0) + 1);
    }
    const own = counts.get(actorId) ?? 0;
    let before = 0;
    for (const [id, count] of counts) before += id === actorId ? own : Math.min(count, own + 1);
    return before;
  }

  /** Whether all calls that wait are low-priority ones. */
  get hasOnlyLowPriority(): boolean {
    return this.waiting.every(({ isLowPriority }) => isLowPriority);
  }

  /** How many calls may start now, if there are slots: of each person, as many as are allowed. */
  countStartable(): number {
    const counts = new Map<string, number>();
    const { hasOnlyLowPriority } = this;
    for (const { actorId, isLowPriority } of this.waiting) {
      if (isLowPriority && !hasOnlyLowPriority) continue;
      counts.set(actorId, (counts.get(actorId) ?? 0) + 1);
    }
    let startable = 0;
    for (const [actorId, count] of counts) {
      startable += Math.min(count, this.maxPerActor - (this.running.get(actorId) ?? 0));
    }
    return startable;
  }

  /** The call whose turn it is; undefined when each person who waits has as many running as allowed. */
  next(): QueuedCall | undefined {
    const urgentBefore = performance.now() + urgentMs;
    const lastTurn = ({ actorId }: QueuedCall) => this.lastTurns.get(actorId) ?? 0;
    let first: QueuedCall | undefined;
    for (const call of this.waiting) {
      if ((this.running.get(call.actorId) ?? 0) >= this.maxPerActor) continue;
      const difference = first
        ? rankOf(call, urgentBefore) - rankOf(first, urgentBefore) ||
          lastTurn(call) - lastTurn(first)
        : -1;
      if (difference < 0) first = call;
    }
    return first;
  }

  start(call: QueuedCall, slot: string): void {
    this.waiting = this.waiting.filter((other) => other !== call);
    this.turns += 1;
    this.lastTurns.set(call.actorId, this.turns);
    this.running.set(call.actorId, (this.running.get(call.actorId) ?? 0) + 1);
    call.start(slot);
  }

  finish(actorId: string): void {
    const count = (this.running.get(actorId) ?? 0) - 1;
    if (count > 0) this.running.set(actorId, count);
    else this.running.delete(actorId);
    this.wake();
  }

  /** Refuses the calls whose time is up. @param msPerCall the time between two calls at the full rate */
  refuseLate(msPerCall: number): void {
    const now = performance.now();
    this.refuse(
      ({ deadline }) => deadline <= now,
      (position) => position * msPerCall,
    );
  }

  /** Refuses the calls that cannot start in time, because none can start for so long. */
  refuseUntil(waitMs: number): void {
    const startsAt = performance.now() + waitMs;
    this.refuse(
      ({ deadline }) => deadline < startsAt,
      () => waitMs,
    );
  }

  failAll(error: unknown): void {
    for (const call of this.waiting) call.fail(error);
    this.waiting = [];
  }

  /** Waits, at most until a call is added or ends. */
  async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake(): void {
    this.endSleep();
  }

  private refuse(isRefused: (call: QueuedCall) => boolean, waitMs: (position: number) => number) {
    const refused = this.waiting.filter(isRefused);
    if (refused.length === 0) return;
    this.waiting = this.waiting.filter((call) => !isRefused(call));
    refused.forEach((call, position) => call.refuse(waitMs(this.waiting.length + position)));
  }
}
