import "server-only";
import { and, asc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { savedLinkViews } from "@/db/schema/links";
import { inScope } from "@/db/scope";
import { ForbiddenError } from "../../errors";
import type {
  SavedLinkView,
  SavedLinkViewIdInput,
  SaveLinkViewInput,
} from "../../schemas/links/list";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { requireBelowLimit } from "../limits";

const maxViews = 30;

/** Only people have saved views, not API keys or jobs. @throws ForbiddenError */
function requireUserId(ctx: TenantContext): string {
  if (ctx.actor.kind !== "person") throw new ForbiddenError();
  return ctx.actor.userId;
}

const ownViews = (ctx: TenantContext) =>
  and(inScope(savedLinkViews, ctx), eq(savedLinkViews.userId, requireUserId(ctx)));

const columns = { id: savedLinkViews.id, name: savedLinkViews.name, query: savedLinkViews.query };

/** The caller's own saved views, by name. */
export async function listSavedViews(ctx: TenantContext): Promise<SavedLinkView[]> {
  requirePermission(ctx, "links.read");
  return db.read(ctx, (tx) =>
    tx.select(columns).from(savedLinkViews).where(ownViews(ctx)).orderBy(asc(savedLinkViews.name)),
  );
}

/** Saves a view under a name and replaces an earlier one of that name. @throws ConflictError */
export async function upsertSavedView(
  ctx: TenantContext,
  input: SaveLinkViewInput,
): Promise<SavedLinkView> {
  requirePermission(ctx, "links.read");
  const userId = requireUserId(ctx);
  return db.tenant(ctx, async (tx) => {
    const { tenantId, environment } = ctx;
    await requireBelowLimit(tx, ["saved-views", tenantId, environment, userId], {
      max: maxViews,
      async count() {
        const existing = await tx.select(columns).from(savedLinkViews).where(ownViews(ctx));
        // Replacing a view adds none.
        return existing.filter(({ name }) => name !== input.name).length;
      },
      message: `You can save at most ${maxViews} views. Delete one first.`,
    });
    const [view] = await tx
      .insert(savedLinkViews)
      .values({ ...input, tenantId, environment, userId, id: uuidv7() })
      .onConflictDoUpdate({
        target: [
          savedLinkViews.tenantId,
          savedLinkViews.environment,
          savedLinkViews.userId,
          savedLinkViews.name,
        ],
        set: { query: input.query },
      })
      .returning(columns);
    if (!view) throw new Error("The view was not saved.");
    return view;
  });
}

/** Deletes one of the caller's own views. Any other id changes nothing. */
export async function deleteSavedView(
  ctx: TenantContext,
  input: SavedLinkViewIdInput,
): Promise<true> {
  requirePermission(ctx, "links.read");
  await db.tenant(ctx, (tx) =>
    tx.delete(savedLinkViews).where(and(ownViews(ctx), eq(savedLinkViews.id, input.viewId))),
  );
  return true;
}
