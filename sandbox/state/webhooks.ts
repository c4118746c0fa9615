import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Clock } from "./clock";
import type { WebhookRecord } from "./model";

const maxParallel = 24;
const timeLimitMs = 10_000;
/** More than a burst and its duplicates. */
const maxListed = 40_000;
/** Until deliveries that wait to be reordered are sent although no further one came. */
const reorderWaitMs = 200;

/** The body of a delivery. Hero documents no other field. */
export interface WebhookEvent {
  object: string;
  id: string;
  practice_group_id: string;
  event: string;
}

/** Whose registrations hear of an event. */
export interface WebhookScope {
  practiceGroupId: string;
  keySuffix: string;
}

const share = z.number().min(0).max(1);

/**
 * How deliveries to a key's registrations go wrong. A share of 0.3 is exactly 3 of each 10, evenly spread.
 */
export const webhookScriptInput = z.strictObject({
  /** The share that is sent twice. */
  duplicates: share.default(0),
  /** The share that is never sent. */
  lost: share.default(0),
  /** The share that is signed with another key. */
  wrongSignatures: share.default(0),
  /** Deliveries are sent in groups of this size, each in reverse. */
  reorderIn: z.int().min(2).max(10_000).optional(),
  delayMs: z.int().min(0).max(600_000).default(0),
  /** How long before its arrival a delivery says that it was sent; negative for after. */
  ageMs: z.int().default(0),
  /** Instead of the practice of the event. */
  practiceGroupId: z.string().optional(),
  timestamps: z.enum(["seconds", "milliseconds", "iso"]).optional(),
  /** How often a delivery without a 2xx answer is sent again, with its first timestamp. */
  retries: z.int().min(0).max(10).optional(),
  retryDelayMs: z.int().min(0).max(60_000).default(100),
});
export type WebhookScript = z.infer<typeof webhookScriptInput>;

/** A delivery that was sent, or was scripted not to be (`isLost`). */
export interface SentWebhook {
  webhookId: string;
  keySuffix: string;
  url: string;
  body: WebhookEvent;
  timestamp: string;
  /** 1 for the first; higher for what was sent again. */
  attempt: number;
  isLost: boolean;
  hasWrongSignature: boolean;
  /** Null without an answer, and until it arrives. */
  status: number | null;
  error: string | null;
}

type ShareName = "duplicates" | "lost" | "wrongSignatures";

/** Spreads shares evenly: true whenever they have added up to another whole. */
class Shares {
  private sums: Record<ShareName, number> = { duplicates: 0, lost: 0, wrongSignatures: 0 };

  isNext(name: ShareName, addend: number): boolean {
    const before = Math.floor(this.sums[name] + 1e-9);
    this.sums[name] += addend;
    return Math.floor(this.sums[name] + 1e-9) > before;
  }
}

