import "server-only";
import { and, eq } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { elementSecrets, elementSessions } from "@/db/schema/element-sessions";
import { hashToken } from "../../crypto/tokens";
import { ElementRefusedError, NotFoundError } from "../../errors";
import { accessTokenMinutes, createAccessToken } from "../../hero/access-token";
import { elementCatalogue, heroEnvOf, isKnownElement } from "../../schemas/element-catalogue";
import type { ElementGrant } from "../../schemas/element-sessions";
import { openElementContext, type TenantContext } from "../../tenancy/context";
import { recordAudit } from "../audit";
import { callHeroFor, loadReachablePractice, settleHeroCalls } from "../hero/access";
import { countTry } from "../limits";
import { scriptAddress } from "../elements/script-address";
import { isPossibleSecret, makeSecret } from "./create";
import {
  isSession,
  judgeExchange,
  type ElementSession,
  findSession,
  lockSession,
  type Verdict,
} from "./session";

const accessTokenMs = accessTokenMinutes * 60_000;
/** A page renews this long before its token ends. */
const renewalMs = 5 * 60_000;

/**
 * Exchanges a session's secret for one access token of Hero's and the next secret. Looked at before Hero
 * is asked, and again, with the row locked, before anything is given: what changed meanwhile counts, and
 * the secret is spent only by an exchange that gave something. One token for one exchange, kept nowhere.
 *
 * @param origin the page's, as its browser states it; null where there is none
 * @throws ElementRefusedError, with nothing asked of Hero
 * @throws RateLimitedError, HeroError; the secret stays good
 */
export async function exchangeElementSecret(
  given: { secret: string; origin: string | null; requestId: string },
  now = new Date(),
): Promise<ElementGrant> {
  const { secret, origin, requestId } = given;
  if (!isPossibleSecret(secret)) throw new ElementRefusedError("session-refused");
  const { ctx, sessionId, practiceId } = await openElementContext(secret, requestId);
  const hash = hashToken(secret);
  const judge = async (tx: Transaction, session: ElementSession | undefined) => {
    if (!session) throw new ElementRefusedError("session-refused");
    const verdict = judgeExchange(session, origin, now);
    if (verdict === "stolen") await endSession(tx, ctx, session, now);
    return { session, verdict };
  };

  const [first, share] = await Promise.all([
    db.tenant(ctx, async (tx) => {
      const [session, practice] = await Promise.all([
        findSession(tx, ctx, sessionId, hash),
        loadReachablePractice(tx, ctx, practiceId).catch(orNone),
      ]);
      return { ...(await judge(tx, session)), practice };
    }),
    Promise.allSettled([countTry("element-exchange", sessionId)]),
  ]);
  if (first.verdict !== "good") throw refusalOf(first.verdict);
  // Disconnected between the two looks.
  if (!first.practice) throw new ElementRefusedError("practice-refused");
  if (share[0].status === "rejected") throw share[0].reason;
  const { practice } = first;

  const askedAt = performance.now();
  const outcome = await callHeroFor(ctx, practice, createAccessToken);
  // Counted from before the call: a token is never said to live longer than it does.
  const spentMs = performance.now() - askedAt;

  const done = await db.tenant(ctx, async (tx) => {
    // Sent one after the other without waiting for answers in between.
    const [, found] = await Promise.all([
      settleHeroCalls(tx, ctx, practice, outcome.records),
      outcome.ok ? lockSession(tx, ctx, sessionId, hash) : undefined,
    ]);
    if (!outcome.ok) return { error: outcome.error };
    const { session, verdict } = await judge(tx, found);
    if (verdict !== "good") return { error: refusalOf(verdict) };
    const next = await turn(tx, ctx, session, origin, now);
    const expiresAt = new Date(now.getTime() + accessTokenMs);
    const isNextOfUse = session.endsAt.getTime() > expiresAt.getTime() - renewalMs;
    return {
      grant: {
        token: outcome.result,
        practiceGroupId: practice.practiceGroupId,
        ...describe(ctx, session),
        expiresAt: expiresAt.toISOString(),
        expiresIn: Math.floor((accessTokenMs - spentMs) / 1000),
        next: isNextOfUse ? next : null,
      },
    };
  });
  if (done.error) throw done.error;
  return done.grant;
}

/** A practice that is disconnected has nothing to load; the session's own look says so in its words. */
function orNone(error: unknown): undefined {
  if (!(error instanceof NotFoundError)) throw error;
}

const refusalOf = (verdict: Exclude<Verdict, "good">) =>
  new ElementRefusedError(verdict === "stolen" ? "session-refused" : verdict);

/** Spends the secret and makes the next; a next that was given before, in an answer that was lost, is dead. */
async function turn(
  tx: Transaction,
  ctx: TenantContext,
  session: ElementSession,
  origin: string | null,
  now: Date,
): Promise<string> {
  const { tenantId, environment } = ctx;
  const next = makeSecret();
  const isRepeat = session.secretTurn < session.turn;
  const nextTurn = session.secretTurn + 1;
  const spend = isRepeat
    ? tx
        .update(elementSecrets)
        .set({ isReplaced: true })
        .where(
          and(
            eq(elementSecrets.tenantId, tenantId),
            eq(elementSecrets.environment, environment),
            eq(elementSecrets.sessionId, session.id),
            eq(elementSecrets.turn, nextTurn),
          ),
        )
    : tx
        .update(elementSessions)
        .set({ turn: nextTurn, turnedAt: now, origin })
        .where(isSession(ctx, session.id));
  const keep = tx.insert(elementSecrets).values({
    tenantId,
    environment,
    sessionId: session.id,
    hash: hashToken(next),
    turn: nextTurn,
  });
  const details = { sessionId: session.id, practiceId: session.practiceId, turn: nextTurn, origin };
  await Promise.all([
    spend,
    keep,
    recordAudit(tx, ctx, "element_session.exchanged", subjectOf(session), details),
  ]);
  return next;
}

const subjectOf = ({ placementId, placement, practiceId, practiceName }: ElementSession) =>
  placementId && placement
    ? ({ type: "placement", id: placementId, label: placement.name } as const)
    : ({ type: "practice", id: practiceId, label: practiceName } as const);

async function endSession(
  tx: Transaction,
  ctx: TenantContext,
  session: ElementSession,
  now: Date,
): Promise<void> {
  await tx.update(elementSessions).set({ endedAt: now }).where(isSession(ctx, session.id));
  await recordAudit(tx, ctx, "element_session.ended", subjectOf(session), {
    sessionId: session.id,
    practiceId: session.practiceId,
  });
}

/** What is mounted: by default, on the portal's own page, the Message Builder. */
function describe(ctx: TenantContext, session: ElementSession) {
  const tag = session.placement?.element ?? "hh-message-builder";
  if (!isKnownElement(tag)) throw new Error("The catalogue lost an element that is placed.");
  const adminId = session.adminId ?? session.placement?.adminId;
  return {
    env: heroEnvOf(ctx.environment),
    attributes: {
      ...(session.patientId && { "patient-id": session.patientId }),
      ...(adminId && { "admin-id": adminId }),
    },
    theme: session.placement?.theme ?? null,
    element: {
      tag,
      script: scriptAddress(ctx.environment, tag),
      events: elementCatalogue[tag].events.map(({ name, endsDraft }) => ({ name, endsDraft })),
    },
  };
}
