import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { elementSecrets, elementSessions } from "@/db/schema/element-sessions";
import { placementPractices, placements } from "@/db/schema/placements";
import { practices } from "@/db/schema/practices";
import { hashToken, makeToken } from "../../crypto/tokens";
import { env } from "../../env";
import { ElementRefusedError, ForbiddenError, NotFoundError } from "../../errors";
import type {
  CreatedElementSession,
  CreateElementSessionBody,
  OpenElementSessionInput,
} from "../../schemas/element-sessions";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { countTry } from "../limits";
import { isPlacement } from "../placements/view";

type Wanted = {
  placementId: string | null;
  practiceId: string;
  patientId?: string | undefined;
  adminId?: string | undefined;
};

/** What a secret looks like; anything else need not be looked for. */
export const isPossibleSecret = (text: string) => /^hes_[A-Za-z0-9_-]{43}$/.test(text);
export const makeSecret = () => `hes_${makeToken()}`;

async function insertSession(
  tx: Transaction,
  ctx: TenantContext,
  wanted: Wanted,
  label: string,
  now: Date,
): Promise<CreatedElementSession> {
  const { actor, tenantId, environment } = ctx;
  const id = uuidv7();
  const secret = makeSecret();
  const after = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
  const firstBy = after(env().ELEMENT_FIRST_EXCHANGE_MINUTES);
  const endsAt = after(env().ELEMENT_SESSION_HOURS * 60);
  await tx.insert(elementSessions).values({
    ...wanted,
    tenantId,
    environment,
    id,
    userId: actor.kind === "person" ? actor.userId : null,
    apiKeyId: actor.kind === "server" ? actor.apiKeyId : null,
    createdAt: now,
    firstBy,
    endsAt,
  });
  await tx
    .insert(elementSecrets)
    .values({ tenantId, environment, sessionId: id, hash: hashToken(secret), turn: 0 });
  const subject = wanted.placementId
    ? ({ type: "placement", id: wanted.placementId, label } as const)
    : ({ type: "practice", id: wanted.practiceId, label } as const);
  await recordAudit(tx, ctx, "element_session.created", subject, {
    sessionId: id,
    practiceId: wanted.practiceId,
    patientId: wanted.patientId ?? null,
  });
  return {
    id,
    secret,
    expiresAt: (firstBy < endsAt ? firstBy : endsAt).toISOString(),
    endsAt: endsAt.toISOString(),
  };
}

/** The placement's name. @throws NotFoundError, ElementRefusedError while it is switched off */
async function requireOn(tx: Transaction, ctx: TenantContext, placementId: string) {
  const [placement] = await tx
    .select({ name: placements.name, isOn: placements.isOn })
    .from(placements)
    .where(isPlacement(ctx, placementId));
  if (!placement) throw new NotFoundError();
  if (!placement.isOn) throw new ElementRefusedError("placement-off");
  return placement.name;
}

/** @throws ElementRefusedError unless the practice is on the placement's list */
async function requireListed(
  tx: Transaction,
  ctx: TenantContext,
  placementId: string,
  practiceId: string,
): Promise<void> {
  const [listed] = await tx
    .select({ id: placementPractices.practiceId })
    .from(placementPractices)
    .where(
      and(
        eq(placementPractices.tenantId, ctx.tenantId),
        eq(placementPractices.environment, ctx.environment),
        eq(placementPractices.placementId, placementId),
        eq(placementPractices.practiceId, practiceId),
      ),
    );
  if (!listed) throw new ElementRefusedError("practice-refused");
}

const isConnected = (ctx: TenantContext) =>
  and(
    eq(practices.tenantId, ctx.tenantId),
    eq(practices.environment, ctx.environment),
    isNull(practices.disconnectedAt),
  );

/**
 * A session as a partner's server asks for one: a page gets tokens with it from the placement's origins.
 * Its secret is given back this once and kept as a hash.
 *
 * @throws NotFoundError unless placement and practice are this tenant's in this environment
 * @throws ElementRefusedError while the placement is off, or for a practice that is not on its list
 */
export async function createElementSession(
  ctx: TenantContext,
  { practiceGroupId, placementId, patientId, adminId }: CreateElementSessionBody,
  now = new Date(),
): Promise<CreatedElementSession> {
  requirePermission(ctx, "element_sessions.create");
  // What a person opens is for the portal's own page and has no origin but ours.
  if (ctx.actor.kind !== "server") throw new ForbiddenError();
  return db.tenant(ctx, async (tx) => {
    const name = await requireOn(tx, ctx, placementId);
    const [practice] = await tx
      .select({ id: practices.id })
      .from(practices)
      .where(and(isConnected(ctx), eq(practices.practiceGroupId, practiceGroupId)));
    if (!practice) throw new NotFoundError();
    await requireListed(tx, ctx, placementId, practice.id);
    const wanted = { placementId, practiceId: practice.id, patientId, adminId };
    return insertSession(tx, ctx, wanted, name, now);
  });
}

/**
 * A session for the portal's own page, without a placement; its tokens reach our second origin only.
 *
 * @throws NotFoundError unless the practice is this tenant's in this environment
 * @throws RateLimitedError past sixty in an hour
 */
export async function openElementSession(
  ctx: TenantContext,
  { practiceId, patientId }: OpenElementSessionInput,
  now = new Date(),
): Promise<CreatedElementSession> {
  requirePermission(ctx, "element_sessions.create");
  if (ctx.actor.kind !== "person") throw new ForbiddenError();
  await countTry("element-session", ctx.actor.userId);
  return db.tenant(ctx, async (tx) => {
    const [practice] = await tx
      .select({ id: practices.id, name: practices.name })
      .from(practices)
      .where(and(isConnected(ctx), eq(practices.id, practiceId)));
    if (!practice) throw new NotFoundError();
    const wanted = { placementId: null, practiceId, patientId };
    return insertSession(tx, ctx, wanted, practice.name, now);
  });
}
