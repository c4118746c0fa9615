import "server-only";
import { sql } from "drizzle-orm";
import { type Database, db, type Transaction } from "@/db/client";
import { endOtherSessions, endSessionOfUser, listSessions } from "./sessions";
import { NotFoundError } from "../../errors";
import type { EndSessionInput, SessionView } from "../../schemas/account";
import { type MyAccountView, type OrganisationView, role } from "../../schemas/organisations";
import { listEnvironments } from "../../tenancy/environments";
import { type AccountContext, recordAccountEvent } from "./events";

/** The organisations of a user, by name. */
export async function listOrganisations(
  userId: string,
  database: Database | Transaction = db.shared,
): Promise<OrganisationView[]> {
  const rows = await database.execute<{ slug: string; name: string; member_role: string }>(
    sql`select slug, name, member_role from find_organisations(${userId})`,
  );
  return rows.map((row) => ({ slug: row.slug, name: row.name, role: role.parse(row.member_role) }));
}

export async function getMyAccount(ctx: AccountContext): Promise<MyAccountView> {
  return {
    name: ctx.name,
    email: ctx.email,
    organisations: await listOrganisations(ctx.userId),
    environments: listEnvironments(),
  };
}

export function listMySessions(ctx: AccountContext): Promise<SessionView[]> {
  return listSessions(ctx.userId, ctx.sessionId);
}

/** @throws NotFoundError when it is not a session of this user, or has ended */
export async function endMySession(ctx: AccountContext, input: EndSessionInput): Promise<null> {
  if (!(await endSessionOfUser(ctx.userId, input.sessionId))) throw new NotFoundError();
  await recordAccountEvent(db.shared, {
    userId: ctx.userId,
    action: "session_ended",
    requestId: ctx.requestId,
  });
  return null;
}

export async function endMyOtherSessions(ctx: AccountContext): Promise<null> {
  await endOtherSessions(ctx.userId, ctx.sessionId);
  await recordAccountEvent(db.shared, {
    userId: ctx.userId,
    action: "other_sessions_ended",
    requestId: ctx.requestId,
  });
  return null;
}
