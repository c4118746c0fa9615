import "server-only";
import { and, asc, eq, exists, gt, inArray, isNotNull, isNull, lte, or } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { links } from "@/db/schema/links";
import { messageBatches } from "@/db/schema/message-batches";
import { messages } from "@/db/schema/messages";
import { memberships } from "@/db/schema/organisations";
import { inScope, inTenant } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import { HeroError, type HeroErrorCode } from "../../hero/errors";
import { type NewMessage, sendMessage } from "../../hero/messages";
import { describeError, log } from "../../log";
import type { MessageChannel, MessageSettings } from "../../schemas/messages";
import { isAllowed, type Permission } from "../../schemas/permissions";
import type { TenantContext } from "../../tenancy/context";
import { callHeroForPractice, type HeroOutcome, withHeroSlot } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { refreshLink } from "../links/refresh";
import { endRemindersOfRecipient, findEndOfReminder } from "../message-batches/end-reminders";
import { pauseAfterFailure, pauseForTrouble } from "../message-batches/trouble";
import { checkPatient, type PatientCheck } from "../patients/check";
import { recordReplacedPatient } from "../patients/replaced";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { type Assessment, assessMessage, loadMessageFacts, type MessageDraft } from "./assess";
import { loadKeyOfMessage, openContent, sealContent } from "./content";
import type { MessageRow } from "./load";
import { fingerprintOf, firstSendTime } from "./preview";
import { endedAt, maxHeldMs, recordMessageAudit, recordMessageEvent } from "./record";
import { loadMessageSettings } from "./settings";
import { isFallback, lostReply } from "./view";

/**
 * The only code that sends a message (`tests/architecture.test.ts`). Everything that was reviewed is read
 * again first, and what differs or cannot be read holds the message for a person. The row is then claimed
 * in one statement before the one call, so that neither a second worker nor a restart can send it again.
 */

/** Longer than the reads before a message usually take. */
const leaseMs = 60_000;
/** A message that is later than this was not sent at the time that a person chose. */
const maxLateMs = 3_600_000;
/** The reads and the wait for a turn may end in quiet hours that had not begun. */
const quietToleranceMs = 5 * 60_000;
/** Before another try, when too many calls wait for a turn with the key. */
const busyDelayMs = 1_000;
/** Between tries to read what is due while Hero fails, and how long they go on. */
const unreadableDelayMs = 20_000;
const maxUnreadableMs = 10 * 60_000;
/** Failures of Hero or the network that may pass. */
const passingFailures: readonly string[] = [
  "rate_limited",
  "upstream_failed",
  "timed_out",
  "connection_lost",
  "unreachable",
] satisfies HeroErrorCode[];
/** Waits before the other tries to store Hero's reply: the message stays `sending` for less than a minute. */
const storeDelaysMs = [500, 1_500, 4_000, 8_000, 16_000];

type LeasedRow = MessageRow & { leasedUntil: Date };

/** The batch of a message, if it may be sent: paused and stopped ones may not, and finished ones only remind. */
const selectSendingBatch = (tx: Transaction, ctx: TenantContext) =>
  tx
    .select({ id: messageBatches.id })
    .from(messageBatches)
    .where(
      and(
        inScope(messageBatches, ctx),
        eq(messageBatches.id, messages.batchId),
        or(
          eq(messageBatches.state, "sending"),
          and(eq(messageBatches.state, "finished"), gt(messages.reminderNumber, 0)),
        ),
      ),
    );

/** Leases the practice's message that has been due longest; null when none is. */
async function leaseDue(
  ctx: TenantContext,
  practiceId: string,
  now: Date,
): Promise<LeasedRow | null> {
  const leasedUntil = new Date(now.getTime() + leaseMs);
  return db.tenant(ctx, async (tx) => {
    const [due] = await tx
      .select()
      .from(messages)
      .where(
        and(
          inScope(messages, ctx),
          eq(messages.practiceId, practiceId),
          eq(messages.state, "scheduled"),
          lte(messages.sendAt, now),
          or(isNull(messages.leasedUntil), lte(messages.leasedUntil, now)),
          or(isNull(messages.batchId), exists(selectSendingBatch(tx, ctx))),
        ),
      )
      // Someone waits for a single message.
      .orderBy(asc(isNotNull(messages.batchId)), asc(messages.sendAt), asc(messages.id))
      .limit(1)
      .for("update", { skipLocked: true });
    if (!due) return null;
    await tx.update(messages).set({ leasedUntil }).where(isMessage(ctx, due));
    return { ...due, leasedUntil };
  });
}

