import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { elementSecrets, elementSessions } from "@/db/schema/element-sessions";
import { inScope } from "@/db/scope";
import { hashToken } from "../../crypto/tokens";
import { ElementRefusedError, NotFoundError } from "../../errors";
import { accessTokenMinutes, createAccessToken } from "../../hero/access-token";
import { elementCatalogue, toHeroEnv, isKnownElement } from "../../schemas/element-catalogue";
import type { ElementGrant } from "../../schemas/element-sessions";
import type { TenantContext } from "../../tenancy/context";
import { resolveElementContext } from "../../tenancy/element-session";
import { recordAudit } from "../audit";
import { callHeroForPractice } from "../hero-calls/call";
import { recordCallsForPractice } from "../hero-calls/record";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { consumeRateLimit } from "../rate-limits";
import { scriptUrl } from "../elements/script-url";
import { isSecretFormat, createSecret } from "./create";
import {
  checkExchange,
  type ElementSession,
  findSession,
  lockSession,
  type ExchangeCheck,
} from "./session";

const accessTokenMs = accessTokenMinutes * 60_000;
/** A page renews this long before its token expires. */
const renewalMs = 5 * 60_000;

/**
 * Exchanges a session's secret for one Hero access token and the next secret. The session is checked before
 * Hero is called and again with the row locked, so that changes made meanwhile count. Only a successful
 * exchange uses the secret. Tokens are not stored.
 *
 * @param origin the page's origin as its browser states it; null without one
 * @throws ElementRefusedError before Hero is called
 * @throws RateLimitedError, HeroError; the secret stays valid
 */
export async function exchangeElementSecret(
  input: { secret: string; origin: string | null; requestId: string },
  now = new Date(),
): Promise<ElementGrant> {
  const { secret, origin, requestId } = input;
  if (!isSecretFormat(secret)) throw new ElementRefusedError("session-refused");
  const { ctx, sessionId, practiceId } = await resolveElementContext(secret, requestId);
  const hash = hashToken(secret);
  const check = async (tx: Transaction, session: ElementSession | undefined) => {
    if (!session) throw new ElementRefusedError("session-refused");
    const checkResult = checkExchange(session, origin, now);
    if (checkResult === "reused") await endSession(tx, ctx, session, now);
    return { session, result: checkResult };
  };

  const [initial, rateLimit] = await Promise.all([
    db.tenant(ctx, async (tx) => {
      const [session, practice] = await Promise.all([
        findSession(tx, ctx, sessionId, hash),
        loadPracticeWithKey(tx, ctx, practiceId).catch(undefinedIfNotFound),
      ]);
      return { ...(await check(tx, session)), practice };
    }),
    Promise.allSettled([consumeRateLimit("element-exchange", sessionId)]),
  ]);
  if (initial.result !== "ok") throw toRefusedError(initial.result);
  // Disconnected between the two checks.
  if (!initial.practice) throw new ElementRefusedError("practice-refused");
  if (rateLimit[0].status === "rejected") throw rateLimit[0].reason;
  const { practice } = initial;

  const startedAt = performance.now();
  const outcome = await callHeroForPractice(ctx, practice, createAccessToken);
  // Counted from before the call, so that a token is never reported to live longer than it does.
  const elapsedMs = performance.now() - startedAt;

  const result = await db.tenant(ctx, async (tx) => {
    // Pipelined: none of these waits for the result of another.
    const [, found] = await Promise.all([
      recordCallsForPractice(tx, ctx, practice, outcome.records),
      outcome.ok ? lockSession(tx, ctx, sessionId, hash) : undefined,
    ]);
    if (!outcome.ok) return { error: outcome.error };
    const { session, result: checkResult } = await check(tx, found);
    if (checkResult !== "ok") return { error: toRefusedError(checkResult) };
    const next = await rotateSecret(tx, ctx, session, origin, now);
    const expiresAt = new Date(now.getTime() + accessTokenMs);
    const canRenew = session.endsAt.getTime() > expiresAt.getTime() - renewalMs;
    return {
      grant: {
        token: outcome.result,
        practiceGroupId: practice.practiceGroupId,
        ...mountDetails(ctx, session),
        expiresAt: expiresAt.toISOString(),
        expiresIn: Math.floor((accessTokenMs - elapsedMs) / 1000),
        next: canRenew ? next : null,
      },
    };
  });
  if (result.error) throw result.error;
  return result.grant;
}

