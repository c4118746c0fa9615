import "server-only";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import { approvals } from "@/db/schema/approvals";
import { ConflictError } from "../../errors";
import { enqueue } from "../../queue/enqueue";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { type ApprovalKind, approvalKinds } from "./kinds";
import { listApprovers, personBehind } from "./people";

/**
 * Requests a second person's approval and emails those who can give it, when the transaction commits.
 *
 * @returns the approval's ID, for the row of what is requested
 * @throws ForbiddenError without the permission of the kind
 * @throws ConflictError when nobody else in the organisation has that permission
 */
export async function requestApproval(
  tx: Transaction,
  ctx: TenantContext,
  { kind, practiceId }: { kind: ApprovalKind; practiceId: string },
): Promise<string> {
  const { permission, expiresInHours } = approvalKinds[kind];
  requirePermission(ctx, permission);
  const requestedBy = await personBehind(tx, ctx);
  if ((await listApprovers(tx, ctx, permission, requestedBy)).length === 0) {
    throw new ConflictError(noSecondPersonMessage);
  }
  const { tenantId, environment } = ctx;
  const id = uuidv7();
  await tx.insert(approvals).values({
    tenantId,
    environment,
    id,
    kind,
    practiceId,
    requestedBy,
    expiresAt: new Date(Date.now() + expiresInHours * 3_600_000),
  });
  await enqueue("approval-mail", { tenantId, environment, approvalId: id }, { within: tx });
  return id;
}

export const noSecondPersonMessage =
  "A second person must approve this, and nobody else in your organisation has permission. Ask an owner to add one.";
