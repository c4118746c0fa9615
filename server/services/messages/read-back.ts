import "server-only";
import { and, asc, eq, isNotNull, lt, lte } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { messages } from "@/db/schema/messages";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import type { HeroError, HeroErrorCode } from "../../hero/errors";
import { getMessage, type HeroMessage } from "../../hero/messages";
import { log } from "../../log";
import type { MessageChannel } from "../../schemas/messages";
import type { TenantContext } from "../../tenancy/context";
import { callHeroForPractice, limiterFor } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { recordChange } from "../live/record-change";
import { isSurvivor } from "../patients/replaced";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import type { MessageRow } from "./load";
import { endedAt, recordMessageAudit, recordMessageEvent } from "./record";
import { loadMessageSettings } from "./settings";
import { maxReplyMs } from "./view";

/** Follows messages that Hero has accepted, by reading only: Hero has no event for their delivery. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long after its last read a message is read again, by its age: 10,000 of them share a key's few calls. */
const readGaps = [
  { youngerThan: minute, gap: 5 * second },
  { youngerThan: 10 * minute, gap: 30 * second },
  { youngerThan: hour, gap: 2 * minute },
  { youngerThan: 24 * hour, gap: 10 * minute },
  { youngerThan: 7 * 24 * hour, gap: hour },
];

/** When a message is read next; null when it has been followed for long enough. */
export function nextReadTime(sentAt: Date, now: Date): Date | null {
  const age = now.getTime() - sentAt.getTime();
  const gap = readGaps.find(({ youngerThan }) => age < youngerThan)?.gap;
  return gap === undefined ? null : new Date(now.getTime() + gap);
}

/** While one worker reads a message, others leave it. */
const readLeaseMs = minute;

type SentRow = MessageRow & { heroMessageId: string };

const isSent = (row: MessageRow): row is SentRow => row.heroMessageId !== null;

async function leaseRead(
  ctx: TenantContext,
  practiceId: string,
  now: Date,
): Promise<SentRow | null> {
  return db.tenant(ctx, async (tx) => {
    const [due] = await tx
      .select()
      .from(messages)
      .where(
        and(
          inScope(messages, ctx),
          eq(messages.practiceId, practiceId),
          isNotNull(messages.heroMessageId),
          lte(messages.nextReadAt, now),
        ),
      )
      .orderBy(asc(messages.nextReadAt))
      .limit(1)
      .for("update", { skipLocked: true });
    if (!due || !isSent(due)) return null;
    await tx
      .update(messages)
      .set({ nextReadAt: new Date(now.getTime() + readLeaseMs) })
      .where(and(inScope(messages, ctx), eq(messages.id, due.id)));
    return due;
  });
}

/** Answers about one message, after which the practice's next one may be read. */
const answersAboutMessage: readonly string[] = [
  "not_found",
  "unreadable_reply",
  "bad_request",
  "conflict",
  "refused",
] satisfies HeroErrorCode[];

/**
 * Reads the practice's message that has waited longest for it, and stores what Hero's record says.
 *
 * @returns `stopped` when Hero or the key is not available, so that the practice's others can wait as well
 */
export async function readNextMessage(
  ctx: TenantContext,
  practiceId: string,
  now = () => new Date(),
): Promise<"read" | "none" | "stopped"> {
  const row = await leaseRead(ctx, practiceId, now());
  if (!row) return "none";
  let practice: PracticeWithKey;
  try {
    practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
  } catch (error) {
    // Disconnected, or without a key.
    if (!(error instanceof NotFoundError || error instanceof ConflictError)) throw error;
    await db.tenant(ctx, (tx) => readLater(tx, ctx, row, now()));
    return "stopped";
  }
  const outcome = await callHeroForPractice(
    ctx,
    practice,
    (hero) => getMessage(hero, row.heroMessageId),
    limiterFor(ctx, practice, "low"),
  );
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    if (outcome.ok) await saveReading(tx, ctx, row, outcome.result, now());
  });
  if (outcome.ok) return "read";
  await db.tenant(ctx, (tx) => readLater(tx, ctx, row, now(), outcome.error));
  return answersAboutMessage.includes(outcome.error.code) ? "read" : "stopped";
}

