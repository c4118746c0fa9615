import "server-only";
import { and, asc, eq, inArray, isNull, lte, ne, or, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { isDatabaseUnavailable } from "@/db/errors";
import { messageBatches, messageRecipients } from "@/db/schema/message-batches";
import { inScope } from "@/db/scope";
import type { SealingKey } from "../../crypto/secret-box";
import { env } from "../../env";
import { LookupsPausedError, NotFoundError, RateLimitedError } from "../../errors";
import type { HeroError } from "../../hero/errors";
import { describeError, log } from "../../log";
import type { TenantContext } from "../../tenancy/context";
import { recordChange } from "../live/record-change";
import { areLookupsPaused } from "../patients/lookup-limit";
import { enqueueLookupLimitMail } from "../patients/lookup-limit-mail";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { assessRecipient, type Exclusion, type RecipientAssessment } from "./assess-recipient";
import { type BatchContent, loadKeyOfBatch, openBatchContent } from "./content";
import { openRecipient } from "./identity";
import { lockBatch, type MessageBatchRow, type RecipientRow } from "./load";
import {
  countLookups,
  lookUpRecipient,
  readKnownRecipient,
  type RecipientOutcome,
} from "./read-recipient";
import { recordBatchAudit } from "./record";
import { summarise, takeSnapshot } from "./summary";

/** Recipients of a practice that are checked at once. Its key's limiter still has the last word. */
const maxAtOnce = 4;
/** Longer than the calls for one recipient usually take. */
const leaseMs = 60_000;
/** How often pages are told of the recipients that are done. */
const progressIntervalMs = 1_000;

/** After each try without an answer a recipient waits so long; after the last one it is not checked. */
const retryDelaysMs: Record<string, number | undefined> = {
  unanswered_once: 5_000,
  unanswered_twice: 20_000,
};
const nextTry: Record<string, string | undefined> = {
  none: "unanswered_once",
  unanswered_once: "unanswered_twice",
};
/** So many recipients without an answer pause the check: Hero is away, not their records. */
const maxUnanswered = 20;

type Check = {
  batch: MessageBatchRow;
  content: BatchContent;
  key: SealingKey;
  practice: PracticeWithKey;
};

type Leased = RecipientRow & { leasedUntil: Date };

/** The outcome of a recipient, or why it or the whole check has to wait. */
type Finding =
  | { outcome: "answered"; patientId: string | null; assessment: RecipientAssessment }
  | { outcome: "unanswered"; reason: string }
  /** Nothing was asked: the key has no turn, or another look-up of the patient is in progress. */
  | { outcome: "busy" }
  /** `hasTooManyLookups` when it may be a search for people's dates of birth, so that owners are told. */
  | { outcome: "blocked"; reason: string; hasTooManyLookups?: boolean };

/**
 * Checks the next recipients of a practice's batches: who each is, whether they get the message, and which.
 * Several workers may do this at once: each recipient is leased, and only who holds the lease writes.
 *
 * @returns `waiting` when nothing could be done now, and `none` when no batch is being checked
 */
export async function checkNextRecipients(
  ctx: TenantContext,
  practiceId: string,
  now = () => new Date(),
): Promise<"checked" | "waiting" | "none"> {
  const batches = await listChecking(ctx, practiceId);
  for (const { id } of batches) {
    const rows = await leaseRecipients(ctx, id, now());
    if (rows.length === 0) {
      if (await finishCheck(ctx, id, now())) return "checked";
      continue;
    }
    return (await checkRecipients(ctx, id, rows, now)) ? "checked" : "waiting";
  }
  return batches.length > 0 ? "waiting" : "none";
}

async function listChecking(ctx: TenantContext, practiceId: string): Promise<{ id: string }[]> {
  return db.tenant(ctx, (tx) =>
    tx
      .select({ id: messageBatches.id })
      .from(messageBatches)
      .where(
        and(
          inScope(messageBatches, ctx),
          eq(messageBatches.practiceId, practiceId),
          eq(messageBatches.state, "checking"),
          isNull(messageBatches.pauseReason),
        ),
      )
      .orderBy(asc(messageBatches.id))
      .limit(20),
  );
}

async function leaseRecipients(ctx: TenantContext, batchId: string, now: Date): Promise<Leased[]> {
  const leasedUntil = new Date(now.getTime() + leaseMs);
  return db.tenant(ctx, async (tx) => {
    const due = await tx
      .select()
      .from(messageRecipients)
      .where(
        and(
          inScope(messageRecipients, ctx),
          eq(messageRecipients.batchId, batchId),
          eq(messageRecipients.state, "waiting"),
          or(isNull(messageRecipients.leasedUntil), lte(messageRecipients.leasedUntil, now)),
        ),
      )
      .orderBy(asc(messageRecipients.rowNumber))
      .limit(maxAtOnce)
      .for("update", { skipLocked: true });
    if (due.length === 0) return [];
    await tx
      .update(messageRecipients)
      .set({ leasedUntil })
      .where(
        and(
          inScope(messageRecipients, ctx),
          eq(messageRecipients.batchId, batchId),
          inArray(
            messageRecipients.rowNumber,
            due.map(({ rowNumber }) => rowNumber),
          ),
        ),
      );
    return due.map((row) => ({ ...row, leasedUntil }));
  });
}

const lookupLimitReason =
  "Too many look-ups did not match a patient, or one patient was looked up with several dates of birth. Check the rows, then continue in an hour.";
const heroAwayReason =
  "Hero did not answer for many recipients. Continue when it is available again.";

const textDeletedReason = "The text was deleted.";

/** @returns false when the others need not be tried now */
async function checkRecipients(
  ctx: TenantContext,
  batchId: string,
  rows: readonly Leased[],
  now: () => Date,
): Promise<boolean> {
  const check = await loadCheck(ctx, batchId);
  if ("reason" in check) {
    await pauseCheck(ctx, batchId, check);
    return false;
  }
  const limit = await findLookupLimit(ctx, check.batch);
  if (limit && rows.some(({ patientId }) => patientId === null)) {
    await pauseCheck(ctx, batchId, { reason: limit, hasTooManyLookups: true });
    return false;
  }
  const findings = await Promise.all(
    rows.map(async (row) => {
      const finding = await checkRecipientSafely(ctx, check, row, now());
      await saveFinding(ctx, row, finding, now());
      return finding;
    }),
  );
  const blocked = findings.find((finding) => finding.outcome === "blocked");
  if (blocked) await pauseCheck(ctx, batchId, blocked);
  else if (
    findings.some(({ outcome }) => outcome === "unanswered") &&
    (await countUnanswered(ctx, batchId)) >= maxUnanswered
  ) {
    await pauseCheck(ctx, batchId, { reason: heroAwayReason });
  }
  await recordProgress(ctx, batchId);
  return findings.some(({ outcome }) => outcome === "answered" || outcome === "unanswered");
}

async function loadCheck(ctx: TenantContext, batchId: string): Promise<Check | { reason: string }> {
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    const content = await openBatchContent(tx, ctx, batch);
    if (!content) return { reason: textDeletedReason };
    try {
      const practice = await loadPracticeWithKey(tx, ctx, batch.practiceId);
      return { batch, content, key: await loadKeyOfBatch(tx, ctx, batch), practice };
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      return { reason: "The practice is disconnected." };
    }
  });
}

