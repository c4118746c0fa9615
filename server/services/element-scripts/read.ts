import "server-only";
import { and, asc, desc, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import {
  elementScriptAcknowledgements,
  elementScripts,
  elementScriptVersions,
} from "@/db/schema/element-scripts";
import { inScope } from "@/db/scope";
import { type ElementTag, elementTags } from "../../schemas/element-catalogue";
import type { MonitoredScript } from "../../schemas/elements";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { scriptUrl } from "../elements/script-url";

const maxVersions = 20;

/** The scripts of this environment's elements, with their versions and reviewers, current version first. */
export async function listMonitoredScripts(ctx: TenantContext): Promise<MonitoredScript[]> {
  requirePermission(ctx, "elements.read");
  return db.read(ctx, (tx) => Promise.all(elementTags.map((tag) => selectScript(tx, ctx, tag))));
}

async function selectScript(
  tx: Transaction,
  ctx: TenantContext,
  tag: ElementTag,
): Promise<MonitoredScript> {
  const url = scriptUrl(ctx.environment, tag);
  const lastChecks = tx
    .select({ lastFailure: elementScripts.lastFailure })
    .from(elementScripts)
    .where(eq(elementScripts.url, url));
  const newestVersions = tx
    .select({
      sha256: elementScriptVersions.sha256,
      size: elementScriptVersions.size,
      firstSeenAt: elementScriptVersions.firstSeenAt,
      lastSeenAt: elementScriptVersions.lastSeenAt,
      acknowledgedBy: users.name,
      acknowledgedAt: elementScriptAcknowledgements.acknowledgedAt,
    })
    .from(elementScriptVersions)
    .leftJoin(
      elementScriptAcknowledgements,
      and(
        inScope(elementScriptAcknowledgements, ctx),
        eq(elementScriptAcknowledgements.url, elementScriptVersions.url),
        eq(elementScriptAcknowledgements.sha256, elementScriptVersions.sha256),
      ),
    )
    .leftJoin(users, eq(users.id, elementScriptAcknowledgements.userId))
    .where(eq(elementScriptVersions.url, url))
    .orderBy(desc(elementScriptVersions.lastSeenAt), asc(elementScriptVersions.sha256))
    .limit(maxVersions);
  // A separate query: the first version of a script that often changes is not among the newest.
  const firstVersions = tx
    .select({ sha256: elementScriptVersions.sha256 })
    .from(elementScriptVersions)
    .where(eq(elementScriptVersions.url, url))
    .orderBy(asc(elementScriptVersions.firstSeenAt), asc(elementScriptVersions.sha256))
    .limit(1);
  const [[lastCheck], rows, [first]] = await Promise.all([
    lastChecks,
    newestVersions,
    firstVersions,
  ]);
  const [newest] = rows;
  return {
    tag,
    url,
    lastSuccessAt: newest?.lastSeenAt.toISOString() ?? null,
    lastFailure: lastCheck?.lastFailure ?? null,
    needsReview:
      newest !== undefined && newest.sha256 !== first?.sha256 && newest.acknowledgedAt === null,
    versions: rows.map(({ lastSeenAt: _lastSeenAt, ...row }) => ({
      ...row,
      firstSeenAt: row.firstSeenAt.toISOString(),
      acknowledgedBy: row.acknowledgedAt && (row.acknowledgedBy ?? "Unknown"),
      acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    })),
  };
}
