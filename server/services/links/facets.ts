import "server-only";
import { inArray, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import type { LinkFacets } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";

const mostOwners = 100;
const mostTags = 200;

/**
 * Who made links and which tags are in use. Both are stepped through a key from value to value, so that
 * it takes as long for a thousand links as for a million.
 */
export async function listFacets(ctx: TenantContext): Promise<LinkFacets> {
  requirePermission(ctx, "links.read");
  const mine = sql`tenant_id = ${ctx.tenantId} and environment = ${ctx.environment}`;
  return db.tenant(ctx, async (tx) => {
    const owners = await tx.execute<{ id: string }>(sql`
      with recursive found as (
        (select created_by as id, 1 as place from links where ${mine}
          order by tenant_id, environment, created_by limit 1)
        union all
        select next.id, found.place + 1 from found cross join lateral (
          select created_by as id from links where ${mine} and created_by > found.id
          order by tenant_id, environment, created_by limit 1
        ) next where found.place < ${mostOwners}
      ) select id from found
    `);
    const tags = await tx.execute<{ term: string }>(sql`
      with recursive found as (
        (select term, 1 as place from link_terms where ${mine} and term >= '#' and term < '$'
          order by tenant_id, environment, term limit 1)
        union all
        select next.term, found.place + 1 from found cross join lateral (
          select term from link_terms
          where ${mine} and link_terms.term > found.term and link_terms.term < '$'
          order by tenant_id, environment, term limit 1
        ) next where found.place < ${mostTags}
      ) select term from found
    `);
    const ids = owners.map(({ id }) => id);
    const people = await tx
      .select({ id: users.id, name: users.name })
      .from(users)
      .where(inArray(users.id, ids));
    const keys = await tx
      .select({ id: apiKeys.id, name: apiKeys.name })
      .from(apiKeys)
      .where(inArray(apiKeys.id, ids));
    return {
      owners: [...people, ...keys.map(({ id, name }) => ({ id, name: `API key: ${name}` }))],
      tags: tags.map(({ term }) => term.slice(1)),
    };
  });
}
