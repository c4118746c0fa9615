import "server-only";
import { eq } from "drizzle-orm";
import { db } from "@/db/client";
import { passwords, users } from "@/db/schema/accounts";
import { verifyPassword } from "../../crypto/passwords";
import { InvalidInputError } from "../../errors";
import type { VerifyEmailInput } from "../../schemas/account";
import { getEmailTokenOwner, consumeEmailToken } from "./email-tokens";
import { type PublicContext, recordAccountEvent } from "./events";
import { consumeRateLimit } from "../rate-limits";
import { consumeAccountLimit } from "./attempt-limits";

/**
 * Verifies that the person who signed up owns the address. The password is required too: otherwise the owner
 * of an address could confirm an account that someone else created by following the link.
 *
 * @throws InvalidInputError on `token` or `password`
 * @throws RateLimitedError
 */
export async function verifyEmail(
  ctx: PublicContext,
  input: VerifyEmailInput,
): Promise<{ email: string }> {
  await consumeRateLimit("sign-in-address", ctx.clientAddress);
  const owner = await getEmailTokenOwner(input.token, "verify_email");
  await consumeAccountLimit({ email: owner.email, clientAddress: ctx.clientAddress });
  const [stored] = await db.shared
    .select({ hash: passwords.hash })
    .from(passwords)
    .where(eq(passwords.userId, owner.userId));
  if (!(await verifyPassword(input.password, stored?.hash))) {
    throw new InvalidInputError("password", "This is not the password you chose at sign-up.");
  }
  await db.shared.transaction(async (tx) => {
    await consumeEmailToken(tx, input.token);
    await tx.update(users).set({ emailVerifiedAt: new Date() }).where(eq(users.id, owner.userId));
    await recordAccountEvent(tx, {
      userId: owner.userId,
      action: "email_verified",
      requestId: ctx.requestId,
    });
  });
  return { email: owner.email };
}
