import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { patientMerges } from "@/db/schema/patients";
import { inScope } from "@/db/scope";
import { ConflictError } from "../../errors";
import { mergePatients } from "../../hero/patient-merge";
import type {
  ApproveMergeInput,
  MergeIdInput,
  MergeView,
  RefuseMergeInput,
} from "../../schemas/merges";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { type ApprovalDecision, decideApproval, requireOpenApproval } from "../approvals/decide";
import { recordAudit } from "../audit";
import { callHeroForPractice, withHeroSlot } from "../hero-calls/call";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { readMergePreview, requireSamePreview } from "./preview";
import { readMergedRecords } from "./reading";
import { interpretMerge, recordMergeResult, type SentMerge } from "./record";
import { getMergeView, loadMerge } from "./view";

const mergeOperation = { name: "mergePatient", method: "POST" } as const;

/**
 * The second person's decision to merge. Takes a preview for this person, which must be the one that both
 * people saw, and uses its token at once, in the one request to Hero. There is no undo. Hero's refusal or
 * silence is no error here: the merge comes back as `failed`, `accepted` or `unknown`.
 *
 * @throws ConflictError when the records changed, once decided or expired, for the person who requested it,
 *   and while another merge of the two records is in progress; nothing is sent then
 * @throws PatientNotCheckedError, HeroError `busy` or `disconnected`; nothing is written then
 * @throws NotFoundError
 */
export async function approveMerge(
  ctx: TenantContext,
  input: ApproveMergeInput,
): Promise<MergeView> {
  requirePermission(ctx, "patients.merge");
  const { merge, practice } = await db.tenant(ctx, async (tx) => {
    const row = await loadMerge(tx, ctx, input.mergeId);
    await requireOpenApproval(tx, ctx, row.approvalId, "approved");
    return { merge: row, practice: await loadPracticeWithKey(tx, ctx, row.practiceId) };
  });
  const { mergeToken } = requireSamePreview(await readMergePreview(ctx, practice, merge), [
    merge.previewFingerprint,
    input.previewFingerprint,
  ]);
  const { patientId, otherPatientId } = merge;
  const sent = await withHeroSlot(ctx, practice, mergeOperation, async (limiter, current) => {
    await markAsSent(ctx, current, merge);
    const reply = await callHeroForPractice(
      ctx,
      current,
      (hero) => mergePatients(hero, patientId, otherPatientId, mergeToken),
      limiter,
    );
    return { practice: current, outcome: reply };
  });
  const { outcome } = sent;
  const reading = await callHeroForPractice(ctx, sent.practice, (hero) =>
    readMergedRecords(hero, patientId, otherPatientId),
  );
  const update = interpretMerge(
    merge,
    outcome.ok ? null : outcome.error,
    reading.ok ? reading.result : { outcome: "unclear" },
  );
  const records = [...outcome.records, ...reading.records];
  return recordMergeResult(ctx, sent.practice, merge, update, records);
}

/** The approval and the pending merge, before Hero is called. @throws ConflictError */
async function markAsSent(
  ctx: TenantContext,
  practice: PracticeWithKey,
  merge: SentMerge & { approvalId: string },
): Promise<void> {
  try {
    await db.tenant(ctx, async (tx) => {
      await decideApproval(tx, ctx, merge.approvalId, { decision: "approved" });
      await tx
        .update(patientMerges)
        .set({ outcome: "pending", sentAt: new Date() })
        .where(and(inScope(patientMerges, ctx), eq(patientMerges.id, merge.id)));
      const subject = { type: "merge", id: merge.id, label: practice.name } as const;
      await recordAudit(tx, ctx, "merge.approved", subject);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ConflictError("Another merge of these two records is in progress.");
  }
}

/** Refuses a request of another person. @throws NotFoundError, ConflictError */
export function refuseMerge(
  ctx: TenantContext,
  { mergeId, reason }: RefuseMergeInput,
): Promise<MergeView> {
  return decideWithoutMerging(ctx, mergeId, { decision: "refused", reason });
}

/** Withdraws one's own request. @throws NotFoundError, ConflictError */
export function withdrawMerge(ctx: TenantContext, { mergeId }: MergeIdInput): Promise<MergeView> {
  return decideWithoutMerging(ctx, mergeId, { decision: "withdrawn" });
}

function decideWithoutMerging(
  ctx: TenantContext,
  mergeId: string,
  decision: Exclude<ApprovalDecision, { decision: "approved" }>,
): Promise<MergeView> {
  requirePermission(ctx, "patients.merge");
  return db.tenant(ctx, async (tx) => {
    const { approvalId } = await loadMerge(tx, ctx, mergeId);
    await decideApproval(tx, ctx, approvalId, decision);
    const view = await getMergeView(tx, ctx, mergeId);
    const subject = { type: "merge", id: mergeId, label: view.practice.name } as const;
    // The reason is a person's own words, so it is not in the audit.
    await recordAudit(tx, ctx, `merge.${decision.decision}`, subject);
    return view;
  });
}
