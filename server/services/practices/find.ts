import "server-only";
import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import type { TenantContext } from "../../tenancy/context";

/**
 * The portal's id of a practice. It may be disconnected: what was done there can still be read.
 * @throws NotFoundError unless this tenant has or had it in this environment
 */
export async function getPracticeId(
  tx: Transaction,
  ctx: TenantContext,
  practiceGroupId: string,
): Promise<string> {
  const [row] = await tx
    .select({ id: practices.id })
    .from(practices)
    .where(and(inScope(practices, ctx), eq(practices.practiceGroupId, practiceGroupId)));
  if (!row) throw new NotFoundError();
  return row.id;
}
