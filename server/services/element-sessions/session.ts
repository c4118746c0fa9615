import "server-only";
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { sessions, users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { elementSecrets, elementSessions } from "@/db/schema/element-sessions";
import { memberships } from "@/db/schema/organisations";
import { placementPractices, placements } from "@/db/schema/placements";
import { practices } from "@/db/schema/practices";
import { inScope, sameScope } from "@/db/scope";
import { env } from "../../env";
import type { ElementRefusedError } from "../../errors";
import { originCandidates } from "../../schemas/origin-candidates";
import type { Role } from "../../schemas/permissions";
import type { TenantContext } from "../../tenancy/context";
import { isAllowed } from "../../schemas/permissions";

/** Grace period for replaying the last secret, in case its response was lost. */
const replayGraceMs = 30_000;

/** A session with everything that an exchange checks. */
export async function findSession(
  tx: Transaction,
  ctx: TenantContext,
  sessionId: string,
  secretHash: Buffer,
) {
  const [row] = await selectSession(tx, ctx, sessionId, secretHash);
  return row;
}

/**
 * The same with its row locked: of two exchanges with one secret, the second sees the result of the first.
 */
export async function lockSession(
  tx: Transaction,
  ctx: TenantContext,
  sessionId: string,
  secretHash: Buffer,
) {
  const [row] = await selectSession(tx, ctx, sessionId, secretHash).for("update", {
    of: elementSessions,
  });
  return row;
}

const selectSession = (
  tx: Transaction,
  ctx: TenantContext,
  sessionId: string,
  secretHash: Buffer,
) =>
  tx
    .select({
      id: elementSessions.id,
      placementId: elementSessions.placementId,
      practiceId: elementSessions.practiceId,
      patientId: elementSessions.patientId,
      adminId: elementSessions.adminId,
      isOwnPage: sql<boolean>`${elementSessions.userId} is not null`,
      origin: elementSessions.origin,
      sequence: elementSessions.sequence,
      rotatedAt: elementSessions.rotatedAt,
      firstExchangeBefore: elementSessions.firstExchangeBefore,
      endsAt: elementSessions.endsAt,
      endedAt: elementSessions.endedAt,
      secretSequence: elementSecrets.sequence,
      isSecretSuperseded: elementSecrets.isSuperseded,
      placement: {
        name: placements.name,
        element: placements.element,
        origins: placements.origins,
        theme: placements.theme,
        adminId: placements.adminId,
        isOn: placements.isOn,
      },
      isPracticeAllowed: sql<boolean>`${elementSessions.placementId} is null or ${placementPractices.practiceId} is not null`,
      isPracticeConnected: sql<boolean>`${practices.disconnectedAt} is null`,
      practiceName: sql<string>`coalesce(${practices.nickname}, ${practices.name})`,
      creatorRole: memberships.role,
      isCreatorSignedIn: sql<boolean>`${users.id} is not null`,
      creatorApiKeyId: apiKeys.id,
    })
    .from(elementSessions)
    .innerJoin(
      elementSecrets,
      and(
        sameScope(elementSecrets, elementSessions),
        eq(elementSecrets.sessionId, elementSessions.id),
        eq(elementSecrets.hash, secretHash),
      ),
    )
    .innerJoin(
      practices,
      and(sameScope(practices, elementSessions), eq(practices.id, elementSessions.practiceId)),
    )
    .leftJoin(
      placements,
      and(sameScope(placements, elementSessions), eq(placements.id, elementSessions.placementId)),
    )
    .leftJoin(
      placementPractices,
      and(
        sameScope(placementPractices, elementSessions),
        eq(placementPractices.placementId, elementSessions.placementId),
        eq(placementPractices.practiceId, elementSessions.practiceId),
      ),
    )
    .leftJoin(
      memberships,
      and(sameScope(memberships, elementSessions), eq(memberships.userId, elementSessions.userId)),
    )
    .leftJoin(
      sessions,
      and(
        eq(sessions.id, elementSessions.portalSessionId),
        eq(sessions.userId, elementSessions.userId),
        gt(sessions.expiresAt, sql`now()`),
      ),
    )
    .leftJoin(users, and(eq(users.id, sessions.userId), isNull(users.disabledAt)))
    .leftJoin(
      apiKeys,
      and(
        sameScope(apiKeys, elementSessions),
        eq(apiKeys.id, elementSessions.apiKeyId),
        isNull(apiKeys.revokedAt),
      ),
    )
    .where(and(inScope(elementSessions, ctx), eq(elementSessions.id, sessionId)));

export type ElementSession = NonNullable<Awaited<ReturnType<typeof findSession>>>;

/** `reused`: a used secret was sent again, so both copies stop working. */
export type ExchangeCheck = "ok" | "reused" | ElementRefusedError["code"];

/** Whether a page of this origin may get a token with this secret now. Pure. */
export function checkExchange(
  session: ElementSession,
  origin: string | null,
  now: Date,
): ExchangeCheck {
  const expiresAt = session.sequence === 0 ? session.firstExchangeBefore : session.endsAt;
  if (session.endedAt || now >= expiresAt || now >= session.endsAt) return "session-refused";
  if (!isSecretValid(session, now)) return "reused";
  if (!isCreatorAllowed(session)) return "session-refused";
  if (!isOriginAllowed(session, origin)) return "origin-refused";
  if (session.placement && !session.placement.isOn) return "placement-off";
  if (!session.isPracticeAllowed || !session.isPracticeConnected) return "practice-refused";
  return "ok";
}

function isSecretValid(session: ElementSession, now: Date): boolean {
  if (session.isSecretSuperseded) return false;
  if (session.secretSequence === session.sequence) return true;
  const isPrevious = session.secretSequence === session.sequence - 1;
  return isPrevious && now.getTime() - (session.rotatedAt?.getTime() ?? 0) <= replayGraceMs;
}

/** A person must still be signed in as then: signing out, a new password or a disabled account ends it. */
const isCreatorAllowed = ({
  isOwnPage,
  isCreatorSignedIn,
  creatorRole,
  creatorApiKeyId,
}: ElementSession) =>
  isOwnPage
    ? isCreatorSignedIn &&
      creatorRole !== null &&
      isAllowed(creatorRole as Role, "element_sessions.create")
    : creatorApiKeyId !== null;

/**
 * The portal's own page runs elements on the second origin only. A partner's page may use it too: there the
 * frame allows only the placement's origins to frame it.
 */
function isOriginAllowed(session: ElementSession, origin: string | null): boolean {
  if (!origin || (session.origin !== null && session.origin !== origin)) return false;
  if (origin === env().ELEMENTS_ORIGIN) return true;
  if (session.isOwnPage || !session.placement) return false;
  const { origins } = session.placement;
  return originCandidates(origin).some((candidate) => origins.includes(candidate));
}
