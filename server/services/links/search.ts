import "server-only";
import { and, inArray, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { links, linkSearchTerms } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import type { LinkFilters, LinkSort } from "../../schemas/links/list";
import type { TenantContext } from "../../tenancy/context";
import { endingSoonDates, filterConditions } from "./filter";
import { pageOrders, parseCursor } from "./pagination";
import { tagTerm, tokenize } from "./search-terms";

/** Terms considered for one prefix. People with more matches must type more letters. */
const maxTermsPerPrefix = 24;
/** A word with fewer links than this is rare. */
const commonTermLinkCount = 2000;

/**
 * The terms of this tenant's links with a prefix, in order. The query steps through the key from term to
 * term, so it takes as long for a thousand links as for a million.
 */
async function listTermsWithPrefix(
  tx: Transaction,
  ctx: TenantContext,
  prefix: string,
): Promise<string[]> {
  const scopeCondition = sql`tenant_id = ${ctx.tenantId} and environment = ${ctx.environment}`;
  const prefixEnd = `${prefix}\u{10FFFF}`;
  const rows = await tx.execute<{ term: string }>(sql`
    with recursive words as (
      (select term, 1 as place from link_search_terms
        where ${scopeCondition} and term >= ${prefix} and term < ${prefixEnd}
        order by tenant_id, environment, term limit 1)
      union all
      select next.term, words.place + 1 from words cross join lateral (
        select term from link_search_terms
        where ${scopeCondition} and link_search_terms.term > words.term and link_search_terms.term < ${prefixEnd}
        order by tenant_id, environment, term limit 1
      ) next
      where words.place < ${maxTermsPerPrefix}
    )
    select term from words
  `);
  return rows.map(({ term }) => term);
}

const textArray = (values: readonly string[]) =>
  sql`array[${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )}]::text[]`;

// A scalar subquery, not a condition: it is looked up for each link in turn. PostgreSQL would turn a
// condition into a join over all links with a common word.
const hasAnyTerm = (terms: readonly string[]) => sql`(
  select true from ${linkSearchTerms} as of_link
  where of_link.tenant_id = ${links.tenantId} and of_link.environment = ${links.environment}
    and of_link.link_id = ${links.id} and of_link.term = any(${textArray(terms)})
  limit 1
)`;

/** How many links have one of these terms, counted only far enough to tell rare from common. */
async function countLinksCapped(
  tx: Transaction,
  ctx: TenantContext,
  terms: readonly string[],
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::integer as count from (
      select from ${linkSearchTerms}
      where ${inScope(linkSearchTerms, ctx)} and ${linkSearchTerms.term} = any(${textArray(terms)})
      limit ${commonTermLinkCount}
    ) found
  `);
  return row?.count ?? 0;
}

/**
 * The index terms for the words and tag of a search: one group for each, rarest first, and a link must
 * have a term of every group. No groups without a search; an empty group when nothing can match.
 */
export async function findSearchTerms(
  tx: Transaction,
  ctx: TenantContext,
  { q, tag }: Pick<LinkFilters, "q" | "tag">,
): Promise<{ groups: string[][]; isTruncated: boolean }> {
  const words = tokenize(q ?? "").slice(0, 6);
  if (q && words.length === 0) return { groups: [[]], isTruncated: false };
  const groups = tag ? [[tagTerm(tag)]] : [];
  for (const word of words) groups.push(await listTermsWithPrefix(tx, ctx, word));
  const isTruncated = groups.some(({ length }) => length === maxTermsPerPrefix);
  if (groups.length < 2 || groups.some(({ length }) => length === 0))
    return { groups, isTruncated };
  const groupsWithCounts = [];
  for (const terms of groups)
    groupsWithCounts.push({ terms, count: await countLinksCapped(tx, ctx, terms) });
  groupsWithCounts.sort((a, b) => a.count - b.count);
  return { groups: groupsWithCounts.map(({ terms }) => terms), isTruncated };
}

type PageQuery = { filters: LinkFilters; sort: LinkSort; cursor?: string; limit: number };

const pageConditions = (ctx: TenantContext, { filters, sort, cursor }: PageQuery) =>
  and(
    inScope(links, ctx),
    filterConditions(filters),
    cursor ? pageOrders[sort].afterCursor(cursor) : undefined,
  );

const isSortedByTime = (sort: LinkSort) => sort === "newest" || sort === "oldest";
const sortDirection = (sort: LinkSort) => sql.raw(sort === "newest" ? "desc" : "asc");

/**
 * The ids of a page of links that have a term of each group. Ordered by time, the query follows the key
 * of the first group's terms and looks up the rest, so its cost does not grow with the number of
 * matches. In other orders it reads every match of a rare word.
 */
export async function listSearchPageIds(
  tx: Transaction,
  ctx: TenantContext,
  groups: string[][],
  page: PageQuery,
): Promise<string[]> {
  const { sort, cursor, limit } = page;
  const [firstGroup = [], ...otherGroups] = groups;
  const conditions = and(pageConditions(ctx, page), ...otherGroups.map(hasAnyTerm));
  if (!isSortedByTime(sort)) {
    // Links with a rare word are looked up and sorted. With a common word most links match, so the query
    // follows the order.
    const isRare = (await countLinksCapped(tx, ctx, firstGroup)) < commonTermLinkCount;
    const firstGroupLinkIds = tx
      .select({ id: linkSearchTerms.linkId })
      .from(linkSearchTerms)
      .where(and(inScope(linkSearchTerms, ctx), inArray(linkSearchTerms.term, firstGroup)));
    const rows = await tx
      .select({ id: links.id })
      .from(links)
      .where(
        and(conditions, isRare ? inArray(links.id, firstGroupLinkIds) : hasAnyTerm(firstGroup)),
      )
      .orderBy(...pageOrders[sort].orderBy)
      .limit(limit);
    return rows.map(({ id }) => id);
  }
  const direction = sortDirection(sort);
  const cursorId = cursor && parseCursor(cursor).id;
  const isBehind = cursorId
    ? sort === "newest"
      ? sql`and matched.link_id < ${cursorId}::uuid`
      : sql`and matched.link_id > ${cursorId}::uuid`
    : sql``;
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct page.id from unnest(${textArray(firstGroup)}) as searched(term)
    cross join lateral (
      select ${links.id} as id from ${linkSearchTerms} as matched
      join ${links} on ${links.tenantId} = matched.tenant_id
        and ${links.environment} = matched.environment and ${links.id} = matched.link_id
      where matched.tenant_id = ${ctx.tenantId} and matched.environment = ${ctx.environment}
        and matched.term = searched.term ${isBehind} and ${conditions}
      order by matched.tenant_id ${direction}, matched.environment ${direction},
        matched.term ${direction}, matched.link_id ${direction}
      limit ${limit}
    ) page
    order by page.id ${direction}
    limit ${limit}
  `);
  return rows.map(({ id }) => id);
}

/**
 * The ids of a page, by time, of links that end soon, date by date along the key of expiry dates. A plain
 * condition would read and sort every link of those dates.
 */
export async function listEndsSoonPageIds(
  tx: Transaction,
  ctx: TenantContext,
  page: PageQuery,
): Promise<string[]> {
  const direction = sortDirection(page.sort);
  const rows = await tx.execute<{ id: string }>(sql`
    select page.id from unnest(${textArray(endingSoonDates())}) as expiry(day)
    cross join lateral (
      select ${links.id} as id from ${links}
      where ${links.expiresOn} = expiry.day::date and ${pageConditions(ctx, page)}
      order by ${links.tenantId} ${direction}, ${links.environment} ${direction},
        ${links.expiresOn} ${direction}, ${links.id} ${direction}
      limit ${page.limit}
    ) page
    order by page.id ${direction}
    limit ${page.limit}
  `);
  return rows.map(({ id }) => id);
}

export const isEndsSoonByTime = ({ filters, sort }: PageQuery) =>
  filters.state === "ends_soon" && isSortedByTime(sort);
