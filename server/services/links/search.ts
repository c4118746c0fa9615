import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { links, linkTerms } from "@/db/schema/links";
import type { LinkFilters, LinkSort } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { daysThatEndSoon, filtersOf } from "./filter";
import { orders, splitCursor } from "./page";
import { termOfTag, wordsOf } from "./terms";

/** More words of one beginning than this are not looked at: longer words say more. */
const mostWordsOfBeginning = 24;
/** A word of fewer links than this is rare. */
const countsUpTo = 2000;

/**
 * The terms of this tenant's links that begin so, in order. Stepped through the key from word to word,
 * so that it takes as long for a thousand links as for a million.
 */
async function termsBeginningWith(
  tx: Transaction,
  ctx: TenantContext,
  beginning: string,
): Promise<string[]> {
  const mine = sql`tenant_id = ${ctx.tenantId} and environment = ${ctx.environment}`;
  const beyond = `${beginning}\u{10FFFF}`;
  const rows = await tx.execute<{ term: string }>(sql`
    with recursive words as (
      (select term, 1 as place from link_terms
        where ${mine} and term >= ${beginning} and term < ${beyond}
        order by tenant_id, environment, term limit 1)
      union all
      select next.term, words.place + 1 from words cross join lateral (
        select term from link_terms
        where ${mine} and link_terms.term > words.term and link_terms.term < ${beyond}
        order by tenant_id, environment, term limit 1
      ) next
      where words.place < ${mostWordsOfBeginning}
    )
    select term from words
  `);
  return rows.map(({ term }) => term);
}

const listOf = (values: readonly string[]) =>
  sql`array[${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )}]::text[]`;

// A value and no condition of its own, so that it is looked up for each link in turn and never made into
// a join over all links that have a common word.
const hasOneOf = (terms: readonly string[]) => sql`(
  select true from ${linkTerms} as of_link
  where of_link.tenant_id = ${links.tenantId} and of_link.environment = ${links.environment}
    and of_link.link_id = ${links.id} and of_link.term = any(${listOf(terms)})
  limit 1
)`;

/** How many links have one of these terms, counted no further than tells a rare word from a common one. */
async function countUpTo(
  tx: Transaction,
  ctx: TenantContext,
  terms: readonly string[],
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::integer as count from (
      select from ${linkTerms}
      where ${linkTerms.tenantId} = ${ctx.tenantId} and ${linkTerms.environment} = ${ctx.environment}
        and ${linkTerms.term} = any(${listOf(terms)})
      limit ${countsUpTo}
    ) found
  `);
  return row?.count ?? 0;
}

/**
 * What the words and the tag of a search stand for in the index: for each, the terms of which a link must
 * have one, the rarest first. No group where nothing is searched for; an empty one where no link can be
 * found.
 */
export async function findTerms(
  tx: Transaction,
  ctx: TenantContext,
  { q, tag }: Pick<LinkFilters, "q" | "tag">,
): Promise<{ groups: string[][]; isCut: boolean }> {
  const words = wordsOf(q ?? "").slice(0, 6);
  if (q && words.length === 0) return { groups: [[]], isCut: false };
  const groups = tag ? [[termOfTag(tag)]] : [];
  for (const word of words) groups.push(await termsBeginningWith(tx, ctx, word));
  const isCut = groups.some(({ length }) => length === mostWordsOfBeginning);
  if (groups.length < 2 || groups.some(({ length }) => length === 0)) return { groups, isCut };
  const counted = [];
  for (const terms of groups) counted.push({ terms, count: await countUpTo(tx, ctx, terms) });
  counted.sort((one, other) => one.count - other.count);
  return { groups: counted.map(({ terms }) => terms), isCut };
}

type Page = { filters: LinkFilters; sort: LinkSort; cursor?: string; limit: number };

const conditionsOf = (ctx: TenantContext, { filters, sort, cursor }: Page) =>
  and(
    eq(links.tenantId, ctx.tenantId),
    eq(links.environment, ctx.environment),
    filtersOf(filters),
    cursor ? orders[sort].after(cursor) : undefined,
  );

const byTime = (sort: LinkSort) => sort === "newest" || sort === "oldest";
const directionOf = (sort: LinkSort) => sql.raw(sort === "newest" ? "desc" : "asc");

/**
 * The ids of a page of links that have a term of each group. By time, the terms of the first group are
 * walked along their key and the rest is looked up, so that a page costs what a page costs however many
 * links have the word. Other orders read every match of a rare word.
 */
export async function searchPage(
  tx: Transaction,
  ctx: TenantContext,
  groups: string[][],
  page: Page,
): Promise<string[]> {
  const { sort, cursor, limit } = page;
  const [lead = [], ...others] = groups;
  const conditions = and(conditionsOf(ctx, page), ...others.map(hasOneOf));
  if (!byTime(sort)) {
    // A rare word's links are looked up and sorted; for a common one the order is walked and most fit.
    const isRare = (await countUpTo(tx, ctx, lead)) < countsUpTo;
    const ofLead = tx
      .select({ id: linkTerms.linkId })
      .from(linkTerms)
      .where(
        and(
          eq(linkTerms.tenantId, ctx.tenantId),
          eq(linkTerms.environment, ctx.environment),
          inArray(linkTerms.term, lead),
        ),
      );
    const rows = await tx
      .select({ id: links.id })
      .from(links)
      .where(and(conditions, isRare ? inArray(links.id, ofLead) : hasOneOf(lead)))
      .orderBy(...orders[sort].by)
      .limit(limit);
    return rows.map(({ id }) => id);
  }
  const direction = directionOf(sort);
  const behind = cursor && splitCursor(cursor).id;
  const isBehind = behind
    ? sort === "newest"
      ? sql`and walked.link_id < ${behind}::uuid`
      : sql`and walked.link_id > ${behind}::uuid`
    : sql``;
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct page.id from unnest(${listOf(lead)}) as wanted(term)
    cross join lateral (
      select ${links.id} as id from ${linkTerms} as walked
      join ${links} on ${links.tenantId} = walked.tenant_id
        and ${links.environment} = walked.environment and ${links.id} = walked.link_id
      where walked.tenant_id = ${ctx.tenantId} and walked.environment = ${ctx.environment}
        and walked.term = wanted.term ${isBehind} and ${conditions}
      order by walked.tenant_id ${direction}, walked.environment ${direction},
        walked.term ${direction}, walked.link_id ${direction}
      limit ${limit}
    ) page
    order by page.id ${direction}
    limit ${limit}
  `);
  return rows.map(({ id }) => id);
}

/**
 * The ids of a page, by time, of links that end soon: day by day along the key of expiries. By the plain
 * condition the planner would read every link of those days and sort them.
 */
export async function endsSoonPage(
  tx: Transaction,
  ctx: TenantContext,
  page: Page,
): Promise<string[]> {
  const direction = directionOf(page.sort);
  const rows = await tx.execute<{ id: string }>(sql`
    select page.id from unnest(${listOf(daysThatEndSoon())}) as wanted(day)
    cross join lateral (
      select ${links.id} as id from ${links}
      where ${links.expiresOn} = wanted.day::date and ${conditionsOf(ctx, page)}
      order by ${links.tenantId} ${direction}, ${links.environment} ${direction},
        ${links.expiresOn} ${direction}, ${links.id} ${direction}
      limit ${page.limit}
    ) page
    order by page.id ${direction}
    limit ${page.limit}
  `);
  return rows.map(({ id }) => id);
}

export const isWalkedByDay = ({ filters, sort }: Page) =>
  filters.state === "ends_soon" && byTime(sort);