const isMessage = (ctx: TenantContext, { id }: Pick<MessageRow, "id">) =>
  and(inScope(messages, ctx), eq(messages.id, id));

/** Still waiting, and leased by this worker. */
const isLeased = (ctx: TenantContext, row: LeasedRow) =>
  and(
    isMessage(ctx, row),
    eq(messages.state, "scheduled"),
    eq(messages.leasedUntil, row.leasedUntil),
  );

/** Why a message is not sent now. */
class HoldReason extends Error {
  override name = "HoldReason";

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/**
 * Releases the practice's message that has been due longest: sends it, or holds it for a person.
 *
 * @returns `stopped` when the key is busy, so that the practice's others can wait as well
 */
export async function releaseNextMessage(
  ctx: TenantContext,
  practiceId: string,
  now = () => new Date(),
): Promise<"released" | "none" | "stopped"> {
  const row = await leaseDue(ctx, practiceId, now());
  if (!row) return "none";
  try {
    const failure = await release(ctx, row, now);
    if (failure) await pauseAfterFailure(ctx, row, failure);
    return "released";
  } catch (error) {
    if (error instanceof HeroError && error.code === "busy") {
      // Nothing was read or sent: it has its turn a little later.
      const leasedUntil = new Date(now().getTime() + busyDelayMs);
      await db.tenant(ctx, (tx) =>
        tx.update(messages).set({ leasedUntil }).where(isLeased(ctx, row)),
      );
      return "stopped";
    }
    if (await retryLater(ctx, row, error, now())) return "stopped";
    const reason = toHoldReason(ctx, error);
    if (await keepForBatch(ctx, row, reason, now())) return "released";
    if (await endReminder(ctx, row, reason, now())) return "released";
    await db.tenant(ctx, (tx) => hold(tx, ctx, row, reason, now()));
    await pauseAfterFailure(ctx, row, reason);
    return "released";
  }
}

/**
 * Keeps a message scheduled that could not be read because of a failure that may pass, for some minutes and while it
 * may still leave then. Nothing was claimed.
 *
 * @returns false when it is to be held instead
 */
async function retryLater(
  ctx: TenantContext,
  row: LeasedRow,
  error: unknown,
  now: Date,
): Promise<boolean> {
  if (!(error instanceof HeroError) || !passingFailures.includes(error.code)) return false;
  const unreadableSince = row.unreadableSince ?? now;
  const delayMs = Math.max(error.details.retryAfterMs ?? 0, unreadableDelayMs);
  const retryAt = new Date(now.getTime() + delayMs);
  if (retryAt.getTime() - unreadableSince.getTime() > maxUnreadableMs) return false;
  return db.tenant(ctx, async (tx) => {
    if (findLateReason(row, await loadMessageSettings(tx, ctx), retryAt)) return false;
    const waiting = await tx
      .update(messages)
      .set({ leasedUntil: retryAt, unreadableSince })
      .where(isLeased(ctx, row))
      .returning({ id: messages.id });
    return waiting.length > 0;
  });
}

/**
 * Keeps a message of a batch scheduled: until quiet hours end, or until a person continues the batch, which is paused
 * for what would hold all of its messages. Nothing was claimed.
 *
 * @returns false when only this message is to be held
 */
async function keepForBatch(
  ctx: TenantContext,
  row: LeasedRow,
  reason: HoldReason,
  now: Date,
): Promise<boolean> {
  if (row.batchId === null) return false;
  if (reason.code === "quiet_hours") {
    await db.tenant(ctx, async (tx) => {
      const sendAt = firstSendTime(channelsOf(row), await loadMessageSettings(tx, ctx), now);
      await tx.update(messages).set({ sendAt, leasedUntil: null }).where(isLeased(ctx, row));
    });
    return true;
  }
  if (!(await pauseForTrouble(ctx, row, reason))) return false;
  await db.tenant(ctx, (tx) =>
    tx.update(messages).set({ leasedUntil: null, unreadableSince: null }).where(isLeased(ctx, row)),
  );
  return true;
}

/** A reminder, with the recipient of a batch whose it is. */
type Reminder = LeasedRow & { batchId: string; rowNumber: number; reminderNumber: number };

const isReminder = (row: LeasedRow): row is Reminder =>
  row.batchId !== null &&
  row.rowNumber !== null &&
  row.reminderNumber !== null &&
  row.reminderNumber > 0;

/** Reasons that a person need not decide about: the recipient gets no reminder. */
const reminderEndCodes = [
  "not_reminded",
  "refused",
  "under_16",
  "age_unknown",
  "author_not_allowed",
  "erased",
];

/**
 * Cancels a reminder that its recipient should not have any more, and with it those to come. Nothing was claimed.
 *
 * @returns false when it is to be held instead
 */
async function endReminder(
  ctx: TenantContext,
  row: LeasedRow,
  { code, message }: HoldReason,
  now: Date,
): Promise<boolean> {
  if (!isReminder(row) || !reminderEndCodes.includes(code)) return false;
  await db.tenant(ctx, (tx) => endRemindersOfRecipient(tx, ctx, row, message, now));
  return true;
}

const channelsOf = ({ channel, fallbackChannel }: MessageRow) => ({
  channel,
  fallbackChannel: isFallback(fallbackChannel) ? fallbackChannel : null,
});

/**
 * @returns why it was certainly not sent, or may not have been; null when it was, and when it was not claimed
 * @throws HoldReason and others; each before anything was claimed or sent
 */
async function release(
  ctx: TenantContext,
  row: LeasedRow,
  now: () => Date,
): Promise<HeroError | null> {
  const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, row.practiceId));
  if (practice.credential.state === "needs_new_key") {
    throw new HoldReason("Hero does not accept the practice's API key.", "key_refused");
  }
  const check = await readPatientAgain(ctx, practice, row);
  // Stores what Hero says of the link, which is compared below.
  if (row.linkId) await refreshLink(ctx, { linkId: row.linkId });
  const operation = { name: "sendMessage", method: "POST" } as const;
  const sent = await withHeroSlot(ctx, practice, operation, async (limiter, current) => {
    const message = await claim(ctx, row, current, check, now());
    if (!message) return null;
    const outcome = await callHeroForPractice(
      ctx,
      current,
      (hero) => sendMessage(hero, message),
      limiter,
    );
    return { practice: current, outcome };
  });
  if (!sent) return null;
  await storeReply(ctx, () => recordReply(ctx, sent.practice, row, sent.outcome, now));
  return sent.outcome.ok ? null : sent.outcome.error;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Stores Hero's reply, and tries again while the database fails: the ID in it is nowhere else. The message is
 * `sending` meanwhile; when the last try has failed, it becomes unknown as if this process had died.
 */
