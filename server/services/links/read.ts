import "server-only";
import { and, eq } from "drizzle-orm";
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
import { getLinkView, selectLinkViews } from "./view";

/** A page of the ledger by keyset: as fast on the thousandth page as on the first. */
export async function listLinks(
  ctx: TenantContext,
  { practiceId, cursor, limit = 25 }: ListLinksInput,
): Promise<LinkPage> {
  requirePermission(ctx, "links.read");
  const rows = await db.tenant(ctx, (tx) =>
    selectLinkViews(tx, ctx, {
      where: practiceId ? eq(links.practiceId, practiceId) : undefined,
      before: cursor,
      // One more than shown tells whether there is a next page.
      limit: limit + 1,
    }),
  );
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
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
