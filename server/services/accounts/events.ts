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

/** Leaves the account's own audit row, in the transaction of the change. */
export async function recordAccountEvent(
  tx: Transaction | Database,
  event: { userId: string; action: AccountAction; requestId: string },
): Promise<void> {
  await tx.insert(accountEvents).values({ id: uuidv7(), ...event });
}

/** Someone not signed in: where the request came from, for limits and the audit. */
export type PublicContext = { readonly requestId: string; readonly clientAddress: string };

/** A signed-in person outside any tenant. */
export type AccountContext = PublicContext & {
  readonly userId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly email: string;
};
