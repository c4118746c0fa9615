import "server-only";
import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { db } from "@/db/client";
import { passwords, users } from "@/db/schema/accounts";
import { verifyPassword } from "../../crypto/passwords";
import { enqueue } from "../../queue/enqueue";
import type { SignInInput } from "../../schemas/account";
import { recordAccountEvent } from "./events";
import { consumeRateLimit, resetRateLimit, refundRateLimit } from "../rate-limits";

export type AuthenticateOutcome =
  | { outcome: "signed_in"; userId: string }
  | { outcome: "invalid_credentials" }
  | { outcome: "unverified" };

/**
 * Checks an email address and password. An unknown address, a disabled account and a wrong password take the
 * same time and give the same outcome; `unverified` is returned only for the right password.
 *
 * @throws RateLimitedError after too many attempts on the account or from the network address
 */
export async function authenticate(
  input: SignInInput,
  clientAddress: string,
): Promise<AuthenticateOutcome> {
  await consumeRateLimit("sign-in-address", clientAddress);
  await consumeRateLimit("sign-in-account", input.email);
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
  const isPasswordCorrect = await verifyPassword(input.password, user?.hash);
  if (!isPasswordCorrect || !user || user.disabledAt) return { outcome: "invalid_credentials" };
  await resetRateLimit("sign-in-account", input.email);
  await refundRateLimit("sign-in-address", clientAddress);
  if (!user.emailVerifiedAt) {
    // Anyone may have signed up with the address, so emails to its owner are limited too.
    await consumeRateLimit("mail-address", clientAddress);
    await consumeRateLimit("mail-account", input.email);
    await enqueue("account-mail", { email: input.email, purpose: "verify_email" });
    return { outcome: "unverified" };
  }
  await recordAccountEvent(db.shared, {
    userId: user.id,
    action: "signed_in",
    requestId: randomUUID(),
  });
  return { outcome: "signed_in", userId: user.id };
}
