import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { emailTokens, passwords, users } from "@/db/schema/accounts";
import { verifyPassword } from "../../crypto/passwords";
import { fingerprint } from "../../crypto/tokens";
import { InvalidInputError } from "../../errors";
import { enqueue } from "../../queue/enqueue";
import type { SendVerificationAgainInput, VerifyEmailInput } from "../../schemas/account";
import { getEmailTokenOwner, consumeEmailToken } from "./email-tokens";
import { type PublicContext, recordAccountEvent } from "./events";
import { consumeRateLimit } from "../rate-limits";
import { consumeAccountLimit, consumeMailLimits } from "./attempt-limits";
import { isSignUpProof } from "./sign-up-proof";

/** Emails a new link if the address has an unverified account; the response is the same either way. */
export async function sendVerificationAgain(
  ctx: PublicContext,
  input: SendVerificationAgainInput,
): Promise<{ email: string }> {
  await consumeMailLimits(input.email, ctx.clientAddress);
  await enqueue(
    "account-mail",
    { email: input.email, purpose: "verify_email" },
    { group: fingerprint(ctx.clientAddress) },
  );
  return { email: input.email };
}

async function findPasswordHash(userId: string): Promise<string | undefined> {
  const [stored] = await db.shared
    .select({ hash: passwords.hash })
    .from(passwords)
    .where(eq(passwords.userId, userId));
  return stored?.hash;
}

/** Ends every link of the sign-up, also those of emails that were sent again. */
async function confirmEmail(ctx: PublicContext, userId: string, token: string): Promise<void> {
  await db.shared.transaction(async (tx) => {
    await consumeEmailToken(tx, token);
    await tx
      .delete(emailTokens)
      .where(and(eq(emailTokens.userId, userId), eq(emailTokens.purpose, "verify_email")));
    await tx.update(users).set({ emailVerifiedAt: new Date() }).where(eq(users.id, userId));
    await recordAccountEvent(tx, {
      userId,
      action: "email_verified",
      requestId: ctx.requestId,
    });
  });
}

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
  const hash = await findPasswordHash(owner.userId);
  if (!(await verifyPassword(input.password, hash))) {
    throw new InvalidInputError("password", "This is not the password you chose at sign-up.");
  }
  await confirmEmail(ctx, owner.userId, input.token);
  return { email: owner.email };
}

/** Whether the link's account was created in this browser, with its current password. */
export async function hasSignedUpHere(token: string, proof: string | undefined): Promise<boolean> {
  try {
    const owner = await getEmailTokenOwner(token, "verify_email");
    const passwordHash = await findPasswordHash(owner.userId);
    return passwordHash !== undefined && isSignUpProof(proof, { ...owner, passwordHash });
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}

/**
 * As `verifyEmail`, in the browser that signed up: its proof replaces the password.
 *
 * @throws InvalidInputError on `token` or `password`
 * @throws RateLimitedError
 */
export async function verifyEmailInSameBrowser(
  ctx: PublicContext,
  { token, proof }: { token: string; proof: string | undefined },
): Promise<{ userId: string }> {
  await consumeRateLimit("sign-in-address", ctx.clientAddress);
  const { userId } = await getEmailTokenOwner(token, "verify_email");
  if (!(await hasSignedUpHere(token, proof))) {
    throw new InvalidInputError("password", "Enter your password.");
  }
  await confirmEmail(ctx, userId, token);
  return { userId };
}