/** Nothing was learned: the message keeps its state. */
async function readLater(
  tx: Transaction,
  ctx: TenantContext,
  row: SentRow,
  now: Date,
  error?: HeroError,
): Promise<void> {
  const next = nextReadTime(row.sentAt ?? row.createdAt, now);
  const retryAt = now.getTime() + (error?.details.retryAfterMs ?? 0);
  await tx
    .update(messages)
    .set(
      next === null
        ? endedAt(now, await loadMessageSettings(tx, ctx))
        : { nextReadAt: new Date(Math.max(next.getTime(), retryAt)) },
    )
    .where(isSame(ctx, row));
}

const isSame = (ctx: TenantContext, row: SentRow) =>
  and(
    inScope(messages, ctx),
    eq(messages.id, row.id),
    eq(messages.heroMessageId, row.heroMessageId),
  );

const channels = {
  hero: "note",
  sms: "sms",
  email: "email",
  nhs_app: "nhs_app",
} as const satisfies Record<NonNullable<HeroMessage["channel"]>, MessageChannel>;

/** Hero's states, later ones only: a message that was delivered does not become "sent" again. */
const order: readonly MessageRow["state"][] = ["sent", "delivered", "opened"];

/** Hero sends a fallback after an hour. */
const maxFallbackMs = 2 * hour;

/** Whether a failure may be the NHS App's only, and the fallback is still to come. */
const awaitsFallback = (row: MessageRow, { channel }: HeroMessage, now: Date): boolean =>
  row.fallbackChannel !== null &&
  (channel === null || channels[channel] !== row.fallbackChannel) &&
  now.getTime() - (row.sentAt ?? row.createdAt).getTime() < maxFallbackMs;

function stateAfter(row: MessageRow, reading: HeroMessage, now: Date): MessageRow["state"] {
  const { state } = row;
  if (reading.state === "failed") {
    return state === "opened" || awaitsFallback(row, reading, now) ? state : "failed";
  }
  const read = reading.state === "in_progress" ? "sent" : reading.state;
  return order.indexOf(read) > order.indexOf(state) ? read : state;
}

/** Whether nothing more is to be expected of it. */
function isFinal(
  row: MessageRow,
  state: MessageRow["state"],
  { recordWrite }: HeroMessage,
): boolean {
  const awaitsRecord =
    row.recordWrite !== "none" &&
    recordWrite?.state !== "written" &&
    recordWrite?.state !== "failed";
  if (state === "failed") return true;
  if (awaitsRecord) return false;
  if (row.channel === "note") return true;
  return state === "opened" || (state === "delivered" && row.channel !== "nhs_app");
}

/**
 * Stores Hero's record of a message. When the first reading is another patient's or another link's, the ID in
 * the reply was not this message's: then nothing is known of it. A later one proves no such thing.
 */
