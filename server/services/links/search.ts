import "server-only";
import { and, eq, or, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { links, linkSearchTerms } from "@/db/schema/links";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import type { LinkFilters, LinkSort } from "../../schemas/links/list";
import type { TenantContext } from "../../tenancy/context";
import { endingSoonDates, filterConditions } from "./filter";
import { pageOrders, parseCursor } from "./pagination";
import { indexedWordsOf, searchWordsOf, tagTerm } from "./search-terms";

/** Words with the same beginning whose links are merged; with more of them, links are tested one by one. */
const maxMergedTerms = 24;
/** A word with fewer links than this is rare. */
const commonTermLinkCount = 2000;
const maxSearchWords = 6;

/** One word of a search: a link has a term of this range, or belongs to a practice with the word in its name. */
type SearchWord = { term: string; isPrefix: boolean; practiceIds: readonly string[] };

/** Every word must match. `word` is the rarest; it is null when no word can be looked up by itself. */
type Search = {
  words: readonly SearchWord[];
  driver: { word: SearchWord; isRare: boolean; terms: readonly string[] | null } | null;
};

const hasTermOf = ({ term, isPrefix }: SearchWord, column: SQL | typeof linkSearchTerms.term) =>
  isPrefix
    ? sql`(${column} >= ${term} and ${column} < ${`${term}\u{10FFFF}`})`
    : sql`${column} = ${term}`;

const textArray = (values: readonly string[]) =>
  sql`array[${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )}]::text[]`;

// A scalar subquery, not a condition: it is looked up for each link in turn. PostgreSQL would turn a
// condition into a join over all links with a common word.
const matchesWord = (word: SearchWord) => {
  const hasTerm = sql`(
    select true from ${linkSearchTerms} as of_link
    where of_link.tenant_id = ${links.tenantId} and of_link.environment = ${links.environment}
      and of_link.link_id = ${links.id} and ${hasTermOf(word, sql`of_link.term`)}
    limit 1
  )`;
  return word.practiceIds.length > 0 ? or(inPractices(word), hasTerm) : hasTerm;
};

const inPractices = ({ practiceIds }: SearchWord) =>
  sql`${links.practiceId} = any(${textArray(practiceIds)}::uuid[])`;

/** How many links have the word, counted only far enough to tell rare from common. */
async function countLinksCapped(
  tx: Transaction,
  ctx: TenantContext,
  word: SearchWord,
): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::integer as count from (
      select from ${linkSearchTerms}
      where ${inScope(linkSearchTerms, ctx)} and ${hasTermOf(word, linkSearchTerms.term)}
      limit ${commonTermLinkCount}
    ) found
  `);
  return row?.count ?? 0;
}

/**
 * The terms with this beginning, or null when there are too many. The query steps through the key from term
 * to term, so it takes as long for a thousand links as for a million.
 */
async function listTerms(
  tx: Transaction,
  ctx: TenantContext,
  { term, isPrefix }: SearchWord,
): Promise<string[] | null> {
  if (!isPrefix) return [term];
  const scopeCondition = sql`tenant_id = ${ctx.tenantId} and environment = ${ctx.environment}`;
  const prefixEnd = `${term}\u{10FFFF}`;
  const rows = await tx.execute<{ term: string }>(sql`
    with recursive words as (
      (select term, 1 as place from link_search_terms
        where ${scopeCondition} and term >= ${term} and term < ${prefixEnd}
        order by tenant_id, environment, term limit 1)
      union all
      select next.term, words.place + 1 from words cross join lateral (
        select term from link_search_terms
        where ${scopeCondition} and link_search_terms.term > words.term and link_search_terms.term < ${prefixEnd}
        order by tenant_id, environment, term limit 1
      ) next
      where words.place <= ${maxMergedTerms}
    )
    select term from words
  `);
  return rows.length > maxMergedTerms ? null : rows.map((row) => row.term);
}

/** Finds the practices with a word in their name. */
async function loadPracticeFinder(tx: Transaction, ctx: TenantContext) {
  const rows = await tx
    .select({ id: practices.id, name: practices.name, nickname: practices.nickname })
    .from(practices)
    .where(inScope(practices, ctx));
  const named = rows.map(({ id, name, nickname }) => ({
    id,
    words: indexedWordsOf(`${name} ${nickname ?? ""}`),
  }));
  return (word: string) =>
    named.filter(({ words }) => words.some((other) => other.startsWith(word))).map(({ id }) => id);
}

const uuidPattern = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** A pasted address stands for its last part: the code of a link, or the ID of a page. */
const lastPartOfAddress = (text: string) =>
  text.replace(/\S+/g, (word) =>
    /^(?:https?:\/\/|[\w-]+(?:\.[\w-]+)+(?::\d+)?\/)/i.test(word)
      ? (word.split(/[?#]/, 1)[0]?.split("/").filter(Boolean).at(-1) ?? "")
      : word,
  );

/** The links that an ID stands for: the link's own ID, or that of the request that created it. */
async function findLinkIds(tx: Transaction, ctx: TenantContext, id: string): Promise<string[]> {
  const rows = await tx
    .select({ id: links.id })
    .from(links)
    .where(and(inScope(links, ctx), or(eq(links.id, id), eq(links.operationId, id))));
  return rows.map((row) => row.id);
}

/**
 * What the words and the tag of the filters mean: nothing to search for, links known by their ID, or
 * words that a link must match.
 */
export async function findSearch(
  tx: Transaction,
  ctx: TenantContext,
  { q, tag }: Pick<LinkFilters, "q" | "tag">,
): Promise<{ linkIds: string[] } | Search | null> {
  const searchText = lastPartOfAddress(q ?? "");
  const [id] = uuidPattern.exec(searchText) ?? [];
  if (id) return { linkIds: await findLinkIds(tx, ctx, id) };
  const texts = searchWordsOf(searchText).slice(0, maxSearchWords);
  if (q && texts.length === 0) return { linkIds: [] };
  if (texts.length === 0 && !tag) return null;
  const practicesNamed = texts.length > 0 ? await loadPracticeFinder(tx, ctx) : () => [];
  const words: SearchWord[] = texts.map((term) => ({
    term,
    isPrefix: true,
    practiceIds: practicesNamed(term),
  }));
  if (tag) words.unshift({ term: tagTerm(tag), isPrefix: false, practiceIds: [] });
  const counted = [];
  for (const word of words.filter(({ practiceIds }) => practiceIds.length === 0)) {
    const count = await countLinksCapped(tx, ctx, word);
    if (count === 0) return { linkIds: [] };
    counted.push({ word, count, isRare: count < commonTermLinkCount });
  }
  const [rarest] = counted.toSorted((a, b) => a.count - b.count);
  if (!rarest) return { words, driver: null };
  if (rarest.isRare) return { words, driver: { ...rarest, terms: null } };
  // All are common: the one with the fewest terms leads to its links with the fewest steps.
  const drivers = [];
  for (const { word } of counted)
    drivers.push({ word, isRare: false, terms: await listTerms(tx, ctx, word) });
  const termCount = ({ terms }: { terms: string[] | null }) => terms?.length ?? Infinity;
  const [driver] = drivers.toSorted((a, b) => termCount(a) - termCount(b));
  return { words, driver: driver ?? null };
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

/** The links with a word, looked up one by one in the order of their ids. */
const linksWithWord = (
  ctx: TenantContext,
  word: SearchWord,
  conditions: SQL | undefined,
  isBehind: SQL,
  direction: SQL,
) => sql`(
    select distinct matched.link_id from ${linkSearchTerms} as matched
    where matched.tenant_id = ${ctx.tenantId} and matched.environment = ${ctx.environment}
      and ${hasTermOf(word, sql`matched.term`)} ${isBehind}
    order by matched.link_id ${direction}
  ) as candidate cross join lateral (
    select * from ${links} where ${links.id} = candidate.link_id and ${conditions} limit 1
  ) as ${sql.identifier("links")}`;

/**
 * The ids of a page of links that match every word. A rare word's links are looked up and sorted. Ordered
 * by time, the query otherwise follows the key of the driver's terms; in other orders, or with too many
 * terms, it follows the order and tests link by link. So the cost does not grow with the number of matches.
 */
export async function listSearchPageIds(
  tx: Transaction,
  ctx: TenantContext,
  { words, driver }: Search,
  page: PageQuery,
): Promise<string[]> {
  const { sort, cursor, limit } = page;
  const others = words.filter((word) => word !== driver?.word).map(matchesWord);
  const conditions = and(pageConditions(ctx, page), ...others);
  const direction = sortDirection(sort);
  const cursorId = isSortedByTime(sort) && cursor ? parseCursor(cursor).id : null;
  const isBehind = cursorId
    ? sort === "newest"
      ? sql`and matched.link_id < ${cursorId}::uuid`
      : sql`and matched.link_id > ${cursorId}::uuid`
    : sql``;
  if (driver?.isRare) {
    const rows = await tx.execute<{ id: string }>(sql`
      select ${links.id} as id
      from ${linksWithWord(ctx, driver.word, conditions, isBehind, direction)}
      order by ${
        isSortedByTime(sort)
          ? sql`candidate.link_id ${direction}`
          : sql.join(pageOrders[sort].orderBy, sql`, `)
      }
      limit ${limit}
    `);
    return rows.map(({ id }) => id);
  }
  if (!isSortedByTime(sort) || !driver?.terms) {
    const rows = await tx
      .select({ id: links.id })
      .from(links)
      .where(and(conditions, driver ? matchesWord(driver.word) : undefined))
      .orderBy(...pageOrders[sort].orderBy)
      .limit(limit);
    return rows.map(({ id }) => id);
  }
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct page.id from unnest(${textArray(driver.terms)}) as searched(term)
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

/** How many links match every word and the filters, counted up to `limit`. */
export async function countSearchResults(
  tx: Transaction,
  ctx: TenantContext,
  { words, driver }: Search,
  filters: LinkFilters,
  limit: number,
): Promise<number> {
  const others = words.filter((word) => word !== driver?.word).map(matchesWord);
  const conditions = and(inScope(links, ctx), filterConditions(filters), ...others);
  const matched = driver
    ? sql`select from ${linksWithWord(ctx, driver.word, conditions, sql``, sql`desc`)}`
    : sql`select from ${links} where ${conditions}`;
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::integer as count from (${matched} limit ${limit}) found`,
  );
  return row?.count ?? 0;
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
