import "server-only";
import { and, asc, eq, inArray, lt, or } from "drizzle-orm";
import { db } from "@/db/client";
import { patientMerges } from "@/db/schema/patients";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import { HeroError } from "../../hero/errors";
import type { MergeIdInput, MergeView } from "../../schemas/merges";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice } from "../hero-calls/call";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { readMergedRecords } from "./reading";
import { interpretLaterReading, recordMergeResult } from "./record";
import { loadMerge, maxPendingMs } from "./view";

const isUnresolved = (now: Date) =>
  or(
    inArray(patientMerges.outcome, ["accepted", "unknown"]),
    and(
      eq(patientMerges.outcome, "pending"),
      lt(patientMerges.sentAt, new Date(now.getTime() - maxPendingMs)),
    ),
  );

/**
 * Reads both records of a merge that was accepted or is unknown. Never sends the merge again.
 * @throws NotFoundError, HeroError
 * @throws ConflictError for a merge with another state
 */
export async function resolveMerge(
  ctx: TenantContext,
  { mergeId }: MergeIdInput,
  now = new Date(),
): Promise<MergeView> {
  requirePermission(ctx, "patients.merge");
  const { merge, practice } = await db.tenant(ctx, async (tx) => {
    const row = await loadMerge(tx, ctx, mergeId);
    const [unresolved] = await tx
      .select({ id: patientMerges.id })
      .from(patientMerges)
      .where(and(inScope(patientMerges, ctx), eq(patientMerges.id, mergeId), isUnresolved(now)));
    if (!unresolved) throw new ConflictError("The state of this merge is already known.");
    return { merge: row, practice: await loadPracticeWithKey(tx, ctx, row.practiceId) };
  });
  const outcome = await callHeroForPractice(ctx, practice, (hero) =>
    readMergedRecords(hero, merge.patientId, merge.otherPatientId),
  );
  const update = interpretLaterReading(
    merge,
    outcome.ok ? outcome.result : { outcome: "unclear" },
    now,
  );
  return recordMergeResult(ctx, practice, merge, update, outcome.records);
}

/** Merges of a practice that one run of the job reads. */
const maxMergesPerRun = 10;

/** The same in the background, for a practice. Ends when the practice was disconnected meanwhile. */
export async function resolveMergesOfPractice(
  ctx: TenantContext,
  practiceId: string,
  signal: AbortSignal,
): Promise<void> {
  const now = new Date();
  const unresolved = await db.tenant(ctx, (tx) =>
    tx
      .select({ id: patientMerges.id })
      .from(patientMerges)
      .where(
        and(
          inScope(patientMerges, ctx),
          eq(patientMerges.practiceId, practiceId),
          isUnresolved(now),
        ),
      )
      .orderBy(asc(patientMerges.sentAt))
      .limit(maxMergesPerRun),
  );
  for (const { id } of unresolved) {
    if (signal.aborted) return;
    try {
      await resolveMerge(ctx, { mergeId: id }, now);
    } catch (error) {
      if (error instanceof NotFoundError || error instanceof HeroError) return;
      // Somebody resolved it meanwhile.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