async function saveReading(
  tx: Transaction,
  ctx: TenantContext,
  leased: SentRow,
  reading: HeroMessage,
  now: Date,
): Promise<void> {
  const [row] = await tx.select().from(messages).where(isSame(ctx, leased)).for("update");
  if (!row) return;
  const settings = await loadMessageSettings(tx, ctx);
  if (!(await isAbout(tx, ctx, row, reading))) {
    // It was read as this message before. The patient may have been merged in Hero.
    if (row.refreshedAt !== null) return readLater(tx, ctx, leased, now);
    const [unknown] = await tx
      .update(messages)
      .set({
        ...endedAt(now, settings),
        state: "unknown",
        heroMessageId: null,
        failure:
          "The ID in Hero's reply is another message's. The portal cannot find out whether this one was sent.",
        failureCode: "other_message",
        refreshedAt: now,
      })
      .where(isSame(ctx, leased))
      .returning();
    if (!unknown) return;
    await recordMessageAudit(tx, ctx, "message.unknown", unknown, { errorCode: "other_message" });
    await recordMessageEvent(tx, ctx, "message.unknown", unknown);
    return;
  }
  const state = stateAfter(row, reading, now);
  const next = isFinal(row, state, reading) ? null : nextReadTime(row.sentAt ?? row.createdAt, now);
  const hasArrived = state === "delivered" || state === "opened";
  const [saved] = await tx
    .update(messages)
    .set({
      ...(next === null ? endedAt(now, settings) : { nextReadAt: next }),
      state,
      refreshedAt: now,
      heroStatus: reading.status,
      ...(hasArrived && !row.deliveredAt && { deliveredAt: now }),
      ...(hasArrived && reading.channel && { deliveredChannel: channels[reading.channel] }),
      ...(state === "failed" && {
        failure: reading.failure ?? "Hero could not deliver it.",
        failureCode: "not_delivered",
      }),
      ...(reading.recordWrite && {
        recordWriteStatus: reading.recordWrite.status,
        recordWriteFailure:
          reading.recordWrite.failure ??
          (reading.recordWrite.state === "failed" ? "Hero gave no reason." : null),
      }),
    })
    .where(isSame(ctx, leased))
    .returning();
  if (saved) await recordNewState(tx, ctx, row, saved);
}

/** Whether Hero's record is about this message. What it does not say contradicts nothing. */
async function isAbout(
  tx: Transaction,
  ctx: TenantContext,
  row: MessageRow,
  reading: HeroMessage,
): Promise<boolean> {
  const { patientId, linkId } = row;
  if (reading.patientId !== null && reading.patientId !== patientId) {
    if (!(await isSurvivor(tx, ctx, row, reading.patientId))) return false;
  }
  if (reading.linkId === null || linkId === null) return true;
  const [link] = await tx
    .select({ heroLinkId: links.heroLinkId })
    .from(links)
    .where(and(inScope(links, ctx), eq(links.id, linkId)));
  return !link?.heroLinkId || link.heroLinkId === reading.linkId;
}

/** Audit, events and open pages, when the state has changed. */
async function recordNewState(
  tx: Transaction,
  ctx: TenantContext,
  before: MessageRow,
  after: MessageRow,
): Promise<void> {
  if (before.state === after.state) {
    const isShown =
      before.heroStatus !== after.heroStatus ||
      before.recordWriteStatus !== after.recordWriteStatus;
    if (isShown) await recordChange(tx, ctx, "messages", after.id);
    return;
  }
  if (after.state === "failed") {
    await recordMessageAudit(tx, ctx, "message.failed", after, { errorCode: after.failureCode });
    await recordMessageEvent(tx, ctx, "message.failed", after);
    return;
  }
  const isOpened = after.state === "opened";
  await recordMessageAudit(tx, ctx, isOpened ? "message.opened" : "message.delivered", after);
  // A note reaches nobody.
  if (after.channel !== "note") await recordMessageEvent(tx, ctx, "message.delivered", after);
}

/**
 * Makes messages of a practice unknown that were claimed minutes ago: the process that sent them has died
 * before it stored Hero's reply, which alone had the ID. They are not sent again.
 */
export async function resolveLostMessages(
  ctx: TenantContext,
  practiceId: string,
  now = new Date(),
): Promise<number> {
  return db.tenant(ctx, async (tx) => {
    const lost = await tx
      .update(messages)
      .set({
        ...endedAt(now, await loadMessageSettings(tx, ctx)),
        state: "unknown",
        failureCode: "reply_lost",
      })
      .where(
        and(
          inScope(messages, ctx),
          eq(messages.practiceId, practiceId),
          eq(messages.state, "sending"),
          lt(messages.claimedAt, new Date(now.getTime() - maxReplyMs())),
        ),
      )
      .returning();
    for (const row of lost) {
      await recordMessageAudit(tx, ctx, "message.unknown", row, { errorCode: "reply_lost" });
      await recordMessageEvent(tx, ctx, "message.unknown", row);
    }
    if (lost.length > 0) {
      log("warn", "messages without an ID", { tenantId: ctx.tenantId, count: lost.length });
    }
    return lost.length;
  });
}
