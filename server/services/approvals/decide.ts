import "server-only";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { approvals } from "@/db/schema/approvals";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { approvalKinds } from "./kinds";
import { personBehind } from "./people";

export type ApprovalDecision =
  | { readonly decision: "approved" | "withdrawn" }
  | { readonly decision: "refused"; readonly reason: string };

/**
 * Decides a request that is open. Who requested it may only withdraw it, and nobody else may. The row stays
 * locked until the transaction ends, so of two decisions the first counts.
 *
 * @throws NotFoundError
 * @throws ForbiddenError without the permission of the kind
 * @throws ConflictError once decided or expired, and for the wrong person
 */
export async function decideApproval(
  tx: Transaction,
  ctx: TenantContext,
  approvalId: string,
  decision: ApprovalDecision,
): Promise<void> {
  const decidedBy = await requireOpenApproval(tx, ctx, approvalId, decision.decision);
  await tx
    .update(approvals)
    .set({ ...decision, decidedBy, decidedAt: new Date() })
    .where(and(inScope(approvals, ctx), eq(approvals.id, approvalId)));
}

/**
 * Whether this person could decide so now; locks the row. Call it before work that only a decision needs.
 *
 * @returns the person
 * @throws as `decideApproval`
 */
export async function requireOpenApproval(
  tx: Transaction,
  ctx: TenantContext,
  approvalId: string,
  decision: ApprovalDecision["decision"],
): Promise<string> {
  const [approval] = await tx
    .select({
      kind: approvals.kind,
      requestedBy: approvals.requestedBy,
      expiresAt: approvals.expiresAt,
      decision: approvals.decision,
    })
    .from(approvals)
    .where(and(inScope(approvals, ctx), eq(approvals.id, approvalId)))
    .for("update");
  if (!approval) throw new NotFoundError();
  requirePermission(ctx, approvalKinds[approval.kind].permission);
  const person = await personBehind(tx, ctx);
  const isRequester = person === approval.requestedBy;
  if (approval.decision) throw new ConflictError(decidedMessages[approval.decision]);
  if (decision === "withdrawn") {
    if (!isRequester)
      throw new ConflictError("Only the person who requested this can withdraw it.");
    return person;
  }
  if (approval.expiresAt <= new Date()) {
    throw new ConflictError("This request has expired. Request it again.");
  }
  if (isRequester) {
    throw new ConflictError("You requested this, so another person must decide.");
  }
  return person;
}

const decidedMessages = {
  approved: "This request was already approved.",
  refused: "This request was already refused.",
  withdrawn: "This request was withdrawn.",
} as const;
