import "server-only";
import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { db } from "@/db/client";
import { passwords, users } from "@/db/schema/accounts";
import { verifyPassword } from "../../crypto/passwords";
import { enqueue } from "../../queue/enqueue";
import type { SignInInput } from "../../schemas/account";
import { recordAccountEvent } from "./events";
import { consumeMailLimits, consumeSignInLimits, forgetSignInAttempts } from "./attempt-limits";
import { findKnownBrowser, rememberBrowser } from "./known-browser";

export type AuthenticateOutcome =
  /** `knownBrowser` is for the browser's cookie. */
  | { outcome: "signed_in"; userId: string; knownBrowser: string }
  | { outcome: "invalid_credentials" }
  | { outcome: "unverified" };

/**
 * Checks an email address and password. An unknown address, a disabled account and a wrong password take the
 * same time and give the same outcome; `unverified` is returned only for the right password.
 *
 * @param knownBrowser the browser's cookie, from an earlier sign-in
 * @throws RateLimitedError after too many attempts on the account or from the network address
 */
export async function authenticate(
  input: SignInInput,
  clientAddress: string,
  knownBrowser?: string,
): Promise<AuthenticateOutcome> {
  const [user] = await db.shared
    .select({
      id: users.id,
      hash: passwords.hash,
      emailVerifiedAt: users.emailVerifiedAt,
      disabledAt: users.disabledAt,
    })
    .from(users)
    .innerJoin(passwords, eq(passwords.userId, users.id))
    .where(eq(users.email, input.email));
  const account = user && { email: input.email, passwordHash: user.hash };
  const browserId = findKnownBrowser(knownBrowser, account);
  const attempt = { email: input.email, clientAddress, browserId };
  const attemptCount = await consumeSignInLimits(attempt);
  const isPasswordCorrect = await verifyPassword(input.password, user?.hash);
  if (!isPasswordCorrect || !user || !account || user.disabledAt)
    return { outcome: "invalid_credentials" };
  await forgetSignInAttempts(attempt, attemptCount);
  if (!user.emailVerifiedAt) {
    // Anyone may have signed up with the address, so emails to its owner are limited too.
    await consumeMailLimits(input.email, clientAddress);
    await enqueue("account-mail", { email: input.email, purpose: "verify_email" });
    return { outcome: "unverified" };
  }
  await recordAccountEvent(db.shared, {
    userId: user.id,
    action: "signed_in",
    requestId: randomUUID(),
  });
  return {
    outcome: "signed_in",
    userId: user.id,
    knownBrowser: rememberBrowser(knownBrowser, account),
  };
}
