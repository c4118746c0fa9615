import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";

const superuser = connectAsSuperuser();

/** A change of a link that open pages were told. */
export async function insertChangeBatch(ctx: TenantContext, linkId: string): Promise<void> {
  // Only the sender writes batches. A number of its own far below zero does not disturb the real ones.
  await superuser`insert into change_batches (batch, tenant_id, environment, changes)
    values (${-Math.floor(Math.random() * 1e9)}, ${ctx.tenantId}, ${ctx.environment}, ${superuser.json(
      [{ topic: "links", subjectId: linkId }],
    )})`;
}