/** A batch may have many recipients, so it pauses only when more than a tenth of its look-ups match nobody. */
async function findLookupLimit(ctx: TenantContext, batch: MessageBatchRow): Promise<string | null> {
  const { all, unmatched } = await countLookups(ctx, batch);
  const isOver = unmatched > env().PATIENT_LOOKUPS_PER_HOUR && unmatched * 10 > all;
  if (isOver) return lookupLimitReason;
  return all === 0 && (await areLookupsPaused(ctx, batch.createdBy)) ? lookupLimitReason : null;
}

/** An error of ours with one recipient must not keep the others from being checked. */
async function checkRecipientSafely(
  ctx: TenantContext,
  check: Check,
  row: Leased,
  now: Date,
): Promise<Finding> {
  try {
    return await checkRecipient(ctx, check, row, now);
  } catch (error) {
    // Without a database nothing can be saved: the lease runs out.
    if (isDatabaseUnavailable(error)) throw error;
    log("error", "message recipient not checked", {
      tenantId: ctx.tenantId,
      ...describeError(error),
    });
    return {
      outcome: "unanswered",
      reason: "Something went wrong on our side. It has been logged.",
    };
  }
}

async function checkRecipient(
  ctx: TenantContext,
  check: Check,
  row: Leased,
  now: Date,
): Promise<Finding> {
  const { batch, key, practice } = check;
  let outcome: RecipientOutcome;
  try {
    outcome =
      row.patientId === null
        ? await lookUpRecipient(ctx, batch, practice, openSealed(ctx, key, row))
        : await readKnownRecipient(ctx, practice, row.patientId);
  } catch (error) {
    if (error instanceof LookupsPausedError) {
      return { outcome: "blocked", reason: lookupLimitReason, hasTooManyLookups: true };
    }
    if (error instanceof RateLimitedError) return { outcome: "busy" };
    throw error;
  }
  if (!outcome.ok) return classifyHeroError(row, outcome.error);
  const { reading } = outcome;
  const exclude = (exclusion: Exclusion): Finding => ({
    outcome: "answered",
    patientId: row.patientId,
    assessment: { outcome: "excluded", linkId: row.linkId, ...exclusion },
  });
  switch (reading.outcome) {
    case "not_identified":
      return {
        outcome: "unanswered",
        reason:
          "Hero did not say which patient this is. It may still be searching, or several patients may match.",
      };
    case "not_found":
      return exclude({ code: "not_found", reason: "Hero found no matching patient." });
    case "verification_required":
      return exclude({
        code: "verification_required",
        reason: "Hero could not confirm the identity: the patient must verify it first.",
      });
    case "differs":
      return exclude({ code: "differs", reason: reading.reason });
    case "known": {
      const { patientId } = reading;
      const assessment = await db.tenant(ctx, (tx) =>
        assessRecipient(tx, ctx, check, { patientId, linkId: row.linkId }, reading.check, now),
      );
      return { outcome: "answered", patientId, assessment };
    }
  }
}