async function storeReply({ tenantId }: TenantContext, store: () => Promise<void>): Promise<void> {
  for (const delayMs of storeDelaysMs) {
    try {
      return await store();
    } catch (error) {
      log("warn", "reply about a message not stored", { tenantId, ...describeError(error) });
      await sleep(delayMs);
    }
  }
  await store();
}

async function readPatientAgain(
  ctx: TenantContext,
  practice: PracticeWithKey,
  { patientId }: MessageRow,
): Promise<Exclude<PatientCheck, { outcome: "could_not_be_checked" }>> {
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    checkPatient(hero, patientId, "message"),
  );
  const check = outcome.ok ? outcome.result : null;
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, outcome.records);
    if (check?.outcome === "refused" && check.mergedInto) {
      await recordReplacedPatient(tx, ctx, practice, { patientId, ...check.mergedInto });
    }
  });
  if (!outcome.ok) throw outcome.error;
  if (outcome.result.outcome === "could_not_be_checked") throw outcome.result.error;
  return outcome.result;
}

/**
 * Claims the message in the one statement that makes it `sending`, after comparing everything with what was
 * reviewed.
 *
 * @returns what to send; null when it was undone or another worker has it
 * @throws HoldReason
 */
function claim(
  ctx: TenantContext,
  row: LeasedRow,
  practice: PracticeWithKey,
  check: Exclude<PatientCheck, { outcome: "could_not_be_checked" }>,
  now: Date,
): Promise<NewMessage | null> {
  return db.tenant(ctx, async (tx) => {
    if (!(await shareBatch(tx, ctx, row))) return null;
    const content = await openContent(tx, ctx, row);
    if (!content) throw new HoldReason("The text was deleted.", "erased");
    const draft: MessageDraft = {
      practiceId: row.practiceId,
      patientId: row.patientId,
      channel: row.channel,
      fallbackChannel: channelsOf(row).fallbackChannel,
      linkId: row.linkId,
      attachmentId: row.attachmentId ?? undefined,
      recordWrite: row.recordWrite,
      ...content.draft,
    };
    await requireAuthor(tx, ctx, row);
    const facts = await loadMessageFacts(tx, ctx, draft);
    const assessment = assessMessage(draft, practice, check, facts, now);
    const key = await loadKeyOfMessage(tx, ctx, row);
    const end = isReminder(row) ? await findEndOfReminder(tx, ctx, row, now) : null;
    if (end !== null) throw new HoldReason(end, "not_reminded");
    requireUnchanged(row, assessment, fingerprintOf(key, assessment));
    const late = findLateReason(row, facts.settings, now);
    if (late) throw late;
    const [claimed] = await tx
      .update(messages)
      .set({
        state: "sending",
        claimedAt: now,
        leasedUntil: null,
        unreadableSince: null,
        // A batch's messages are written before their patients' names are read.
        ...(row.batchId !== null && {
          sealedContent: sealContent(ctx, key, row.id, { ...content, text: assessment.text }),
        }),
        // Those that were checked are of the first message.
        ...(isReminder(row) && {
          smsParts: assessment.smsParts,
          lowestPence: assessment.cost?.lowestPence ?? null,
          highestPence: assessment.cost?.highestPence ?? null,
        }),
      })
      .where(isLeased(ctx, row))
      .returning({ id: messages.id });
    if (!claimed) return null;
    return toHeroMessage(row, assessment, await loadHeroLinkId(tx, ctx, row));
  });
}

