import "server-only";
import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import { emailTokens, passwords, users } from "@/db/schema/accounts";
import { hashPassword } from "../../crypto/passwords";
import { fingerprint } from "../../crypto/tokens";
import { enqueue } from "../../queue/enqueue";
import type { SignUpInput } from "../../schemas/account";
import { type PublicContext, recordAccountEvent } from "./events";
import { consumeMailLimits } from "./attempt-limits";
import { requireStrongPassword } from "./password-rules";

/**
 * Creates an account that cannot be used until its address is verified. The response is the same whether or
 * not the address has an account; only the email to its owner differs.
 *
 * Until the address is verified, signing up again replaces name and password and ends earlier links. After
 * that, signing up changes nothing.
 *
 * @throws InvalidInputError for a password that is easy to guess
 * @throws RateLimitedError
 */
export async function signUp(ctx: PublicContext, input: SignUpInput): Promise<{ email: string }> {
  await consumeMailLimits(input.email, ctx.clientAddress);
  requireStrongPassword(input.password, { ...input, organisations: [] });
  const hash = await hashPassword(input.password);
  await db.shared.transaction(async (tx) => {
    await tx
      .insert(users)
      .values({ id: uuidv7(), email: input.email, name: input.name })
      .onConflictDoNothing({ target: users.email });
    const [user] = await tx
      .select({ id: users.id, emailVerifiedAt: users.emailVerifiedAt })
      .from(users)
      .where(eq(users.email, input.email))
      .for("update");
    if (user && !user.emailVerifiedAt) {
      await tx.update(users).set({ name: input.name }).where(eq(users.id, user.id));
      await tx
        .insert(passwords)
        .values({ userId: user.id, hash })
        .onConflictDoUpdate({ target: passwords.userId, set: { hash, changedAt: new Date() } });
      await tx.delete(emailTokens).where(eq(emailTokens.userId, user.id));
      await recordAccountEvent(tx, {
        userId: user.id,
        action: "signed_up",
        requestId: ctx.requestId,
      });
    }
    await enqueue(
      "account-mail",
      { email: input.email, purpose: "sign_up" },
      { within: tx, group: fingerprint(ctx.clientAddress) },
    );
  });
  return { email: input.email };
}
