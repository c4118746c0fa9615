import { drizzle } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import { countPendingMigrations } from "../db/pending-migrations";
import { deriveRolePassword } from "./secrets";

/** Owns the tables and migrates them. */
const ownerRole = "portal_owner";
/** Serves requests: owns nothing, and row-level security applies to it. */
const servingRole = "portal_app";

export type DatabaseAddresses = {
  servingUrl: string;
  /** Absent when no login may migrate. */
  ownerUrl: string | undefined;
};

type RoleOptions = {
  /** The bootstrap login, or the serving login when one of the other two is set. */
  databaseUrl: string;
  adminUrl?: string | undefined;
  ownerUrl?: string | undefined;
  /** The roles' passwords are derived from the bootstrap login's, or from this if it has none. */
  fallbackPassword: string;
};

const minServerVersion = 150_000;

/**
 * Creates the two roles if a login may do so, grants the owner what migrations need, and returns the
 * addresses with which to migrate and to serve. Roles belong to the whole cluster: another database or
 * a simultaneous start may have created them.
 *
 * @throws Error with one sentence that names the variable to fix.
 */
export async function prepareRoles(options: RoleOptions): Promise<DatabaseAddresses> {
  const { databaseUrl, adminUrl, ownerUrl, fallbackPassword } = options;
  if (ownerUrl && !adminUrl) return { servingUrl: databaseUrl, ownerUrl };

  const variable = adminUrl ? "DATABASE_ADMIN_URL" : "DATABASE_URL";
  const bootstrapUrl = adminUrl ?? databaseUrl;
  return withConnection(variable, bootstrapUrl, async (sql) => {
    const login = await loadLogin(sql);
    if (login.serverVersion < minServerVersion) {
      throw new Error(`${variable} names a PostgreSQL older than 15.`);
    }
    if (!login.canCreateRoles) {
      if (adminUrl) throw new Error(`${variable} signs in as a role that may not create roles.`);
      return { servingUrl: databaseUrl, ownerUrl: undefined };
    }
    const secret = decodeURIComponent(new URL(bootstrapUrl).password) || fallbackPassword;
    const derivedOwnerUrl = withLogin(
      bootstrapUrl,
      ownerRole,
      deriveRolePassword(secret, ownerRole),
    );
    const servingUrl = adminUrl
      ? databaseUrl
      : withLogin(bootstrapUrl, servingRole, deriveRolePassword(secret, servingRole));
    if (decodeURIComponent(new URL(servingUrl).username) !== servingRole) {
      throw new Error(`DATABASE_URL must sign in as ${servingRole} where ${variable} is set.`);
    }
    await retryOnRace(async () => {
      await ensureRole(sql, ownerRole, derivedOwnerUrl);
      // On the direct connection: a pooler may not know a new password yet.
      const password = decodeURIComponent(new URL(servingUrl).password);
      await ensureRole(sql, servingRole, withLogin(bootstrapUrl, servingRole, password));
      await grantDatabase(sql, variable);
      if (login.isSuperuser) await markEnumComparison(sql);
    });
    return { servingUrl: servingUrl, ownerUrl: ownerUrl ?? derivedOwnerUrl };
  });
}

/**
 * Row-level security separates tenants, so a login that bypasses it must never serve.
 * @throws Error with one sentence.
 */
export async function requireServingRole(servingUrl: string): Promise<void> {
  await withConnection("DATABASE_URL", servingUrl, async (sql) => {
    const { isBoundByRowSecurity, role } = await loadLogin(sql);
    if (!isBoundByRowSecurity) {
      throw new Error(`DATABASE_URL signs in as a role that bypasses row-level security.`);
    }
    const [membership] = await sql<{ isMember: boolean }[]>`
      select coalesce(bool_or(pg_has_role(${role}, oid, 'usage')), false) as "isMember"
      from pg_roles where rolname = ${servingRole}`;
    if (!membership?.isMember) {
      throw new Error(
        `DATABASE_URL signs in as a role that is neither ${servingRole} nor a member of it.`,
      );
    }
  });
}

/**
 * Without a login that may migrate, the database must already be up to date.
 * @throws Error with one sentence.
 */
export async function requireNoPendingMigrations(servingUrl: string): Promise<void> {
  await withConnection("DATABASE_URL", servingUrl, async (sql) => {
    // A database that was never migrated has no table of migrations.
    const pending = await countPendingMigrations(drizzle(sql)).catch(() => 1);
    if (pending === 0) return;
    throw new Error(
      "DATABASE_OWNER_URL is not set, DATABASE_URL signs in as a role that may not create roles, and the database has pending migrations.",
    );
  });
}

type Login = {
  role: string;
  serverVersion: number;
  canCreateRoles: boolean;
  isSuperuser: boolean;
  isBoundByRowSecurity: boolean;
};

async function loadLogin(sql: Sql): Promise<Login> {
  const [login] = await sql<Login[]>`
    select
      rolname as role,
      current_setting('server_version_num')::int as "serverVersion",
      (rolsuper or rolcreaterole) as "canCreateRoles",
      rolsuper as "isSuperuser",
      not (rolsuper or rolbypassrls) as "isBoundByRowSecurity"
    from pg_roles where rolname = current_user`;
  if (!login) throw new Error("The database did not return the current role.");
  return login;
}