function openSealed(ctx: TenantContext, key: SealingKey, row: RecipientRow) {
  if (!row.sealed) throw new Error("A recipient has neither an ID nor an identity.");
  return openRecipient(ctx, key, { ...row, sealed: row.sealed });
}

function classifyHeroError({ patientId, linkId }: Leased, error: HeroError): Finding {
  switch (error.code) {
    case "unauthorised":
      return { outcome: "blocked", reason: `${error.message} Replace the API key, then continue.` };
    case "forbidden":
    case "wrong_environment":
    case "disconnected":
      return { outcome: "blocked", reason: error.message };
    case "bad_request":
      return {
        outcome: "answered",
        patientId,
        assessment: {
          outcome: "excluded",
          linkId,
          code: "rejected_details",
          reason: "Hero rejected the patient's details.",
        },
      };
    case "busy":
      return { outcome: "busy" };
    default:
      return { outcome: "unanswered", reason: error.message };
  }
}

/** What a row has before it is checked. */
const unassessed = {
  previewFingerprint: null,
  contactHash: null,
  textLength: null,
  smsParts: null,
  lowestPence: null,
  highestPence: null,
  hasRecentMessage: false,
} as const;

/** Writes what was found, if this worker still has the lease. */
async function saveFinding(
  ctx: TenantContext,
  row: Leased,
  finding: Finding,
  now: Date,
): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    if (finding.outcome !== "answered") return saveUnanswered(tx, ctx, row, finding, now);
    const { patientId, assessment } = finding;
    const isIncluded = assessment.outcome === "included" && patientId !== null;
    const earlier = isIncluded ? await replaceLater(tx, ctx, row, patientId) : null;
    const exclusion =
      earlier === null ? (isIncluded ? null : toExclusion(assessment)) : sameAs(earlier);
    await tx
      .update(messageRecipients)
      .set({
        state: exclusion ? "excluded" : "included",
        sealed: null,
        patientId,
        linkId: assessment.linkId,
        leasedUntil: null,
        reason: exclusion?.reason ?? null,
        reasonCode: exclusion?.code ?? null,
        ...(exclusion || assessment.outcome === "excluded" ? unassessed : assessment.columns),
      })
      .where(isLeased(ctx, row));
  });
}

