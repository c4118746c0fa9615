import "server-only";
import { v7 as uuidv7 } from "uuid";
import type { Database, Transaction } from "@/db/client";
import { accountEvents } from "@/db/schema/accounts";

export type AccountAction =
  | "signed_up"
  | "signed_in"
  | "email_verified"
  | "password_reset"
  | "session_ended"
  | "other_sessions_ended";

/** Writes the account's own audit row in the change's transaction. */
export async function recordAccountEvent(
  tx: Transaction | Database,
  event: { userId: string; action: AccountAction; requestId: string },
): Promise<void> {
  await tx.insert(accountEvents).values({ id: uuidv7(), ...event });
}

/** A request without a signed-in user. */
export type PublicContext = { readonly requestId: string; readonly clientAddress: string };

/** A signed-in user outside any tenant. */
export type AccountContext = PublicContext & {
  readonly userId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly email: string;
};
