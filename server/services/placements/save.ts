import "server-only";
import { and, count, eq, inArray, isNull } from "drizzle-orm";
import { parse } from "tldts";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { placementPractices, placements } from "@/db/schema/placements";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { InvalidInputError, NotFoundError } from "../../errors";
import type {
  CreatePlacementInput,
  PlacementView,
  SetPlacementThemeInput,
  SwitchPlacementInput,
  UpdatePlacementInput,
} from "../../schemas/placements";
import { actorId, type TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { requireBelowLimit } from "../limits";
import { getPlacementView } from "./view";

const maxPlacements = 500;

/**
 * Rejects `*.` before a public suffix (`*.co.uk`, `*.nhs.uk`), under which anyone can register a name
 * (https://publicsuffix.org, through `tldts`).
 * @throws InvalidInputError
 */
function rejectPublicSuffixes(origins: readonly string[]): void {
  for (const origin of origins) {
    if (!origin.includes("://*.")) continue;
    const host = new URL(origin.replace("*.", "")).hostname;
    if (host.endsWith(".localhost")) continue;
    if (parse(host, { allowPrivateDomains: true }).domain === null) {
      throw new InvalidInputError(
        "origins",
        `Anyone can register a name under ${host}. Enter your own domain after *.`,
      );
    }
  }
}

/** @throws NotFoundError unless every practice is connected here */
async function savePractices(
  tx: Transaction,
  ctx: TenantContext,
  placementId: string,
  practiceIds: readonly string[],
): Promise<void> {
  const { tenantId, environment } = ctx;
  const existing = await tx
    .select({ id: placementPractices.practiceId })
    .from(placementPractices)
    .where(and(inScope(placementPractices, ctx), eq(placementPractices.placementId, placementId)));
  const existingIds = new Set(existing.map(({ id }) => id));
  const removed = [...existingIds].filter((id) => !practiceIds.includes(id));
  const added = practiceIds.filter((id) => !existingIds.has(id));
  if (removed.length > 0) {
    await tx
      .delete(placementPractices)
      .where(
        and(
          inScope(placementPractices, ctx),
          eq(placementPractices.placementId, placementId),
          inArray(placementPractices.practiceId, removed),
        ),
      );
  }
  if (added.length === 0) return;
  const connected = await tx
    .select({ id: practices.id })
    .from(practices)
    .where(
      and(inScope(practices, ctx), inArray(practices.id, added), isNull(practices.disconnectedAt)),
    );
  if (connected.length < added.length) throw new NotFoundError();
  await tx
    .insert(placementPractices)
    .values(added.map((practiceId) => ({ tenantId, environment, placementId, practiceId })));
}

/**
 * Creates a placement, turned on.
 *
 * @throws InvalidInputError for an origin under which anyone can register a name
 * @throws NotFoundError unless every practice is connected in this environment
 * @throws ConflictError after 500
 */
export async function createPlacement(
  ctx: TenantContext,
  { practiceIds, attributes, ...input }: CreatePlacementInput,
): Promise<PlacementView> {
  requirePermission(ctx, "elements.manage");
  rejectPublicSuffixes(input.origins);
  const { tenantId, environment } = ctx;
  const id = uuidv7();
  return db.tenant(ctx, async (tx) => {
    await requireBelowLimit(tx, ["placements", tenantId, environment], {
      max: maxPlacements,
      async count() {
        const [existing] = await tx
          .select({ count: count() })
          .from(placements)
          .where(inScope(placements, ctx));
        return existing?.count ?? 0;
      },
      message: `You have ${maxPlacements} placements, which is the limit.`,
    });
    await tx.insert(placements).values({
      ...input,
      tenantId,
      environment,
      id,
      adminId: attributes.adminId ?? null,
      createdBy: actorId(ctx),
    });
    await savePractices(tx, ctx, id, practiceIds);
    const subject = { type: "placement", id, label: input.name } as const;
    await recordAudit(tx, ctx, "placement.created", subject, auditDetails(input, practiceIds));
    return getPlacementView(tx, ctx, id);
  });
}

const auditDetails = (
  { origins }: { origins: readonly string[] },
  practiceIds: readonly string[],
) => ({
  origins: origins.join(" "),
  practices: practiceIds.length,
});

/**
 * Changes everything but the theme. Open pages keep their settings until they next renew.
 * @throws as `createPlacement`
 */
export async function updatePlacement(
  ctx: TenantContext,
  { placementId, practiceIds, attributes, name, origins }: UpdatePlacementInput,
): Promise<PlacementView> {
  requirePermission(ctx, "elements.manage");
  rejectPublicSuffixes(origins);
  return db.tenant(ctx, async (tx) => {
    const [changed] = await tx
      .update(placements)
      .set({ name, origins, adminId: attributes.adminId ?? null })
      .where(and(inScope(placements, ctx), eq(placements.id, placementId)))
      .returning({ id: placements.id });
    if (!changed) throw new NotFoundError();
    await savePractices(tx, ctx, placementId, practiceIds);
    const subject = { type: "placement", id: placementId, label: name } as const;
    await recordAudit(
      tx,
      ctx,
      "placement.updated",
      subject,
      auditDetails({ origins }, practiceIds),
    );
    return getPlacementView(tx, ctx, placementId);
  });
}

/**
 * Changes the theme only, so that it cannot restore an origin or practice that someone else removed
 * meanwhile. Pages get it at their next renewal.
 * @throws NotFoundError
 */
export async function setPlacementTheme(
  ctx: TenantContext,
  { placementId, theme }: SetPlacementThemeInput,
): Promise<PlacementView> {
  requirePermission(ctx, "elements.manage");
  return db.tenant(ctx, async (tx) => {
    const [changed] = await tx
      .update(placements)
      .set({ theme })
      .where(and(inScope(placements, ctx), eq(placements.id, placementId)))
      .returning({ name: placements.name });
    if (!changed) throw new NotFoundError();
    const subject = { type: "placement", id: placementId, label: changed.name } as const;
    await recordAudit(tx, ctx, "placement.theme_updated", subject);
    return getPlacementView(tx, ctx, placementId);
  });
}

/**
 * Turns a placement on or off. When it is off no page gets another token; existing tokens stay valid at Hero
 * until `tokensExpireAt`.
 * @throws NotFoundError
 */
export async function switchPlacement(
  ctx: TenantContext,
  { placementId, isOn }: SwitchPlacementInput,
): Promise<PlacementView> {
  requirePermission(ctx, "elements.manage");
  return db.tenant(ctx, async (tx) => {
    const [switched] = await tx
      .update(placements)
      .set({ isOn, switchedAt: new Date() })
      .where(
        and(inScope(placements, ctx), eq(placements.id, placementId), eq(placements.isOn, !isOn)),
      )
      .returning({ name: placements.name });
    if (switched) {
      const action = isOn ? "placement.turned_on" : "placement.turned_off";
      const subject = { type: "placement", id: placementId, label: switched.name } as const;
      await recordAudit(tx, ctx, action, subject);
    }
    return getPlacementView(tx, ctx, placementId);
  });
}
