import "server-only";
import { and, count, eq, inArray, or } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { approvals } from "@/db/schema/approvals";
import { patientMerges } from "@/db/schema/patients";
import { inScope, inTenant, sameScope } from "@/db/scope";
import { OperationIdReusedError } from "../../errors";
import type { MergeView, RequestMergeInput } from "../../schemas/merges";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { requestApproval } from "../approvals/request";
import { recordAudit } from "../audit";
import { requireBelowLimit } from "../limits";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { readMergePreview, requireSamePreview } from "./preview";
import { getMergeView, isOpenRequest } from "./view";

/**
 * Requests the merge of two records, at most once for an operation ID. Sends nothing: a second person must
 * approve it within 24 hours. The records are read again, and must be those that were compared.
 *
 * @throws ConflictError when the records changed or must not be merged, when a merge of them is open, and
 *   without a second person
 * @throws PatientNotCheckedError when Hero did not say
 * @throws OperationIdReusedError, NotFoundError, RateLimitedError
 */
export async function requestMerge(
  ctx: TenantContext,
  input: RequestMergeInput,
): Promise<MergeView> {
  requirePermission(ctx, "patients.merge");
  const { existing, practice } = await db.tenant(ctx, async (tx) => ({
    practice: await loadPracticeWithKey(tx, ctx, input.practiceId),
    existing: await findExistingMerge(tx, ctx, input),
  }));
  if (existing) return existing;
  const preview = requireSamePreview(await readMergePreview(ctx, practice, input), [
    input.previewFingerprint,
  ]);
  return db.tenant(ctx, async (tx) => {
    const { patientId, otherPatientId, practiceId, operationId, previewFingerprint } = input;
    const pair = [patientId, otherPatientId].toSorted();
    await requireBelowLimit(tx, ["merge", ctx.tenantId, ctx.environment, practiceId, ...pair], {
      max: 1,
      count: async () =>
        (await findOwnRequest(tx, ctx, input)) ? 0 : countOpenMerges(tx, ctx, input),
      message: "There is already a merge of these two records. Open it in the list of merges.",
    });
    // The same form sent twice at once, or a second form.
    const repeated = await findOwnRequest(tx, ctx, input);
    if (repeated) return getMergeView(tx, ctx, repeated);
    const id = uuidv7();
    const approvalId = await requestApproval(tx, ctx, { kind: "patient_merge", practiceId });
    await tx.insert(patientMerges).values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId,
      practiceId,
      approvalId,
      patientId,
      otherPatientId,
      survivorPatientId: preview.result.id,
      previewFingerprint,
      createdBy: actorId(ctx),
    });
    const subject = { type: "merge", id, label: practice.name } as const;
    await recordAudit(tx, ctx, "merge.requested", subject, {
      operationId,
      patientId,
      otherPatientId,
    });
    return getMergeView(tx, ctx, id);
  });
}

/** The ID of this person's open request for these two records in this order, or of this operation. */
async function findOwnRequest(
  tx: Transaction,
  ctx: TenantContext,
  { operationId, practiceId, patientId, otherPatientId }: RequestMergeInput,
): Promise<string | null> {
  const [found] = await tx
    .select({ id: patientMerges.id })
    .from(patientMerges)
    .innerJoin(
      approvals,
      and(sameScope(approvals, patientMerges), eq(approvals.id, patientMerges.approvalId)),
    )
    .where(
      and(
        inScope(patientMerges, ctx),
        eq(patientMerges.practiceId, practiceId),
        eq(patientMerges.patientId, patientId),
        eq(patientMerges.otherPatientId, otherPatientId),
        eq(patientMerges.createdBy, actorId(ctx)),
        or(eq(patientMerges.operationId, operationId), isOpenRequest()),
      ),
    )
    .limit(1);
  return found?.id ?? null;
}

/** Merges of these two records, in either direction, that wait, are in progress, or may have happened. */
async function countOpenMerges(
  tx: Transaction,
  ctx: TenantContext,
  { practiceId, patientId, otherPatientId }: RequestMergeInput,
): Promise<number> {
  const pair = [patientId, otherPatientId];
  const [open] = await tx
    .select({ count: count() })
    .from(patientMerges)
    .innerJoin(
      approvals,
      and(sameScope(approvals, patientMerges), eq(approvals.id, patientMerges.approvalId)),
    )
    .where(
      and(
        inScope(patientMerges, ctx),
        eq(patientMerges.practiceId, practiceId),
        inArray(patientMerges.patientId, pair),
        inArray(patientMerges.otherPatientId, pair),
        or(isOpenRequest(), inArray(patientMerges.outcome, ["pending", "accepted", "unknown"])),
      ),
    );
  return open?.count ?? 0;
}

/** @throws OperationIdReusedError */
async function findExistingMerge(
  tx: Transaction,
  ctx: TenantContext,
  input: RequestMergeInput,
): Promise<MergeView | null> {
  const [found] = await tx
    .select()
    .from(patientMerges)
    .where(and(inTenant(patientMerges, ctx), eq(patientMerges.operationId, input.operationId)));
  if (!found) return null;
  const isSame =
    found.environment === ctx.environment &&
    (["practiceId", "patientId", "otherPatientId"] as const).every(
      (name) => found[name] === input[name],
    );
  if (!isSame) {
    throw new OperationIdReusedError(
      "This form was already sent for two other records. Open a new form.",
    );
  }
  return getMergeView(tx, ctx, found.id);
}
