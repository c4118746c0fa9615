import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import type { FindLinkByOperationInput, LinkIdInput } from "../../schemas/links/inputs";
import type { LinkCount, LinkFilters, LinkPage, ListLinksInput } from "../../schemas/links/list";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { filterConditions } from "./filter";
import { pageOrders } from "./pagination";
import {
  countSearchResults,
  findSearch,
  listEndsSoonPageIds,
  isEndsSoonByTime,
  listSearchPageIds,
} from "./search";
import { getLinkView, selectLinkViews } from "./view";

/** A page of the ledger by keyset: equally fast on any page, and with a million links. */
export async function listLinks(ctx: TenantContext, input: ListLinksInput): Promise<LinkPage> {
  requirePermission(ctx, "links.read");
  const { sort = "newest", cursor, limit = 25, ...filters } = input;
  const order = pageOrders[sort];
  // One more than shown, to know whether there is a next page.
  const rowLimit = limit + 1;
  const rows = await db.read(ctx, async (tx) => {
    const search = await findSearch(tx, ctx, filters);
    const page = { filters, sort, limit: rowLimit, ...(cursor && { cursor }) };
    const matchingIds =
      search && "words" in search
        ? await listSearchPageIds(tx, ctx, search, page)
        : !search && isEndsSoonByTime(page)
          ? await listEndsSoonPageIds(tx, ctx, page)
          : undefined;
    if (matchingIds?.length === 0) return [];
    const where = matchingIds
      ? inArray(links.id, matchingIds)
      : and(
          filterConditions(filters),
          cursor ? order.afterCursor(cursor) : undefined,
          search && "linkIds" in search ? inArray(links.id, search.linkIds) : undefined,
        );
    return selectLinkViews(tx, ctx, { where, order, limit: rowLimit });
  });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last ? order.toCursor(last) : null,
  };
}

/** The most links that are counted one by one. */
const maxCountedLinks = 10_000;

/** How many links match, for the ledger's heading and the overview. Above 10,000 only that there are more. */
export async function countLinks(ctx: TenantContext, filters: LinkFilters): Promise<LinkCount> {
  requirePermission(ctx, "links.read");
  const limit = maxCountedLinks + 1;
  const count = await db.read(ctx, async (tx) => {
    const search = await findSearch(tx, ctx, filters);
    if (search && "words" in search) return countSearchResults(tx, ctx, search, filters, limit);
    const where = and(
      inScope(links, ctx),
      filterConditions(filters),
      search ? inArray(links.id, search.linkIds) : undefined,
    );
    const matching = tx.select({ id: links.id }).from(links).where(where).limit(limit);
    return tx.$count(matching.as("matching"));
  });
  return { count: Math.min(count, maxCountedLinks), hasMore: count > maxCountedLinks };
}

/** @throws NotFoundError */
export async function getLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.read");
  return db.read(ctx, (tx) => getLinkView(tx, ctx, input.linkId));
}

/** The link of an operation, so that a reloaded form leads there instead of creating another. */
export async function findLinkByOperation(
  ctx: TenantContext,
  input: FindLinkByOperationInput,
): Promise<{ linkId: string } | null> {
  requirePermission(ctx, "links.read");
  const [row] = await db.tenant(ctx, (tx) =>
    tx
      .select({ linkId: links.id })
      .from(links)
      .where(and(inScope(links, ctx), eq(links.operationId, input.operationId))),
  );
  return row ?? null;
}