/**
 * Whether the message's batch may be sent, if it has one. It then cannot be paused or stopped before this transaction
 * ends; if it was before, the message waits for it.
 */
async function shareBatch(tx: Transaction, ctx: TenantContext, row: LeasedRow): Promise<boolean> {
  const { batchId, reminderNumber } = row;
  if (batchId === null) return true;
  const [batch] = await tx
    .select({ state: messageBatches.state })
    .from(messageBatches)
    .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batchId)))
    .for("share");
  if (batch?.state === "sending") return true;
  if (batch?.state === "finished" && reminderNumber !== null && reminderNumber > 0) return true;
  await tx.update(messages).set({ leasedUntil: null }).where(isLeased(ctx, row));
  return false;
}

/** @throws HoldReason */
function requireUnchanged(row: LeasedRow, assessment: Assessment, fingerprint: string): void {
  if (assessment.refusal !== null) throw new HoldReason(assessment.refusal, "refused");
  const warning = assessment.warnings.find(({ code }) => !row.confirmed.includes(code));
  if (warning) throw new HoldReason(warning.message, warning.code);
  // A reminder's own text is no part of what was checked of each recipient, and their record may change in a week.
  if (!isReminder(row) && fingerprint !== row.previewFingerprint) {
    throw new HoldReason(
      "The message would differ from the one that was checked: the patient's contact or name, the practice's name or the link has changed.",
      "changed",
    );
  }
}

