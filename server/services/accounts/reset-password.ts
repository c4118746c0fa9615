import "server-only";
import { eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { emailTokens, passwords, sessions, users } from "@/db/schema/accounts";
import { hashPassword, verifyPassword } from "../../crypto/passwords";
import { fingerprint } from "../../crypto/tokens";
import { InvalidInputError } from "../../errors";
import { enqueue } from "../../queue/enqueue";
import type { RequestPasswordResetInput, ResetPasswordInput } from "../../schemas/account";
import { getEmailTokenOwner, consumeEmailToken } from "./email-tokens";
import { type PublicContext, recordAccountEvent } from "./events";
import { consumeRateLimit } from "../rate-limits";
import { listOrganisations } from "./me";
import { requireStrongPassword } from "./password-rules";
import { consumeMailLimits, resetSignInLimits } from "./attempt-limits";

/** Emails a link if the address has an account; the response is the same either way. */
export async function requestPasswordReset(
  ctx: PublicContext,
  input: RequestPasswordResetInput,
): Promise<{ email: string }> {
  await consumeMailLimits(input.email, ctx.clientAddress);
  await enqueue(
    "account-mail",
    { email: input.email, purpose: "reset_password" },
    { group: fingerprint(ctx.clientAddress) },
  );
  return { email: input.email };
}

/** @throws InvalidInputError on `password` */
async function requireNewPassword(userId: string, password: string): Promise<void> {
  const [user] = await db.shared
    .select({ email: users.email, name: users.name, hash: passwords.hash })
    .from(users)
    .leftJoin(passwords, eq(passwords.userId, users.id))
    .where(eq(users.id, userId));
  if (!user) return;
  const organisations = (await listOrganisations(userId)).map(({ name }) => name);
  requireStrongPassword(password, { ...user, organisations });
  if (user.hash && (await verifyPassword(password, user.hash))) {
    throw new InvalidInputError("password", "This is your current password. Choose another.");
  }
}

/**
 * Sets a new password and ends every session and link of the account. The emailed link proves the address,
 * so it verifies the account too.
 *
 * @throws InvalidInputError on `token`, or on a `password` that is the old one or easy to guess
 */
export async function resetPassword(
  ctx: PublicContext,
  input: ResetPasswordInput,
): Promise<{ email: string }> {
  await consumeRateLimit("sign-in-address", ctx.clientAddress);
  const { userId, email } = await getEmailTokenOwner(input.token, "reset_password");
  await requireNewPassword(userId, input.password);
  const hash = await hashPassword(input.password);
  await db.shared.transaction(async (tx) => {
    await consumeEmailToken(tx, input.token);
    await tx
      .insert(passwords)
      .values({ userId, hash })
      .onConflictDoUpdate({ target: passwords.userId, set: { hash, changedAt: new Date() } });
    await tx
      .update(users)
      .set({ emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, now())` })
      .where(eq(users.id, userId));
    await tx.delete(sessions).where(eq(sessions.userId, userId));
    await tx.delete(emailTokens).where(eq(emailTokens.userId, userId));
    await recordAccountEvent(tx, { userId, action: "password_reset", requestId: ctx.requestId });
  });
  await resetSignInLimits(email, ctx.clientAddress);
  return { email };
}
