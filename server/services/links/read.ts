import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import type { FindLinkByOperationInput, LinkIdInput } from "../../schemas/links/inputs";
import type { LinkPage, ListLinksInput } from "../../schemas/links/list";
import type { LinkView } from "../../schemas/links/view";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { filterConditions } from "./filter";
import { pageOrders } from "./pagination";
import {
  listEndsSoonPageIds,
  findSearchTerms,
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
  const { rows, isTruncated } = await db.read(ctx, async (tx) => {
    const { groups, isTruncated } = await findSearchTerms(tx, ctx, filters);
    if (groups.some((terms) => terms.length === 0)) return { rows: [], isTruncated };
    const page = { filters, sort, limit: rowLimit, ...(cursor && { cursor }) };
    const matchingIds =
      groups.length > 0
        ? await listSearchPageIds(tx, ctx, groups, page)
        : isEndsSoonByTime(page)
          ? await listEndsSoonPageIds(tx, ctx, page)
          : undefined;
    if (matchingIds?.length === 0) return { rows: [], isTruncated };
    const where = matchingIds
      ? inArray(links.id, matchingIds)
      : and(filterConditions(filters), cursor ? order.afterCursor(cursor) : undefined);
    return {
      rows: await selectLinkViews(tx, ctx, { where, order, limit: rowLimit }),
      isTruncated,
    };
  });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last ? order.toCursor(last) : null,
    isTruncated,
  };
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