/** Why it may not leave any more, or not at this time of the day. */
function findLateReason(row: MessageRow, settings: MessageSettings, now: Date): HoldReason | null {
  // A batch's messages have no time of their own.
  if (row.batchId === null && now.getTime() - row.sendAt.getTime() > maxLateMs) {
    return new HoldReason("It could not be sent within an hour of its time.", "late");
  }
  const mayLeave = (at: Date) =>
    firstSendTime(channelsOf(row), settings, at).getTime() === at.getTime();
  if (!mayLeave(now) && !mayLeave(new Date(now.getTime() - quietToleranceMs))) {
    return new HoldReason(
      "Quiet hours have begun, or are too close for its fallback.",
      "quiet_hours",
    );
  }
  return null;
}

/**
 * Who requested it must still be allowed to: a member with the permission whose account is not disabled, or an API
 * key with the permission that is not revoked.
 *
 * @throws HoldReason
 */
async function requireAuthor(tx: Transaction, ctx: TenantContext, row: MessageRow): Promise<void> {
  const needed: Permission[] = [
    "messages.send",
    ...(row.recordWrite === "automatic"
      ? (["messages.write_to_record_automatically"] as const)
      : []),
  ];
  const [member] = await tx
    .select({ role: memberships.role })
    .from(memberships)
    .innerJoin(users, and(eq(users.id, memberships.userId), isNull(users.disabledAt)))
    .where(and(inTenant(memberships, ctx), eq(memberships.userId, row.createdBy)));
  if (member && needed.every((permission) => isAllowed(member.role, permission))) return;
  const [key] = await tx
    .select({ permissions: apiKeys.permissions, revokedAt: apiKeys.revokedAt })
    .from(apiKeys)
    .where(and(inScope(apiKeys, ctx), eq(apiKeys.id, row.createdBy)));
  if (key && !key.revokedAt && needed.every((each) => key.permissions.includes(each))) return;
  throw new HoldReason(
    key
      ? "The API key that requested it was revoked, or no longer has permission to send it."
      : "The person who requested it no longer has permission to send it.",
    "author_not_allowed",
  );
}

/** The link's ID at Hero, if Hero has named it. */
async function loadHeroLinkId(
  tx: Transaction,
  ctx: TenantContext,
  { linkId }: MessageRow,
): Promise<string | null> {
  if (!linkId) return null;
  const [link] = await tx
    .select({ heroLinkId: links.heroLinkId })
    .from(links)
    .where(and(inScope(links, ctx), eq(links.id, linkId)));
  return link?.heroLinkId ?? null;
}

/** Hero's words for the channels. Its `hero` reaches nobody. */
const heroChannels = {
  nhs_app: "nhs_app",
  sms: "sms",
  email: "email",
  note: "hero",
} as const satisfies Record<MessageChannel, NewMessage["message_type"]>;

function toHeroMessage(
  row: MessageRow,
  { text, contact, fallbackContact, attachmentUuid }: Assessment,
  heroLinkId: string | null,
): NewMessage {
  return {
    patient_id: row.patientId,
    message_type: heroChannels[row.channel],
    message_string: text,
    // Written out: the record could change between our reading and Hero's.
    ...(contact !== null && { recipient_contact_detail: contact }),
    ...(isFallback(row.fallbackChannel) && {
      fallback_message_type: row.fallbackChannel,
      ...(fallbackContact !== null && { fallback_contact_detail: fallbackContact }),
    }),
    ...(row.recordWrite !== "none" && {
      write_to_record: true,
      ...(row.recordWrite === "automatic" && { auto_write_to_record: true }),
      ...(row.snomedCode && { snomed_code: row.snomedCode }),
      ...(row.snomedTerm && { snomed_term: row.snomedTerm }),
    }),
    ...(heroLinkId !== null && { short_link_id: heroLinkId }),
    ...(attachmentUuid !== null && { attachment_uuid: attachmentUuid }),
  };
}