/** A disconnected practice has no key to load; the check of the session reports it. */
function undefinedIfNotFound(error: unknown): undefined {
  if (!(error instanceof NotFoundError)) throw error;
}

const toRefusedError = (checkResult: Exclude<ExchangeCheck, "ok">) =>
  new ElementRefusedError(checkResult === "reused" ? "session-refused" : checkResult);

/**
 * Marks the secret as used and creates the next. An earlier next secret, whose response was lost, becomes
 * invalid.
 */
async function rotateSecret(
  tx: Transaction,
  ctx: TenantContext,
  session: ElementSession,
  origin: string | null,
  now: Date,
): Promise<string> {
  const { tenantId, environment } = ctx;
  const next = createSecret();
  const isRepeat = session.secretSequence < session.sequence;
  const nextSequence = session.secretSequence + 1;
  const markUsed = isRepeat
    ? tx
        .update(elementSecrets)
        .set({ isSuperseded: true })
        .where(
          and(
            inScope(elementSecrets, ctx),
            eq(elementSecrets.sessionId, session.id),
            eq(elementSecrets.sequence, nextSequence),
          ),
        )
    : tx
        .update(elementSessions)
        .set({ sequence: nextSequence, rotatedAt: now, origin })
        .where(and(inScope(elementSessions, ctx), eq(elementSessions.id, session.id)));
  const insertNext = tx.insert(elementSecrets).values({
    tenantId,
    environment,
    sessionId: session.id,
    hash: hashToken(next),
    sequence: nextSequence,
  });
  const details = {
    sessionId: session.id,
    practiceId: session.practiceId,
    sequence: nextSequence,
    origin,
  };
  await Promise.all([
    markUsed,
    insertNext,
    recordAudit(tx, ctx, "element_session.exchanged", auditSubject(session), details),
  ]);
  return next;
}

const auditSubject = ({ placementId, placement, practiceId, practiceName }: ElementSession) =>
  placementId && placement
    ? ({ type: "placement", id: placementId, label: placement.name } as const)
    : ({ type: "practice", id: practiceId, label: practiceName } as const);

async function endSession(
  tx: Transaction,
  ctx: TenantContext,
  session: ElementSession,
  now: Date,
): Promise<void> {
  await tx
    .update(elementSessions)
    .set({ endedAt: now })
    .where(and(inScope(elementSessions, ctx), eq(elementSessions.id, session.id)));
  await recordAudit(tx, ctx, "element_session.ended", auditSubject(session), {
    sessionId: session.id,
    practiceId: session.practiceId,
  });
}

/** The element to mount: on the portal's own page the Message Builder. */
function mountDetails(ctx: TenantContext, session: ElementSession) {
  const tag = session.placement?.element ?? "hh-message-builder";
  if (!isKnownElement(tag))
    throw new Error("A placement has an element that the catalogue does not list.");
  const adminId = session.adminId ?? session.placement?.adminId;
  return {
    env: toHeroEnv(ctx.environment),
    attributes: {
      ...(session.patientId && { "patient-id": session.patientId }),
      ...(adminId && { "admin-id": adminId }),
    },
    theme: session.placement?.theme ?? null,
    element: {
      tag,
      script: scriptUrl(ctx.environment, tag),
      events: elementCatalogue[tag].events.map(({ name, endsDraft }) => ({ name, endsDraft })),
    },
  };
}
