import "server-only";
import { and, eq, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { elementSecrets, elementSessions } from "@/db/schema/element-sessions";
import { placementPractices, placements } from "@/db/schema/placements";
import { practices } from "@/db/schema/practices";
import { inScope } from "@/db/scope";
import { hashToken, createToken } from "../../crypto/tokens";
import { env } from "../../env";
import { ElementRefusedError, ForbiddenError, NotFoundError } from "../../errors";
import type {
  CreatedElementSession,
  CreateElementSessionBody,
  CreatePortalElementSessionInput,
} from "../../schemas/element-sessions";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { requireAllowedPatient } from "../patients/check";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { consumeRateLimit } from "../rate-limits";

type NewSession = {
  placementId: string | null;
  practiceId: string;
  patientId?: string | undefined;
  adminId?: string | undefined;
};

/** The format of a secret. Skip the query for anything else. */
export const isSecretFormat = (text: string) => /^hes_[A-Za-z0-9_-]{43}$/.test(text);
export const createSecret = () => `hes_${createToken()}`;

async function insertSession(
  tx: Transaction,
  ctx: TenantContext,
  newSession: NewSession,
  label: string,
  now: Date,
): Promise<CreatedElementSession> {
  const { actor, tenantId, environment } = ctx;
  const id = uuidv7();
  const secret = createSecret();
  const addMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
  const firstExchangeBefore = addMinutes(env().ELEMENT_FIRST_EXCHANGE_MINUTES);
  const endsAt = addMinutes(env().ELEMENT_SESSION_HOURS * 60);
  await tx.insert(elementSessions).values({
    ...newSession,
    tenantId,
    environment,
    id,
    userId: actor.kind === "person" ? actor.userId : null,
    portalSessionId: actor.kind === "person" ? actor.sessionId : null,
    apiKeyId: actor.kind === "server" ? actor.apiKeyId : null,
    createdAt: now,
    firstExchangeBefore: firstExchangeBefore,
    endsAt,
  });
  await tx
    .insert(elementSecrets)
    .values({ tenantId, environment, sessionId: id, hash: hashToken(secret), sequence: 0 });
  const subject = newSession.placementId
    ? ({ type: "placement", id: newSession.placementId, label } as const)
    : ({ type: "practice", id: newSession.practiceId, label } as const);
  await recordAudit(tx, ctx, "element_session.created", subject, {
    sessionId: id,
    practiceId: newSession.practiceId,
    patientId: newSession.patientId ?? null,
  });
  return {
    id,
    secret,
    expiresAt: (firstExchangeBefore < endsAt ? firstExchangeBefore : endsAt).toISOString(),
    endsAt: endsAt.toISOString(),
  };
}

/** The placement's name. @throws NotFoundError, ElementRefusedError while it is turned off */
async function requireEnabledPlacement(tx: Transaction, ctx: TenantContext, placementId: string) {
  const [placement] = await tx
    .select({ name: placements.name, isOn: placements.isOn })
    .from(placements)
    .where(and(inScope(placements, ctx), eq(placements.id, placementId)));
  if (!placement) throw new NotFoundError();
  if (!placement.isOn) throw new ElementRefusedError("placement-off");
  return placement.name;
}

/** @throws ElementRefusedError unless the practice is allowed for the placement */
async function requireAllowedPractice(
  tx: Transaction,
  ctx: TenantContext,
  placementId: string,
  practiceId: string,
): Promise<void> {
  const [allowed] = await tx
    .select({ id: placementPractices.practiceId })
    .from(placementPractices)
    .where(
      and(
        inScope(placementPractices, ctx),
        eq(placementPractices.placementId, placementId),
        eq(placementPractices.practiceId, practiceId),
      ),
    );
  if (!allowed) throw new ElementRefusedError("practice-refused");
}

const connectedPractice = (ctx: TenantContext) =>
  and(inScope(practices, ctx), isNull(practices.disconnectedAt));

/**
 * Creates a session for a partner's server, whose pages get tokens with it from the placement's origins. The
 * secret is returned once and stored as a hash.
 *
 * @throws NotFoundError unless placement and practice are in this tenant and environment
 * @throws ElementRefusedError while the placement is off, or for a practice that it does not allow
 * @throws InvalidInputError, PatientNotCheckedError for a patient who may not be written to
 */
export async function createElementSession(
  ctx: TenantContext,
  { practiceGroupId, placementId, patientId, adminId }: CreateElementSessionBody,
  now = new Date(),
): Promise<CreatedElementSession> {
  requirePermission(ctx, "element_sessions.create");
  // A session that a user creates is for the portal's own page and origin.
  if (ctx.actor.kind !== "server") throw new ForbiddenError();
  const findTarget = async (tx: Transaction) => {
    const name = await requireEnabledPlacement(tx, ctx, placementId);
    const [practice] = await tx
      .select({ id: practices.id })
      .from(practices)
      .where(and(connectedPractice(ctx), eq(practices.practiceGroupId, practiceGroupId)));
    if (!practice) throw new NotFoundError();
    await requireAllowedPractice(tx, ctx, placementId, practice.id);
    return { name, practiceId: practice.id };
  };
  if (patientId) {
    const practice = await db.tenant(ctx, async (tx) =>
      loadPracticeWithKey(tx, ctx, (await findTarget(tx)).practiceId),
    );
    await requireAllowedPatient(ctx, practice, patientId, "use_element");
  }
  return db.tenant(ctx, async (tx) => {
    const { name, practiceId } = await findTarget(tx);
    const newSession = { placementId, practiceId, patientId, adminId };
    return insertSession(tx, ctx, newSession, name, now);
  });
}

/**
 * Creates a session for the portal's own page, without a placement. Its tokens reach the second origin only.
 *
 * @throws NotFoundError unless the practice is in this tenant and environment
 * @throws RateLimitedError after 60 in an hour
 * @throws InvalidInputError, PatientNotCheckedError for a patient who may not be written to
 */
export async function createPortalElementSession(
  ctx: TenantContext,
  { practiceId, patientId }: CreatePortalElementSessionInput,
  now = new Date(),
): Promise<CreatedElementSession> {
  requirePermission(ctx, "element_sessions.create");
  if (ctx.actor.kind !== "person") throw new ForbiddenError();
  await consumeRateLimit("element-session", ctx.actor.userId);
  if (patientId) {
    const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
    await requireAllowedPatient(ctx, practice, patientId, "use_element");
  }
  return db.tenant(ctx, async (tx) => {
    const [practice] = await tx
      .select({
        id: practices.id,
        name: sql<string>`coalesce(${practices.nickname}, ${practices.name})`,
      })
      .from(practices)
      .where(and(connectedPractice(ctx), eq(practices.id, practiceId)));
    if (!practice) throw new NotFoundError();
    const newSession = { placementId: null, practiceId, patientId };
    return insertSession(tx, ctx, newSession, practice.name, now);
  });
}
