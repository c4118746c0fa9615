import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import type {
  FindOperationInput,
  LinkIdInput,
  LinkPage,
  LinkView,
  ListLinksInput,
} from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { filtersOf } from "./filter";
import { orders } from "./page";
import { endsSoonPage, findTerms, isWalkedByDay, searchPage } from "./search";
import { getLinkView, selectLinkViews } from "./view";

/**
 * A page of the ledger by keyset: as fast on the thousandth page as on the first, and with a million
 * links as with a thousand.
 */
export async function listLinks(ctx: TenantContext, input: ListLinksInput): Promise<LinkPage> {
  requirePermission(ctx, "links.read");
  const { sort = "newest", cursor, limit = 25, ...filters } = input;
  const order = orders[sort];
  // One more than shown tells whether there is a next page.
  const most = limit + 1;
  const { rows, isCut } = await db.tenant(ctx, async (tx) => {
    const { groups, isCut } = await findTerms(tx, ctx, filters);
    if (groups.some((terms) => terms.length === 0)) return { rows: [], isCut };
    const page = { filters, sort, limit: most, ...(cursor && { cursor }) };
    const walked =
      groups.length > 0
        ? await searchPage(tx, ctx, groups, page)
        : isWalkedByDay(page)
          ? await endsSoonPage(tx, ctx, page)
          : undefined;
    if (walked?.length === 0) return { rows: [], isCut };
    const where = walked
      ? inArray(links.id, walked)
      : and(filtersOf(filters), cursor ? order.after(cursor) : undefined);
    return { rows: await selectLinkViews(tx, ctx, { where, order, limit: most }), isCut };
  });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? order.cursorOf(last) : null, isCut };
}

/** @throws NotFoundError */
export async function getLink(ctx: TenantContext, input: LinkIdInput): Promise<LinkView> {
  requirePermission(ctx, "links.read");
  return db.tenant(ctx, (tx) => getLinkView(tx, ctx, input.linkId));
}

/** The link an operation made, so that a reloaded form leads there instead of making another. */
export async function findOperation(
  ctx: TenantContext,
  input: FindOperationInput,
): Promise<{ linkId: string } | null> {
  requirePermission(ctx, "links.read");
  const [row] = await db.tenant(ctx, (tx) =>
    tx
      .select({ linkId: links.id })
      .from(links)
      .where(
        and(
          eq(links.tenantId, ctx.tenantId),
          eq(links.environment, ctx.environment),
          eq(links.operationId, input.operationId),
        ),
      ),
  );
  return row ?? null;
}
