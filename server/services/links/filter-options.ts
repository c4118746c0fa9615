import "server-only";
import { and, inArray, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { inScope } from "@/db/scope";
import type { LinkFilterOptions } from "../../schemas/links/list";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { apiKeyActor } from "../actors";

const maxOwners = 100;
const maxTags = 200;

/**
 * The people and API keys that created links, and the tags in use. Both queries step through a key from
 * value to value, so they take as long for a thousand links as for a million.
 */
export async function listFilterOptions(ctx: TenantContext): Promise<LinkFilterOptions> {
  requirePermission(ctx, "links.read");
  const scopeCondition = sql`tenant_id = ${ctx.tenantId} and environment = ${ctx.environment}`;
  return db.read(ctx, async (tx) => {
    const [owners, tags] = await Promise.all([
      tx.execute<{ id: string }>(sql`
        with recursive found as (
          (select created_by as id, 1 as place from links where ${scopeCondition}
            order by tenant_id, environment, created_by limit 1)
          union all
          select next.id, found.place + 1 from found cross join lateral (
            select created_by as id from links where ${scopeCondition} and created_by > found.id
            order by tenant_id, environment, created_by limit 1
          ) next where found.place < ${maxOwners}
        ) select id from found
      `),
      tx.execute<{ term: string }>(sql`
        with recursive found as (
          (select term, 1 as place from link_search_terms where ${scopeCondition} and term >= '#' and term < '$'
            order by tenant_id, environment, term limit 1)
          union all
          select next.term, found.place + 1 from found cross join lateral (
            select term from link_search_terms
            where ${scopeCondition} and link_search_terms.term > found.term and link_search_terms.term < '$'
            order by tenant_id, environment, term limit 1
          ) next where found.place < ${maxTags}
        ) select term from found
      `),
    ]);
    const ids = owners.map(({ id }) => id);
    const [personOwners, apiKeyOwners] = await Promise.all([
      tx.select({ id: users.id, name: users.name }).from(users).where(inArray(users.id, ids)),
      tx
        .select({ id: apiKeys.id, name: apiKeys.name })
        .from(apiKeys)
        .where(and(inScope(apiKeys, ctx), inArray(apiKeys.id, ids))),
    ]);
    return {
      owners: [
        ...personOwners,
        ...apiKeyOwners.map(({ id, name }) => ({ id, name: apiKeyActor(name) })),
      ],
      tags: tags.map(({ term }) => term.slice(1)),
    };
  });
}
