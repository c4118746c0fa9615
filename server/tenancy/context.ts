import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { TenantId } from "@/db/ids";
import { hashToken } from "../crypto/tokens";
import { ElementRefusedError, NotFoundError, UnauthenticatedError } from "../errors";
import type { Environment } from "../schemas/environments";
import { role } from "../schemas/organisations";
import type { Role } from "../schemas/permissions";
import { originCandidates } from "../schemas/origin-candidates";
import { findEnvironment } from "./environments";
import { provenTenantId } from "./ids";

/** Who acts: a signed-in member, a partner's server with a portal API key, or the portal's own job. */
type Actor =
  | {
      readonly kind: "person";
      readonly userId: string;
      readonly name: string;
      readonly email: string;
      readonly role: Role;
    }
  | {
      readonly kind: "server";
      readonly apiKeyId: string;
      readonly name: string;
      readonly permissions: readonly string[];
    }
  /** A page that holds a secret of an element session; `makerId` is the person or API key that made the session. */
  | { readonly kind: "page"; readonly creatorId: string }
  | { readonly kind: "portal" };

/** Scope, proven: everything a service needs to know about on whose behalf it works. */
export type TenantContext = {
  readonly tenantId: TenantId;
  readonly environment: Environment;
  readonly actor: Actor;
  readonly requestId: string;
};

/** What stands in a row for who made it: a person, an API key, or the tenant itself for a job. */
export function actorId({ actor, tenantId }: TenantContext): string {
  if (actor.kind === "person") return actor.userId;
  if (actor.kind === "page") return actor.creatorId;
  return actor.kind === "server" ? actor.apiKeyId : tenantId;
}

/** A session that is alive, and whose it is. Moments are in UTC. */
export type LiveSession = {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly endsAt: Date;
};

/** A session ends this long after its last request, and at its `expires_at` in any case. */
export const idleTimeoutMinutes = 60;
export const maxSessionHours = 12;

// Not every text of an address may reach PostgreSQL (it takes no NUL), and only such names exist.
const slugPattern = /^[a-z][a-z0-9-]*$/;

const idleInterval = `${idleTimeoutMinutes} minutes`;

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
};

async function findScope(token: string, slug: string, now: Date) {
  const [row] = await db.shared.execute<ScopeRow>(
    sql`select * from find_scope(${hashToken(token)}, ${slug}, ${now.toISOString()}, ${idleInterval})`,
  );
  if (!row) return null;
  const lastSeenAt = new Date(row.last_seen_at);
  // Once a minute is exact enough for an hour's idle limit, and spares a write on most requests.
  if (now.getTime() - lastSeenAt.getTime() > 60_000) {
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

/** The session a cookie's token stands for, or null once it ended, was revoked or never was. */
export async function findLiveSession(
  token: string | undefined,
  now = new Date(),
): Promise<LiveSession | null> {
  if (!token) return null;
  return (await findScope(token, "", now))?.session ?? null;
}

/**
 * The gate of everything under `/{tenant}/{environment}`: session, membership, environment, in one
 * query. Scope comes from the path and is checked against membership; nothing else can name it.
 *
 * @throws UnauthenticatedError without a live session
 * @throws NotFoundError for a stranger, an absent tenant and an environment that is not offered, alike
 */
export async function resolveTenantContext(
  token: string | undefined,
  path: { tenant: string; environment: string },
  requestId: string,
  now = new Date(),
): Promise<{ tenant: TenantContext; session: LiveSession; tenantName: string; role: Role }> {
  const slug = slugPattern.test(path.tenant) ? path.tenant : "";
  const scope = token ? await findScope(token, slug, now) : null;
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
      name: session.name,
      email: session.email,
      role: memberRole.data,
    },
  };
  return { tenant, session, tenantName: row.tenant_name ?? "", role: memberRole.data };
}

// What `server/services/api-keys/create.ts` makes; anything else need not be looked for.
const apiKeyPattern = /^hpp_(?:sandbox|staging|production)_[A-Za-z0-9_-]{43}$/;

type ApiKeyRow = {
  tenant_id: string;
  environment: string;
  id: string;
  name: string;
  permissions: string[];
  last_used_at: string | null;
};

