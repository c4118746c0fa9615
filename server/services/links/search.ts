import "server-only";
import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { links, linkTerms } from "@/db/schema/links";
import type { LinkFilters } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { filtersOf } from "./filter";
import { orders } from "./page";
import { termOfTag, wordsOf } from "./terms";

/** More words of one beginning than this are not looked at: longer words say more. */
const mostWordsOfBeginning = 24;

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

const hasOneOf = (terms: readonly string[]) => sql`exists (
  select from ${linkTerms} as of_link
  where of_link.tenant_id = ${links.tenantId} and of_link.environment = ${links.environment}
    and of_link.link_id = ${links.id}
    and of_link.term in (${sql.join(
      terms.map((term) => sql`${term}`),
      sql`, `,
    )})
)`;

/**
 * What the words and the tag of a search stand for in the index: for each, the terms of which a link must
 * have one. No group where nothing is searched for; an empty one where no link can be found.
 */
export async function findTerms(
  tx: Transaction,
  ctx: TenantContext,
  { q, tag }: Pick<LinkFilters, "q" | "tag">,
): Promise<{ groups: string[][]; isCut: boolean }> {
  const words = wordsOf(q ?? "").slice(0, 6);
  if (q && words.length === 0) return { groups: [[]], isCut: false };
  const groups = tag ? [[termOfTag(tag)]] : [];
  // The longest word leads: it has the fewest links.
  for (const word of words.toSorted((one, other) => other.length - one.length)) {
    groups.push(await termsBeginningWith(tx, ctx, word));
  }
  return { groups, isCut: groups.some(({ length }) => length === mostWordsOfBeginning) };
}

/**
 * The ids of a page of links that have a term of each group. By time, the terms of the first group are
 * walked along their key and the rest is looked up, so that a page costs what a page costs however many
 * links have the word. Other orders read every match.
 */
export async function searchPage(
  tx: Transaction,
  ctx: TenantContext,
  groups: string[][],
  page: { filters: LinkFilters; sort: keyof typeof orders; cursor?: string; limit: number },
): Promise<string[]> {
  const { filters, sort, cursor, limit } = page;
  const [lead = [], ...others] = groups;
  const order = orders[sort];
  const conditions: SQL | undefined = and(
    eq(links.tenantId, ctx.tenantId),
    eq(links.environment, ctx.environment),
    filtersOf(filters),
    cursor ? order.after(cursor) : undefined,
    ...others.map(hasOneOf),
  );
  if (sort !== "newest" && sort !== "oldest") {
    const rows = await tx
      .select({ id: links.id })
      .from(links)
      .where(and(conditions, hasOneOf(lead)))
      .orderBy(...order.by)
      .limit(limit);
    return rows.map(({ id }) => id);
  }
  const direction = sql.raw(sort === "newest" ? "desc" : "asc");
  const isBehind = cursor
    ? sort === "newest"
      ? sql`and walked.link_id < ${cursor}::uuid`
      : sql`and walked.link_id > ${cursor}::uuid`
    : sql``;
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct page.id from unnest(array[${sql.join(
      lead.map((term) => sql`${term}`),
      sql`, `,
    )}]::text[]) as wanted(term)
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
