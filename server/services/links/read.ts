import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { db } from "@/db/client";
import { links } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { InvalidInputError } from "../../errors";
import { csvByteOrderMark, toCsvLine } from "../../schemas/csv";
import { ukDateOf } from "../../schemas/dates";
import type { FindLinkByOperationInput, LinkIdInput } from "../../schemas/links/inputs";
import {
  type LinkCount,
  type LinkFilters,
  type LinkPage,
  type LinkSelection,
  type ListLinksInput,
  linkFilters,
  maxSelectedLinks,
} from "../../schemas/links/list";
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
          filterConditions(ctx, filters),
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

/** The newest links that match, as many as can be changed together. */
export async function selectMatchingLinks(
  ctx: TenantContext,
  filters: LinkFilters,
): Promise<LinkSelection> {
  const { items, nextCursor } = await listLinks(ctx, { ...filters, limit: maxSelectedLinks });
  return {
    items: items.map(({ id, kind, state, tags, expiresOn, practice }) => ({
      id,
      kind,
      state,
      tags,
      expiresOn,
      practiceName: practice.name,
    })),
    hasMore: nextCursor !== null,
  };
}

const exportColumns: Record<string, (link: LinkView) => string | number | null | undefined> = {
  id: ({ id }) => id,
  state: ({ state }) => state,
  kind: ({ kind }) => kind,
  for: ({ audience }) => audience,
  name: ({ name }) => name,
  reference: ({ reference }) => reference,
  tags: ({ tags }) => tags.join(", "),
  practice: ({ practice }) => practice.name,
  practice_group_id: ({ practice }) => practice.practiceGroupId,
  appointment_type_or_form: ({ appointmentType, form }) => appointmentType?.name ?? form?.name,
  location: ({ location }) => location?.name,
  practitioner: ({ practitioner }) => practitioner?.name,
  slots_from: ({ slotsFrom }) => slotsFrom,
  slots_to: ({ slotsTo }) => slotsTo,
  expires_on: ({ expiresOn }) => expiresOn,
  uses: ({ uses }) => uses,
  max_uses: ({ maxUses }) => maxUses,
  opens: ({ opens }) => opens,
  link: ({ url }) => url,
  created_by: ({ createdBy }) => createdBy,
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ refreshedAt }) => refreshedAt,
};

const exportPageSize = 500;

/**
 * A CSV file of the links that match, newest first. Read page by page while it is downloaded.
 *
 * @param query filters by their names in `linkFilters`
 * @throws InvalidInputError
 */
export async function exportLinks(
  ctx: TenantContext,
  query: Record<string, string>,
): Promise<{ fileName: string; chunks: AsyncGenerator<string> }> {
  requirePermission(ctx, "links.read");
  const parsed = linkFilters.safeParse(query);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InvalidInputError(String(issue?.path[0] ?? "filters"), issue?.message ?? "");
  }
  const filters = parsed.data;
  async function* chunks() {
    yield csvByteOrderMark + toCsvLine(Object.keys(exportColumns));
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: LinkPage = await listLinks(ctx, {
        ...filters,
        limit: exportPageSize,
        ...(cursor && { cursor }),
      });
      const lines = page.items.map((link) =>
        toCsvLine(Object.values(exportColumns).map((read) => String(read(link) ?? ""))),
      );
      if (lines.length > 0) yield lines.join("");
      cursor = page.nextCursor;
    }
  }
  return { fileName: `links-${ukDateOf(new Date())}.csv`, chunks: chunks() };
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
      filterConditions(ctx, filters),
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
