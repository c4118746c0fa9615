import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { patientMerges, replacedPatients } from "@/db/schema/patients";
import { inScope } from "@/db/scope";
import { HeroError } from "../../hero/errors";
import type { HeroCallRecord } from "../../hero/request";
import type { AuditAction } from "../../schemas/activity";
import type { MergeView } from "../../schemas/merges";
import type { TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { recordCallsForPractice } from "../hero-calls/record";
import { copySensitiveMark } from "../messages/sensitive";
import { readAgain } from "../patients/replaced";
import type { PracticeWithKey } from "../practices/load-with-key";
import type { MergeReading } from "./reading";
import { getMergeView } from "./view";

export type SentMerge = Pick<
  typeof patientMerges.$inferSelect,
  "id" | "practiceId" | "patientId" | "otherPatientId" | "survivorPatientId" | "outcome" | "sentAt"
>;

type MergeUpdate = {
  outcome: "accepted" | "merged" | "failed" | "unknown";
  survivorPatientId?: string;
  failure: string | null;
  failureCode: string | null;
};

/** After this long, two records that are still separate were not merged by the lost request (assumption 59). */
const maxUnknownMs = 24 * 3_600_000;

/**
 * What Hero's reply and the reading after it mean. A reading that shows the merge decides. One that does
 * not proves nothing while Hero may still be working.
 *
 * @param error of the merge itself; null after Hero said yes
 */
export function interpretMerge(
  merge: SentMerge,
  error: HeroError | null,
  reading: MergeReading,
): MergeUpdate {
  if (reading.outcome === "merged") return mergedUpdate(merge, reading.survivorPatientId);
  if (!error) return { outcome: "accepted", failure: null, failureCode: null };
  if (error.writeOutcome === "no") {
    return {
      outcome: "failed",
      failure: `${error.message} The records were not merged.`,
      failureCode: error.code,
    };
  }
  const shown =
    reading.outcome === "separate"
      ? "Both records are still there, but the merge may still happen."
      : "The records could not be read since then.";
  return { outcome: "unknown", failure: `${error.message} ${shown}`, failureCode: error.code };
}

/** What a later reading means for a merge that was accepted or is unknown; null when it changes nothing. */
export function interpretLaterReading(
  merge: SentMerge,
  reading: MergeReading,
  now: Date,
): MergeUpdate | null {
  if (reading.outcome === "merged") return mergedUpdate(merge, reading.survivorPatientId);
  const isOld = now.getTime() - (merge.sentAt?.getTime() ?? 0) > maxUnknownMs;
  if (reading.outcome === "separate" && merge.outcome !== "accepted" && isOld) {
    return {
      outcome: "failed",
      failure: "A day after the request, Hero still has both records. They were not merged.",
      failureCode: "still_separate",
    };
  }
  if (merge.outcome !== "pending") return null;
  return {
    outcome: "unknown",
    failure: "The portal stopped while this merge was being sent, and the merge is not visible.",
    failureCode: "interrupted",
  };
}

function mergedUpdate(merge: SentMerge, survivorPatientId: string): MergeUpdate {
  const isAsShown = survivorPatientId === merge.survivorPatientId;
  return {
    outcome: "merged",
    survivorPatientId,
    failure: isAsShown
      ? null
      : "The record that remains is not the one that the preview showed. Check it with the practice.",
    failureCode: isAsShown ? null : "other_survivor",
  };
}

const auditActions = {
  accepted: "merge.accepted",
  merged: "merge.made",
  failed: "merge.failed",
  unknown: "merge.unknown",
} as const satisfies Record<MergeUpdate["outcome"], AuditAction>;

/** Writes the result with its audit row. A merge that was resolved meanwhile keeps its result. */
export async function recordMergeResult(
  ctx: TenantContext,
  practice: PracticeWithKey,
  merge: SentMerge,
  update: MergeUpdate | null,
  records: readonly HeroCallRecord[],
): Promise<MergeView> {
  return db.tenant(ctx, async (tx) => {
    await recordCallsForPractice(tx, ctx, practice, records);
    if (!update) return getMergeView(tx, ctx, merge.id);
    const isFinished = update.outcome === "merged" || update.outcome === "failed";
    const changed = await tx
      .update(patientMerges)
      .set({ ...update, finishedAt: isFinished ? new Date() : null })
      .where(
        and(
          inScope(patientMerges, ctx),
          eq(patientMerges.id, merge.id),
          inArray(patientMerges.outcome, ["pending", "accepted", "unknown"]),
        ),
      )
      .returning({ id: patientMerges.id });
    if (changed.length > 0) {
      const subject = { type: "merge", id: merge.id, label: practice.name } as const;
      await recordAudit(tx, ctx, auditActions[update.outcome], subject, {
        failureCode: update.failureCode,
      });
      if (update.survivorPatientId) {
        await followMerge(tx, ctx, merge, update.survivorPatientId);
      }
    }
    return getMergeView(tx, ctx, merge.id);
  });
}

/** Notes which ID was replaced, and has the links and appointments of both read again. */
async function followMerge(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, patientId, otherPatientId }: SentMerge,
  survivorPatientId: string,
): Promise<void> {
  const { tenantId, environment } = ctx;
  const replacedId = survivorPatientId === patientId ? otherPatientId : patientId;
  await tx
    .insert(replacedPatients)
    .values({
      tenantId,
      environment,
      practiceId,
      patientId: replacedId,
      replacedBy: survivorPatientId,
    })
    .onConflictDoUpdate({
      target: [
        replacedPatients.tenantId,
        replacedPatients.environment,
        replacedPatients.practiceId,
        replacedPatients.patientId,
      ],
      set: { replacedBy: survivorPatientId },
    });
  await copySensitiveMark(tx, ctx, practiceId, { from: replacedId, to: survivorPatientId });
  await readAgain(tx, ctx, practiceId, [patientId, otherPatientId]);
}