/**
 * The gate of partners' servers: a portal API key names its tenant and its environment, and nothing
 * else in a request can. Its last use is written at most once a minute.
 *
 * @throws UnauthenticatedError for a key that is unknown, revoked, or of an environment not offered, alike
 */
export async function authenticateApiKey(
  key: string | undefined,
  requestId: string,
  now = new Date(),
): Promise<TenantContext> {
  if (!key || !apiKeyPattern.test(key)) throw new UnauthenticatedError();
  const [row] = await db.shared.execute<ApiKeyRow>(
    sql`select * from find_api_key(${hashToken(key)})`,
  );
  const environment = row && findEnvironment(row.environment);
  if (!row || !environment) throw new UnauthenticatedError();
  const ctx: TenantContext = {
    tenantId: provenTenantId(row.tenant_id),
    environment,
    requestId,
    actor: { kind: "server", apiKeyId: row.id, name: row.name, permissions: row.permissions },
  };
  const lastUsedAt = row.last_used_at ? new Date(row.last_used_at).getTime() : 0;
  if (now.getTime() - lastUsedAt > 60_000) {
    await db.tenant(ctx, (tx) =>
      tx.execute(sql`
        update api_keys set last_used_at = ${now.toISOString()}
        where tenant_id = ${ctx.tenantId} and environment = ${environment} and id = ${row.id}`),
    );
  }
  return ctx;
}

/**
 * The gate of pages with an element: a secret names its session, and the session its tenant and
 * environment. Whether the secret is still good is the session's to say; every one it ever had is known.
 *
 * @throws ElementRefusedError for a secret that nobody has, or of an environment not offered, alike
 */
export async function resolveElementContext(
  secret: string,
  requestId: string,
): Promise<{ ctx: TenantContext; sessionId: string; practiceId: string }> {
  const [row] = await db.shared.execute<{
    tenant_id: string;
    environment: string;
    session_id: string;
    practice_id: string;
    creator_id: string;
  }>(sql`select * from find_element_secret(${hashToken(secret)})`);
  const environment = row && findEnvironment(row.environment);
  if (!row || !environment) throw new ElementRefusedError("session-refused");
  const ctx: TenantContext = {
    tenantId: provenTenantId(row.tenant_id),
    environment,
    requestId,
    actor: { kind: "page", creatorId: row.creator_id },
  };
  return { ctx, sessionId: row.session_id, practiceId: row.practice_id };
}

/**
 * What the second origin goes by when a placement's frame is asked for, and the scope of what is counted
 * for it. An id is no permission: nothing of it is secret to a page that embeds it.
 *
 * @throws NotFoundError for an id that nobody has
 */
export async function resolvePlacementContext(
  placementId: string,
  requestId: string,
): Promise<{
  ctx: TenantContext;
  placement: { element: string; origins: string[]; isOn: boolean };
}> {
  const [row] = await db.shared.execute<{
    tenant_id: string;
    environment: string;
    element: string;
    origins: string[];
    is_on: boolean;
  }>(sql`select * from find_placement(${placementId})`);
  const environment = row && findEnvironment(row.environment);
  if (!row || !environment) throw new NotFoundError();
  const { element, origins, is_on: isOn } = row;
  const tenantId = provenTenantId(row.tenant_id);
  return {
    ctx: { tenantId, environment, requestId, actor: { kind: "portal" } },
    placement: { element, origins, isOn },
  };
}

/** Whether any placement at all lets in pages of this origin; says nothing of whose. */
export async function isPlacementOrigin(origin: string): Promise<boolean> {
  const candidates = originCandidates(origin);
  if (candidates.length === 0) return false;
  const [row] = await db.shared.execute<{ is_allowed: boolean }>(
    sql`select is_placement_origin(${sql.param(candidates)}::text[]) as is_allowed`,
  );
  return row?.is_allowed === true;
}

/** The scope of a job, from the owner's own look-up of what there is to do. */
export function createJobContext(
  row: { tenantId: string; environment: Environment },
  requestId: string,
): TenantContext {
  return {
    tenantId: provenTenantId(row.tenantId),
    environment: row.environment,
    actor: { kind: "portal" },
    requestId,
  };
}
