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
/** Links whose words are compared at once, in the order of a page; four times as many in each next step. */
const firstWindowLinkCount = 4000;
const maxSearchWords = 6;

/** One word of a search: a link has a term of this range, or belongs to a practice with the word in its name. */
type SearchWord = { term: string; isPrefix: boolean; practiceIds: readonly string[] };

type ListedWord = { word: SearchWord; terms: readonly string[] };

/** Every word must match. */
type Search = {
  words: readonly SearchWord[];
  /** The rarest word, or else one with few terms. Null when no word can be looked up by itself. */
  driver: { word: SearchWord; isRare: boolean; terms: readonly string[] | null } | null;
  /** When all words are common: those with few enough terms to read the links of each. */
  listed: readonly ListedWord[];
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
  const counted = await Promise.all(
    words
      .filter(({ practiceIds }) => practiceIds.length === 0)
      .map(async (word) => ({ word, count: await countLinksCapped(tx, ctx, word) })),
  );
  const [rarest] = counted.toSorted((a, b) => a.count - b.count);
  if (!rarest) return { words, driver: null, listed: [] };
  if (rarest.count === 0) return { linkIds: [] };
  if (rarest.count < commonTermLinkCount)
    return { words, driver: { word: rarest.word, isRare: true, terms: null }, listed: [] };
  const candidates = await Promise.all(
    counted.map(async ({ word }) => ({ word, terms: await listTerms(tx, ctx, word) })),
  );
  const listed = candidates
    .flatMap(({ word, terms }) => (terms ? [{ word, terms }] : []))
    .toSorted((a, b) => a.terms.length - b.terms.length);
  const driver = listed[0] ?? { word: rarest.word, terms: null };
  return { words, driver: { ...driver, isRare: false }, listed };
}

type PageQuery = { filters: LinkFilters; sort: LinkSort; cursor?: string; limit: number };

const pageConditions = (ctx: TenantContext, { filters, sort, cursor }: PageQuery) =>
  and(
    inScope(links, ctx),
    filterConditions(ctx, filters),
    cursor ? pageOrders[sort].afterCursor(cursor) : undefined,
  );

const minId = "00000000-0000-0000-0000-000000000000";
const maxId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

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
 * The ids of links, by time, that have all the listed words and match the rest of the page's query. Among
 * the next few thousand links it reads those of each word from the key, without testing link by link, and
 * keeps the common ones; then among the next.
 */
async function listIdsByWindow(
  tx: Transaction,
  ctx: TenantContext,
  { words, listed }: Search,
  page: PageQuery,
): Promise<string[]> {
  const isNewestFirst = page.sort === "newest";
  const direction = sortDirection(page.sort);
  const isBehind = sql.raw(isNewestFirst ? "<" : ">");
  const isUpTo = sql.raw(isNewestFirst ? ">=" : "<=");
  const listedWords = new Set(listed.map(({ word }) => word));
  const others = words.filter((word) => !listedWords.has(word)).map(matchesWord);
  const conditions = and(inScope(links, ctx), filterConditions(ctx, page.filters), ...others);
  let startId = page.cursor ? parseCursor(page.cursor).id : isNewestFirst ? maxId : minId;
  const ids: string[] = [];
  for (let linkCount = firstWindowLinkCount; ; linkCount *= 4) {
    const linksOf = ({ terms }: ListedWord) => sql`
      select matched.link_id from unnest(${textArray(terms)}) as searched(term)
      cross join lateral (
        select link_id from ${linkSearchTerms} as of_term
        where of_term.tenant_id = ${ctx.tenantId} and of_term.environment = ${ctx.environment}
          and of_term.term = searched.term and of_term.link_id ${isBehind} ${startId}::uuid
          and of_term.link_id ${isUpTo} (select coalesce(id, ${isNewestFirst ? minId : maxId}::uuid) from last_link)
        order by of_term.tenant_id, of_term.environment, of_term.term, of_term.link_id
        limit ${linkCount}
      ) as matched`;
    const [window] = await tx.execute<{ lastId: string | null; ids: string[] }>(sql`
      with last_link as materialized (
        select (
          select ${links.id} from ${links}
          where ${inScope(links, ctx)} and ${links.id} ${isBehind} ${startId}::uuid
          order by ${sql.join(pageOrders[page.sort].orderBy, sql`, `)} limit 1 offset ${linkCount - 1}
        ) as id
      )
      select (select id from last_link) as "lastId", array(
        select candidate.link_id
        from (${sql.join(listed.map(linksOf), sql` intersect `)} order by link_id ${direction}) as candidate
        cross join lateral (
          select from ${links} where ${links.id} = candidate.link_id and ${conditions} limit 1
        ) as found
        order by candidate.link_id ${direction}
        limit ${page.limit - ids.length}
      ) as ids
    `);
    ids.push(...(window?.ids ?? []));
    if (!window?.lastId || ids.length >= page.limit) return ids;
    startId = window.lastId;
  }
}

/**
 * The ids of a page of links that match every word. A rare word's links are looked up and sorted. Ordered
 * by time, several words with few terms are compared window by window, and one is followed along the key
 * of its terms. In other orders, or with too many terms, the query follows the order and tests link by
 * link. So the cost does not grow with the number of matches.
 */
export async function listSearchPageIds(
  tx: Transaction,
  ctx: TenantContext,
  search: Search,
  page: PageQuery,
): Promise<string[]> {
  const { words, driver } = search;
  if (isSortedByTime(page.sort) && search.listed.length > 1)
    return listIdsByWindow(tx, ctx, search, page);
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
  search: Search,
  filters: LinkFilters,
  limit: number,
): Promise<number> {
  const { words, driver, listed } = search;
  if (listed.length > 1) {
    const ids = await listIdsByWindow(tx, ctx, search, { filters, sort: "newest", limit });
    return ids.length;
  }
  const others = words.filter((word) => word !== driver?.word).map(matchesWord);
  const conditions = and(inScope(links, ctx), filterConditions(ctx, filters), ...others);
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