const toExclusion = (assessment: RecipientAssessment): Exclusion => {
  if (assessment.outcome === "excluded") return assessment;
  throw new Error("A recipient without an ID cannot be included.");
};

const sameAs = (rowNumber: number): Exclusion => ({
  code: "same_patient",
  reason: `Row ${rowNumber} is the same patient.`,
});

/** Still waiting, and leased by this worker. */
const isLeased = (ctx: TenantContext, { batchId, rowNumber, leasedUntil }: Leased) =>
  and(
    inScope(messageRecipients, ctx),
    eq(messageRecipients.batchId, batchId),
    eq(messageRecipients.rowNumber, rowNumber),
    eq(messageRecipients.state, "waiting"),
    eq(messageRecipients.leasedUntil, leasedUntil),
  );

/**
 * Of the rows of one patient, the first one is included. One that comes later and is included already makes
 * room; rows of one patient do this one after the other.
 *
 * @returns the number of the earlier row of the same patient, or null
 */
async function replaceLater(
  tx: Transaction,
  ctx: TenantContext,
  { batchId, rowNumber, leasedUntil }: Leased,
  patientId: string,
): Promise<number | null> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`${batchId}/${patientId}`}, 0))`,
  );
  const [other] = await tx
    .select({ rowNumber: messageRecipients.rowNumber })
    .from(messageRecipients)
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batchId),
        eq(messageRecipients.patientId, patientId),
        eq(messageRecipients.state, "included"),
        ne(messageRecipients.rowNumber, rowNumber),
      ),
    );
  if (!other) return null;
  if (other.rowNumber < rowNumber) return other.rowNumber;
  const [own] = await tx
    .select({ rowNumber: messageRecipients.rowNumber })
    .from(messageRecipients)
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batchId),
        eq(messageRecipients.rowNumber, rowNumber),
        eq(messageRecipients.leasedUntil, leasedUntil),
      ),
    )
    .for("update");
  // Another worker has this row by now, and decides.
  if (!own) return null;
  const { code, reason } = sameAs(rowNumber);
  await tx
    .update(messageRecipients)
    .set({ state: "excluded", reasonCode: code, reason, ...unassessed })
    .where(
      and(
        inScope(messageRecipients, ctx),
        eq(messageRecipients.batchId, batchId),
        eq(messageRecipients.rowNumber, other.rowNumber),
      ),
    );
  return null;
}

/** A recipient without an answer from Hero waits, and is not checked after a few tries. */
async function saveUnanswered(
  tx: Transaction,
  ctx: TenantContext,
  row: Leased,
  finding: Exclude<Finding, { outcome: "answered" }>,
  now: Date,
): Promise<void> {
  if (finding.outcome === "unanswered") {
    const code = nextTry[row.reasonCode ?? "none"];
    const delayMs = code && retryDelaysMs[code];
    await tx
      .update(messageRecipients)
      .set(
        code && delayMs
          ? {
              leasedUntil: new Date(now.getTime() + delayMs),
              reasonCode: code,
              reason: finding.reason,
            }
          : {
              state: "not_checked",
              leasedUntil: null,
              reasonCode: "no_answer",
              reason: finding.reason,
            },
      )
      .where(isLeased(ctx, row));
    return;
  }
  await tx.update(messageRecipients).set({ leasedUntil: null }).where(isLeased(ctx, row));
}

async function countUnanswered(ctx: TenantContext, batchId: string): Promise<number> {
  const [row] = await db.tenant(ctx, (tx) =>
    tx
      .select({ count: sql<number>`count(*)::integer` })
      .from(messageRecipients)
      .where(
        and(
          inScope(messageRecipients, ctx),
          eq(messageRecipients.batchId, batchId),
          eq(messageRecipients.state, "waiting"),
          inArray(messageRecipients.reasonCode, Object.keys(retryDelaysMs)),
        ),
      ),
  );
  return row?.count ?? 0;
}

/** Pauses the check until a person continues it. */
async function pauseCheck(
  ctx: TenantContext,
  batchId: string,
  { reason, hasTooManyLookups = false }: { reason: string; hasTooManyLookups?: boolean },
): Promise<void> {
  await db.tenant(ctx, async (tx) => {
    const [paused] = await tx
      .update(messageBatches)
      .set({ pauseReason: reason })
      .where(
        and(
          inScope(messageBatches, ctx),
          eq(messageBatches.id, batchId),
          eq(messageBatches.state, "checking"),
          isNull(messageBatches.pauseReason),
        ),
      )
      .returning();
    if (!paused) return;
    await recordBatchAudit(tx, ctx, "message_batch.paused", paused, { during: "check" });
    if (hasTooManyLookups) {
      await enqueueLookupLimitMail(tx, ctx, {
        personId: paused.createdBy,
        messageBatchId: batchId,
      });
    }
  });
}

/** When pages were last told of a batch by this process, of `performance.now()`. */
const toldAt = new Map<string, number>();

async function recordProgress(ctx: TenantContext, batchId: string): Promise<void> {
  if (performance.now() - (toldAt.get(batchId) ?? 0) < progressIntervalMs) return;
  toldAt.set(batchId, performance.now());
  await db.tenant(ctx, (tx) => recordChange(tx, ctx, "messages", batchId));
}

/** Makes a batch ready for review once no recipient waits. @returns whether the check is over */
async function finishCheck(ctx: TenantContext, batchId: string, now: Date): Promise<boolean> {
  return db.tenant(ctx, async (tx) => {
    const batch = await lockBatch(tx, ctx, batchId);
    if (batch.state !== "checking" || batch.pauseReason !== null) return true;
    const [waiting] = await tx
      .select({ rowNumber: messageRecipients.rowNumber })
      .from(messageRecipients)
      .where(
        and(
          inScope(messageRecipients, ctx),
          eq(messageRecipients.batchId, batchId),
          eq(messageRecipients.state, "waiting"),
        ),
      )
      .limit(1);
    if (waiting) return false;
    const content = await openBatchContent(tx, ctx, batch);
    if (!content) {
      await tx
        .update(messageBatches)
        .set({ pauseReason: textDeletedReason })
        .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batchId)));
      return true;
    }
    const key = await loadKeyOfBatch(tx, ctx, batch);
    const summary = await summarise(tx, ctx, batch, content, key);
    await tx
      .update(messageBatches)
      .set({
        state: "ready",
        summary,
        snapshot: await takeSnapshot(tx, ctx, batch, content, key),
        checkedAt: now,
      })
      .where(and(inScope(messageBatches, ctx), eq(messageBatches.id, batchId)));
    const { included, excluded, notChecked } = summary;
    await recordBatchAudit(tx, ctx, "message_batch.checked", batch, {
      included,
      excluded,
      notChecked,
    });
    toldAt.delete(batchId);
    return true;
  });
}