function toHoldReason({ tenantId }: TenantContext, error: unknown): HoldReason {
  if (error instanceof HoldReason) return error;
  if (error instanceof HeroError) return new HoldReason(error.message, error.code);
  if (error instanceof NotFoundError) {
    return new HoldReason("The practice is disconnected.", "disconnected");
  }
  if (error instanceof ConflictError) return new HoldReason(error.message, "conflict");
  log("error", "message not released", { tenantId, ...describeError(error) });
  return new HoldReason("Something went wrong on our side. It has been logged.", "internal_error");
}

/** Keeps a message back until a person looks at it. Nothing was sent. */
async function hold(
  tx: Transaction,
  ctx: TenantContext,
  row: LeasedRow,
  { message, code }: HoldReason,
  now: Date,
): Promise<void> {
  const [held] = await tx
    .update(messages)
    .set({
      state: "held",
      failure: message,
      failureCode: code,
      leasedUntil: null,
      unreadableSince: null,
      eraseAt: new Date(now.getTime() + maxHeldMs),
    })
    .where(isLeased(ctx, row))
    .returning();
  if (held) await recordMessageAudit(tx, ctx, "message.held", held, { errorCode: code });
}

/** Writes what Hero's reply says, its ID first of all: without it the message could never be read. */
async function recordReply(
  ctx: TenantContext,
  practice: PracticeWithKey,
  row: MessageRow,
  outcome: HeroOutcome<{ id: string }>,
  now: () => Date,
): Promise<void> {
  const { records } = outcome;
  if (!outcome.ok)
    return recordFailure(ctx, practice, row, { error: outcome.error, records }, now());
  const { id: heroMessageId } = outcome.result;
  const at = now();
  try {
    await db.tenant(ctx, async (tx) => {
      const [sent] = await tx
        .update(messages)
        .set({
          heroMessageId,
          state: "sent",
          sentAt: at,
          // Read at once: only Hero's record says that it is this patient's.
          nextReadAt: at,
          failure: null,
          failureCode: null,
          endedAt: null,
          eraseAt: null,
        })
        .where(isBeingSent(ctx, row))
        .returning();
      await recordCallsForPractice(tx, ctx, practice, records);
      if (!sent) return;
      await recordMessageAudit(tx, ctx, "message.sent", sent);
      await recordMessageEvent(tx, ctx, "message.sent", sent);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Another message has the ID: the reply is not about this one.
    const notThisOne = new HeroError("unreadable_reply", "sendMessage");
    await recordFailure(ctx, practice, row, { error: notThisOne, records }, at);
  }
}

/** Some of Hero's errors already end with it. */
const withNothingSent = (reason: string) =>
  reason.endsWith("Nothing was sent.") ? reason : `${reason} Nothing was sent.`;

/** A job may have found it unknown meanwhile, if this process was suspended. */
const isBeingSent = (ctx: TenantContext, row: MessageRow) =>
  and(
    isMessage(ctx, row),
    inArray(messages.state, ["sending", "unknown"]),
    isNull(messages.heroMessageId),
  );

async function recordFailure(
  ctx: TenantContext,
  practice: PracticeWithKey,
  row: MessageRow,
  { error, records }: { error: HeroError; records: HeroOutcome<never>["records"] },
  now: Date,
): Promise<void> {
  const isUnknown = error.writeOutcome === "unknown";
  await db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, records);
    const settings = await loadMessageSettings(tx, ctx);
    const [saved] = await tx
      .update(messages)
      .set({
        ...endedAt(now, settings),
        state: isUnknown ? "unknown" : "failed",
        failure: isUnknown ? `${error.message} ${lostReply}` : withNothingSent(error.message),
        failureCode: error.code,
      })
      .where(isBeingSent(ctx, row))
      .returning();
    if (!saved) return;
    const action = isUnknown ? "message.unknown" : "message.failed";
    await recordMessageAudit(tx, ctx, action, saved, {
      errorCode: error.code,
      upstreamStatus: error.details.status ?? null,
    });
    await recordMessageEvent(tx, ctx, action, saved);
  });
}
