import "server-only";
import { and, count, eq, lt, ne } from "drizzle-orm";
import { db } from "@/db/client";
import { approvals } from "@/db/schema/approvals";
import { patientMerges } from "@/db/schema/patients";
import { inScope, sameScope } from "@/db/scope";
import type {
  ListMergesInput,
  MergeIdInput,
  MergePage,
  MergeSummary,
  MergeView,
} from "../../schemas/merges";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { personBehind } from "../approvals/people";
import { findSecondPerson } from "./preview";
import { getMergeView, isOpenRequest, selectMergeViews } from "./view";

/** Merges and requests of this environment, newest first. */
export async function listMerges(
  ctx: TenantContext,
  { cursor, limit = 50 }: ListMergesInput,
): Promise<MergePage> {
  requirePermission(ctx, "patients.merge");
  const views = await db.read(ctx, (tx) =>
    selectMergeViews(tx, ctx, {
      where: cursor ? lt(patientMerges.id, cursor) : undefined,
      limit: limit + 1,
    }),
  );
  const items = views.slice(0, limit);
  return { items, nextCursor: views.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** @throws NotFoundError */
export async function getMerge(ctx: TenantContext, { mergeId }: MergeIdInput): Promise<MergeView> {
  requirePermission(ctx, "patients.merge");
  return db.read(ctx, (tx) => getMergeView(tx, ctx, mergeId));
}

/** What waits for this person, and whether anybody else could decide their own requests. */
export async function summariseMerges(ctx: TenantContext): Promise<MergeSummary> {
  requirePermission(ctx, "patients.merge");
  return db.read(ctx, async (tx) => {
    const [waiting] = await tx
      .select({ count: count() })
      .from(patientMerges)
      .innerJoin(
        approvals,
        and(sameScope(approvals, patientMerges), eq(approvals.id, patientMerges.approvalId)),
      )
      .where(
        and(
          inScope(patientMerges, ctx),
          isOpenRequest(),
          ne(approvals.requestedBy, await personBehind(tx, ctx)),
        ),
      );
    return {
      waitingForYou: waiting?.count ?? 0,
      hasSecondPerson: await findSecondPerson(tx, ctx),
    };
  });
}
