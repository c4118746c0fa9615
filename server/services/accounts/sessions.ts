import "server-only";
import { and, desc, eq, gt, ne } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { sessions } from "@/db/schema/accounts";
import { hashToken, createToken } from "../../crypto/tokens";
import type { SessionView } from "../../schemas/account";
import { maxSessionHours } from "../../tenancy/session";

/** Creates a session and returns the token for the cookie; only its hash is stored. */
export async function createSession(
  userId: string,
  browser: { userAgent: string | null },
  now = new Date(),
): Promise<{ token: string; expiresAt: Date }> {
  const token = createToken();
  const expiresAt = new Date(now.getTime() + maxSessionHours * 3_600_000);
  await db.shared.insert(sessions).values({
    id: uuidv7(),
    tokenHash: hashToken(token),
    userId,
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
    userAgent: browser.userAgent?.slice(0, 200) ?? null,
  });
  return { token, expiresAt };
}

/** Ends the session of a token, if it has one. */
export async function endSessionByToken(token: string): Promise<void> {
  await db.shared.delete(sessions).where(eq(sessions.tokenHash, hashToken(token)));
}

/** Ends one of a user's sessions. Returns false when there was none. */
export async function endSessionOfUser(userId: string, sessionId: string): Promise<boolean> {
  const ended = await db.shared
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), eq(sessions.id, sessionId)))
    .returning({ id: sessions.id });
  return ended.length > 0;
}

export async function endOtherSessions(userId: string, currentSessionId: string): Promise<void> {
  await db.shared
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), ne(sessions.id, currentSessionId)));
}

/** The user's live sessions, newest first. */
export async function listSessions(
  userId: string,
  currentSessionId: string,
  now = new Date(),
): Promise<SessionView[]> {
  const rows = await db.shared
    .select({
      id: sessions.id,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      userAgent: sessions.userAgent,
    })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, now)))
    .orderBy(desc(sessions.lastSeenAt));
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    userAgent: row.userAgent,
    isCurrent: row.id === currentSessionId,
  }));
}
