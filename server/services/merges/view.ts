import "server-only";
import { and, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { approvals } from "@/db/schema/approvals";
import { patientMerges } from "@/db/schema/patients";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { MergeState, MergeView } from "../../schemas/merges";
import { actorId, type TenantContext } from "../../tenancy/context";

/** Longer than the calls of a merge take: a `pending` one this old was interrupted. */
export const maxPendingMs = 2 * 60_000;

const interruptedMessage =
  "The portal stopped while this merge was being sent. It is not known whether Hero merged the records.";

type MergeRow = typeof patientMerges.$inferSelect;
type ApprovalRow = typeof approvals.$inferSelect;

function stateOf(
  merge: Pick<MergeRow, "outcome" | "sentAt">,
  approval: Pick<ApprovalRow, "decision" | "expiresAt">,
  now: Date,
): MergeState {
  if (merge.outcome === "pending") return isInterrupted(merge, now) ? "unknown" : "pending";
  if (merge.outcome !== "requested") return merge.outcome;
  if (approval.decision === "refused" || approval.decision === "withdrawn")
    return approval.decision;
  return approval.expiresAt > now ? "waiting" : "expired";
}

const isInterrupted = ({ outcome, sentAt }: Pick<MergeRow, "outcome" | "sentAt">, now: Date) =>
  outcome === "pending" && now.getTime() - (sentAt?.getTime() ?? 0) > maxPendingMs;

/** The merges of this tenant and environment, newest first. */
export async function selectMergeViews(
  tx: Transaction,
  ctx: TenantContext,
  { where, limit }: { where?: SQL | undefined; limit: number },
): Promise<MergeView[]> {
  const deciders = alias(users, "deciders");
  const rows = await tx
    .select({
      merge: patientMerges,
      approval: approvals,
      practiceName: sql<string>`coalesce(${practices.nickname}, ${practices.name})`,
      requesterName: users.name,
      deciderName: deciders.name,
    })
    .from(patientMerges)
    .innerJoin(
      approvals,
      and(sameScope(approvals, patientMerges), eq(approvals.id, patientMerges.approvalId)),
    )
    .innerJoin(
      practices,
      and(sameScope(practices, patientMerges), eq(practices.id, patientMerges.practiceId)),
    )
    .leftJoin(users, eq(users.id, approvals.requestedBy))
    .leftJoin(deciders, eq(deciders.id, approvals.decidedBy))
    .where(and(inScope(patientMerges, ctx), where))
    .orderBy(desc(patientMerges.tenantId), desc(patientMerges.environment), desc(patientMerges.id))
    .limit(limit);
  const now = new Date();
  return rows.map(({ merge, approval, practiceName, requesterName, deciderName }) => ({
    id: merge.id,
    practice: { id: merge.practiceId, name: practiceName },
    patientId: merge.patientId,
    otherPatientId: merge.otherPatientId,
    survivorPatientId: merge.survivorPatientId,
    state: stateOf(merge, approval, now),
    requestedBy: requesterName ?? "Unknown",
    isOwnRequest: approval.requestedBy === actorId(ctx),
    requestedAt: approval.requestedAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    decidedBy: approval.decidedBy ? (deciderName ?? "Unknown") : null,
    decidedAt: approval.decidedAt?.toISOString() ?? null,
    refusalReason: approval.reason,
    failure: isInterrupted(merge, now) ? interruptedMessage : merge.failure,
    finishedAt: merge.finishedAt?.toISOString() ?? null,
  }));
}

/** @throws NotFoundError */
export async function getMergeView(
  tx: Transaction,
  ctx: TenantContext,
  mergeId: string,
): Promise<MergeView> {
  const [view] = await selectMergeViews(tx, ctx, {
    where: eq(patientMerges.id, mergeId),
    limit: 1,
  });
  if (!view) throw new NotFoundError();
  return view;
}

/** @throws NotFoundError */
export async function loadMerge(
  tx: Transaction,
  ctx: TenantContext,
  mergeId: string,
): Promise<MergeRow> {
  const [row] = await tx
    .select()
    .from(patientMerges)
    .where(and(inScope(patientMerges, ctx), eq(patientMerges.id, mergeId)));
  if (!row) throw new NotFoundError();
  return row;
}

/** Requests that nobody has decided, and that have not expired. */
export const isOpenRequest = () =>
  and(
    eq(patientMerges.outcome, "requested"),
    isNull(approvals.decision),
    sql`${approvals.expiresAt} > now()`,
  );