async function ensureRole(sql: Sql, role: string, url: string): Promise<void> {
  const password = decodeURIComponent(new URL(url).password);
  const [existing] = await sql<{ isUnprivileged: boolean }[]>`
    select not (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole) as "isUnprivileged"
    from pg_roles where rolname = ${role}`;
  if (!existing) {
    await runFormatted(
      sql,
      "create role %I login nosuperuser nobypassrls nocreatedb nocreaterole password %L",
      [role, password],
    );
    return;
  }
  if (!existing.isUnprivileged) {
    await runFormatted(sql, "alter role %I nosuperuser nobypassrls nocreatedb nocreaterole", [
      role,
    ]);
  }
  // Changed only if necessary: other processes may be signing in with it.
  if (!(await canSignIn(url))) {
    await runFormatted(sql, "alter role %I login password %L", [role, password]);
  }
}

async function grantDatabase(sql: Sql, variable: string): Promise<void> {
  if (await hasGrants(sql)) return;
  const [database] = await sql<{ name: string }[]>`select current_database() as name`;
  const name = database?.name ?? "";
  await runFormatted(sql, "grant connect, create on database %I to %I", [name, ownerRole]);
  await runFormatted(sql, "grant connect on database %I to %I", [name, servingRole]);
  await runFormatted(sql, "grant usage, create on schema public to %I", [ownerRole]);
  await runFormatted(sql, "grant usage on schema public to %I", [servingRole]);
  await runFormatted(sql, "revoke create on schema public from public", []);
  if (!(await hasGrants(sql))) {
    throw new Error(`${variable} signs in as a role that may not grant rights on its database.`);
  }
}

/**
 * Tells PostgreSQL that comparing two enums reveals nothing of their rows, so that `environment` can be part
 * of an index condition under row-level security (`docs/decisions/025-environment-in-indexes.md`).
 * Only a superuser may. It belongs to the database, and a restored one needs it again.
 */
async function markEnumComparison(sql: Sql): Promise<void> {
  const [comparison] = await sql<{ isLeakproof: boolean }[]>`
    select proleakproof as "isLeakproof" from pg_proc
    where oid = 'pg_catalog.enum_eq(anyenum, anyenum)'::regprocedure`;
  if (comparison?.isLeakproof) return;
  await sql`alter function pg_catalog.enum_eq(anyenum, anyenum) leakproof`;
}

async function hasGrants(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ isGranted: boolean }[]>`
    select has_database_privilege(${ownerRole}, current_database(), 'connect')
      and has_database_privilege(${ownerRole}, current_database(), 'create')
      and has_schema_privilege(${ownerRole}, 'public', 'usage')
      and has_schema_privilege(${ownerRole}, 'public', 'create')
      and has_database_privilege(${servingRole}, current_database(), 'connect')
      and has_schema_privilege(${servingRole}, 'public', 'usage')
      and not has_schema_privilege(${servingRole}, 'public', 'create') as "isGranted"`;
  return row?.isGranted === true;
}

/** These statements accept no parameters, so the server quotes the values into the text. */
async function runFormatted(sql: Sql, template: string, values: string[]): Promise<void> {
  const [row] = await sql<{ text: string }[]>`
    select format(${template}, variadic ${sql.array(values)}::text[]) as text`;
  await sql.unsafe(row?.text ?? "");
}

/** Two simultaneous starts may create or change the same role; a retry then finds it done. */
async function retryOnRace(work: () => Promise<void>): Promise<void> {
  const raceCodes = ["42710", "23505", "XX000"];
  const maxAttempts = 5;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === maxAttempts || !raceCodes.includes(errorCode(error))) throw error;
    }
  }
}

async function canSignIn(url: string): Promise<boolean> {
  const sql = connect(url);
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end();
  }
}

export function withLogin(url: string, user: string, password: string): string {
  const updated = new URL(url);
  updated.username = encodeURIComponent(user);
  updated.password = encodeURIComponent(password);
  return updated.href;
}

export function withDatabase(url: string, database: string): string {
  const updated = new URL(url);
  updated.pathname = `/${database}`;
  return updated.href;
}

function connect(url: string): Sql {
  return postgres(url, { max: 1, prepare: false, connect_timeout: 10, onnotice: () => undefined });
}

async function withConnection<Result>(
  variable: string,
  url: string,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  const sql = connect(url);
  try {
    await sql`select 1`.catch((error: unknown) => {
      throw new Error(`${variable} ${explainConnectionError(error)}.`, { cause: error });
    });
    return await work(sql);
  } finally {
    await sql.end();
  }
}

const errorCode = (error: unknown) =>
  error instanceof Error && "code" in error ? String(error.code) : "";

function explainConnectionError(error: unknown): string {
  const code = errorCode(error);
  if (["28P01", "28000"].includes(code))
    return "was rejected by the server: wrong user or password";
  if (code === "3D000") return "names a database that does not exist";
  if (code === "ECONNREFUSED") return "names a server that does not respond";
  if (code === "ENOTFOUND") return "names a host that does not exist";
  return `does not lead to a database (${code || "no reason reported"})`;
}
