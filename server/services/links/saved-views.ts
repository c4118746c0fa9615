import "server-only";
import { and, asc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { linkViews } from "@/db/schema/links";
import { ConflictError, ForbiddenError } from "../../errors";
import type { LinkSavedView, LinkViewIdInput, SaveLinkViewInput } from "../../schemas/links";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";

const mostViews = 30;

/** Views belong to people: a server or a job has none. @throws ForbiddenError */
function personOf(ctx: TenantContext): string {
  if (ctx.actor.kind !== "person") throw new ForbiddenError();
  return ctx.actor.userId;
}

const mine = (ctx: TenantContext) =>
  and(
    eq(linkViews.tenantId, ctx.tenantId),
    eq(linkViews.environment, ctx.environment),
    eq(linkViews.userId, personOf(ctx)),
  );

const columns = { id: linkViews.id, name: linkViews.name, query: linkViews.query };

/** The caller's own saved views, by name. */
export async function listSavedViews(ctx: TenantContext): Promise<LinkSavedView[]> {
  requirePermission(ctx, "links.read");
  return db.tenant(ctx, (tx) =>
    tx.select(columns).from(linkViews).where(mine(ctx)).orderBy(asc(linkViews.name)),
  );
}

/** Keeps a view under a name; the same name again keeps the newer. @throws ConflictError */
export async function saveLinkView(
  ctx: TenantContext,
  input: SaveLinkViewInput,
): Promise<LinkSavedView> {
  requirePermission(ctx, "links.read");
  const userId = personOf(ctx);
  return db.tenant(ctx, async (tx) => {
    const held = await tx.select(columns).from(linkViews).where(mine(ctx));
    if (held.length >= mostViews && !held.some(({ name }) => name === input.name)) {
      throw new ConflictError(`You can save at most ${mostViews} views. Delete one first.`);
    }
    const { tenantId, environment } = ctx;
    const [view] = await tx
      .insert(linkViews)
      .values({ ...input, tenantId, environment, userId, id: uuidv7() })
      .onConflictDoUpdate({
        target: [linkViews.tenantId, linkViews.environment, linkViews.userId, linkViews.name],
        set: { query: input.query },
      })
      .returning(columns);
    if (!view) throw new Error("The view was not kept.");
    return view;
  });
}

/** Deletes one of the caller's own views; one that is not theirs, or not there, stays as it is. */
export async function deleteLinkView(ctx: TenantContext, input: LinkViewIdInput): Promise<true> {
  requirePermission(ctx, "links.read");
  await db.tenant(ctx, (tx) =>
    tx.delete(linkViews).where(and(mine(ctx), eq(linkViews.id, input.viewId))),
  );
  return true;
}
