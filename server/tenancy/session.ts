import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { hashToken } from "../crypto/tokens";
import { NotFoundError, UnauthenticatedError } from "../errors";
import { role } from "../schemas/organisations";
import type { Role } from "../schemas/permissions";
import type { TenantContext } from "./context";
import { findEnvironment } from "./environments";
import { provenTenantId } from "./ids";

/** A session that has not ended, and its user. */
export type LiveSession = {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly endsAt: Date;
};

/** A session ends this long after its last request, and at its `expires_at` at the latest. */
export const idleTimeoutMinutes = 60;
export const maxSessionHours = 12;

const idleInterval = `${idleTimeoutMinutes} minutes`;

// Other texts need no query, and PostgreSQL accepts no NUL.
const slugPattern = /^[a-z][a-z0-9-]*$/;

type ScopeRow = {
  session_id: string;
  user_id: string;
  user_name: string;
  user_email: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  tenant_id: string | null;
  tenant_name: string | null;
  member_role: string | null;
  newest_batch: string;
};

/** @param isActivity whether the request restarts the idle timeout */
async function findScope(token: string, slug: string, now: Date, isActivity = true) {
  const [row] = await db.shared.execute<ScopeRow>(
    sql`select scope.*, range.newest as newest_batch
      from find_scope(${hashToken(token)}, ${slug}, ${now.toISOString()}, ${idleInterval}) scope,
        find_change_batch_range() range`,
  );
  if (!row) return null;
  const lastSeenAt = new Date(row.last_seen_at);
  // Once a minute is exact enough for the idle timeout and saves a write on most requests.
  if (isActivity && now.getTime() - lastSeenAt.getTime() > 60_000) {
    await db.shared.execute(
      sql`update sessions set last_seen_at = ${now.toISOString()} where id = ${row.session_id}`,
    );
  }
  const session: LiveSession = {
    id: row.session_id,
    userId: row.user_id,
    name: row.user_name,
    email: row.user_email,
    createdAt: new Date(row.created_at),
    lastSeenAt,
    endsAt: new Date(row.expires_at),
  };
  return { session, row };
}

/** The session of a cookie's token; null once it has ended or was revoked. */
export async function findLiveSession(
  token: string | undefined,
  now = new Date(),
): Promise<LiveSession | null> {
  if (!token) return null;
  return (await findScope(token, "", now))?.session ?? null;
}

type ResolvedScope = {
  tenant: TenantContext;
  session: LiveSession;
  tenantName: string;
  role: Role;
  /** The last batch of changes before anything else is read: what is shown is at least as new. */
  livePosition: number;
};

/**
 * Authorises everything under `/{tenant}/{environment}`: session, membership and environment in one
 * query. The scope comes from the path only.
 *
 * @param isActivity whether the request restarts the session's idle timeout
 * @throws UnauthenticatedError without a live session
 * @throws NotFoundError alike for a non-member, an unknown tenant and an environment that is not offered
 */
export async function resolveTenantContext(
  token: string | undefined,
  path: { tenant: string; environment: string },
  requestId: string,
  now = new Date(),
  isActivity = true,
): Promise<ResolvedScope> {
  const slug = slugPattern.test(path.tenant) ? path.tenant : "";
  const scope = token ? await findScope(token, slug, now, isActivity) : null;
  if (!scope) throw new UnauthenticatedError();
  const environment = findEnvironment(path.environment);
  const { session, row } = scope;
  const memberRole = role.safeParse(row.member_role);
  if (!environment || !row.tenant_id || !memberRole.success) throw new NotFoundError();
  const tenant: TenantContext = {
    tenantId: provenTenantId(row.tenant_id),
    environment,
    requestId,
    actor: {
      kind: "person",
      userId: session.userId,
      sessionId: session.id,
      name: session.name,
      email: session.email,
      role: memberRole.data,
    },
  };
  return {
    tenant,
    session,
    tenantName: row.tenant_name ?? "",
    role: memberRole.data,
    livePosition: Number(row.newest_batch),
  };
}

/** A session at the address of a tenant, as an open stream keeps it. */
export type SessionAtTenant = { readonly tokenHash: Buffer; readonly slug: string };

/**
 * The role that each session's person has in the tenant now, in the order of `sessions`; null once the session
 * has ended or the person is no member. Restarts no idle timeout.
 */
export async function findRoles(
  sessions: readonly SessionAtTenant[],
  now = new Date(),
): Promise<(Role | null)[]> {
  const wanted = sessions.map(({ tokenHash, slug }, index) => ({
    index,
    token_hash: tokenHash.toString("hex"),
    slug,
  }));
  const rows = await db.shared.execute<{ index: number; member_role: string | null }>(sql`
    select wanted.index, scope.member_role
    from jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb)
        as wanted (index int, token_hash text, slug text)
      cross join lateral find_scope(decode(wanted.token_hash, 'hex'), wanted.slug,
        ${now.toISOString()}, ${idleInterval}) scope`);
  const found = sessions.map((): Role | null => null);
  for (const { index, member_role } of rows) {
    found[index] = role.safeParse(member_role).data ?? null;
  }
  return found;
}
