import "server-only";
import { and, eq } from "drizzle-orm";
import { v5 as uuidv5 } from "uuid";
import { db } from "@/db/client";
import { elementScriptAcknowledgements, elementScriptVersions } from "@/db/schema/element-scripts";
import { NotFoundError } from "../../errors";
import { elementCatalogue, elementTags } from "../../schemas/element-catalogue";
import type { AcknowledgeScriptInput } from "../../schemas/elements";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { scriptUrl } from "../elements/script-url";

/**
 * Records that someone in the organisation reviewed a version of a script. The first reviewer is kept.
 *
 * @throws NotFoundError for an unknown version or a script of another environment
 */
export async function acknowledgeScript(
  ctx: TenantContext,
  { url, sha256 }: AcknowledgeScriptInput,
): Promise<true> {
  requirePermission(ctx, "elements.manage");
  const tag = elementTags.find((elementTag) => scriptUrl(ctx.environment, elementTag) === url);
  if (!tag) throw new NotFoundError();
  return db.tenant(ctx, async (tx): Promise<true> => {
    const [version] = await tx
      .select({ size: elementScriptVersions.size })
      .from(elementScriptVersions)
      .where(and(eq(elementScriptVersions.url, url), eq(elementScriptVersions.sha256, sha256)));
    if (!version) throw new NotFoundError();
    const inserted = await tx
      .insert(elementScriptAcknowledgements)
      .values({ tenantId: ctx.tenantId, url, sha256, userId: actorId(ctx) })
      .onConflictDoNothing()
      .returning({ sha256: elementScriptAcknowledgements.sha256 });
    if (inserted.length === 0) return true;
    // Scripts have no id, so the address gives the audit subject.
    const subject = {
      type: "script",
      id: uuidv5(url, uuidv5.URL),
      label: elementCatalogue[tag].name,
    } as const;
    await recordAudit(tx, ctx, "script.acknowledged", subject, { sha256, size: version.size });
    return true;
  });
}