/** Registrations, and the deliveries to them. */
export class Webhooks {
  records = new Map<string, WebhookRecord>();
  private scripts = new Map<string, { script: WebhookScript; shares: Shares }>();
  private sent: SentWebhook[] = [];
  private held = new Map<string, (() => void)[]>();
  private running = 0;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly nextId: () => string,
  ) {}

  add(input: Omit<WebhookRecord, "id" | "createdAtMs">): WebhookRecord {
    const record = { ...input, id: this.nextId(), createdAtMs: this.clock.nowMs() };
    this.records.set(record.id, record);
    return record;
  }

  /** Oldest first. */
  list(scope: WebhookScope): WebhookRecord[] {
    return [...this.records.values()].filter(
      (record) =>
        record.practiceGroupId === scope.practiceGroupId && record.keySuffix === scope.keySuffix,
    );
  }

  /** Applies to all deliveries from now on; null sends them normally again. */
  setScript(keySuffix: string, script: WebhookScript | null): void {
    if (script) this.scripts.set(keySuffix, { script, shares: new Shares() });
    else this.scripts.delete(keySuffix);
  }

  /** In the order they were sent; of a lost one, in the order of the events. */
  listSent(keySuffix?: string): SentWebhook[] {
    return this.sent.filter((sent) => keySuffix === undefined || sent.keySuffix === keySuffix);
  }

  clearSent(keySuffix?: string): void {
    this.sent = this.sent.filter((sent) => keySuffix !== undefined && sent.keySuffix !== keySuffix);
  }

  clear(): void {
    this.records.clear();
    this.scripts.clear();
    this.clearSent();
  }

  /**
   * Delivers an event to each registration for it, and returns what was sent once all have answered.
   * @param options.toEventType delivers it to the registrations for this event type instead
   * @param options.ageMs beside that of the script
   */
  async send(
    body: WebhookEvent,
    scope: WebhookScope,
    { toEventType = body.event, ageMs = 0 } = {},
  ): Promise<SentWebhook[]> {
    const records = this.list(scope).filter((record) => record.eventType === toEventType);
    const sent = await Promise.all(records.map((record) => this.deliver(record, body, ageMs)));
    return sent.flat();
  }

  private async deliver(
    record: WebhookRecord,
    event: WebhookEvent,
    ageMs: number,
  ): Promise<SentWebhook[]> {
    const { keySuffix, hasSecondDialect } = record;
    const scripted = this.scripts.get(keySuffix);
    const script = scripted?.script ?? webhookScriptInput.parse({});
    const isNext = (name: ShareName) => scripted?.shares.isNext(name, script[name]) ?? false;
    const copies = isNext("duplicates") ? 2 : 1;
    const isLost = isNext("lost");
    const hasWrongSignature = isNext("wrongSignatures");
    const practice_group_id = script.practiceGroupId ?? event.practice_group_id;
    const first = (): SentWebhook => ({
      webhookId: record.id,
      keySuffix,
      url: record.url,
      body: { ...event, practice_group_id },
      timestamp: formatTimestamp(
        this.clock.nowMs() - script.ageMs - ageMs,
        script.timestamps ?? (hasSecondDialect ? "iso" : "seconds"),
      ),
      ...{ attempt: 1, isLost, hasWrongSignature, status: null, error: null },
    });
    if (isLost) return [this.note(first())];
    if (script.delayMs > 0) await sleep(script.delayMs);
    if (script.reorderIn !== undefined) await this.waitForOrder(keySuffix, script.reorderIn);
    const retries = script.retries ?? (hasSecondDialect ? 2 : 0);
    const sent: SentWebhook[] = [];
    const original = first();
    for (let copy = 0; copy < copies; copy += 1) {
      for (let attempt = 1; attempt <= 1 + retries; attempt += 1) {
        if (attempt > 1) await sleep(script.retryDelayMs);
        const entry = this.note({ ...original, attempt: copy + attempt });
        sent.push(entry);
        await this.inTurn(() => post(record, entry));
        if (entry.status !== null && entry.status >= 200 && entry.status < 300) break;
      }
    }
    return sent;
  }

  private note(entry: SentWebhook): SentWebhook {
    this.sent.push(entry);
    if (this.sent.length > maxListed) this.sent.shift();
    return entry;
  }

  private async waitForOrder(keySuffix: string, size: number): Promise<void> {
    const held = this.held.get(keySuffix) ?? [];
    this.held.set(keySuffix, held);
    const released = new Promise<void>((resolve) => held.push(resolve));
    const release = () => {
      if (this.held.get(keySuffix) === held) this.held.delete(keySuffix);
      for (const resolve of held.splice(0).reverse()) resolve();
    };
    if (held.length >= size) release();
    else setTimeout(release, reorderWaitMs).unref();
    await released;
  }

  private async inTurn(work: () => Promise<void>): Promise<void> {
    if (this.running >= maxParallel) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running += 1;
    try {
      await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

function formatTimestamp(ms: number, format: "seconds" | "milliseconds" | "iso"): string {
  if (format === "seconds") return String(Math.floor(ms / 1000));
  return format === "iso" ? new Date(ms).toISOString() : String(ms);
}

async function post(record: WebhookRecord, entry: SentWebhook): Promise<void> {
  const { object, id, practice_group_id, event } = entry.body;
  const body = JSON.stringify({ object, id, practice_group_id, event });
  try {
    const response = await fetch(record.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...record.headers,
        ...signatureHeaders(record, entry, body),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeLimitMs),
    });
    entry.status = response.status;
    await response.body?.cancel();
  } catch (error) {
    entry.error = error instanceof Error ? error.name : "Error";
  }
}

/** Without a signing key there are none. The second dialect writes base64 with a prefix. */
function signatureHeaders(
  { signingKey, hasSecondDialect }: WebhookRecord,
  { timestamp, hasWrongSignature }: SentWebhook,
  body: string,
): Record<string, string> {
  if (signingKey === null) return {};
  const key = hasWrongSignature ? `${signingKey}x` : signingKey;
  const hmac = createHmac("sha256", key).update(`${timestamp}.${body}`);
  return {
    "X-Herohealth-Timestamp": timestamp,
    "X-Herohealth-Signature": hasSecondDialect
      ? `sha256=${hmac.digest("base64")}`
      : hmac.digest("hex"),
  };
}
