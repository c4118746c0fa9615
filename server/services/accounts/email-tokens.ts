import "server-only";
import { and, eq, gt } from "drizzle-orm";
import { type Database, db, type Transaction } from "@/db/client";
import { emailTokens, users } from "@/db/schema/accounts";
import { hashToken, createToken } from "../../crypto/tokens";
import { InvalidInputError } from "../../errors";

type EmailTokenPurpose = (typeof emailTokens.$inferSelect)["purpose"];

const lifetimeHours: Record<EmailTokenPurpose, number> = { verify_email: 24, reset_password: 1 };

/**
 * Creates a link token. A link to reset a password replaces the earlier one; links to verify an address all
 * work until one is used, as people open whichever email they find.
 */
export async function issueEmailToken(userId: string, purpose: EmailTokenPurpose): Promise<string> {
  const token = createToken();
  await db.shared.transaction(async (tx) => {
    // Of two emails to reset a password sent at once, only the link of the second works.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("update");
    if (purpose === "reset_password") {
      await tx
        .delete(emailTokens)
        .where(and(eq(emailTokens.userId, userId), eq(emailTokens.purpose, purpose)));
    }
    await tx.insert(emailTokens).values({
      tokenHash: hashToken(token),
      userId,
      purpose,
      expiresAt: new Date(Date.now() + lifetimeHours[purpose] * 3_600_000),
    });
  });
  return token;
}

const invalidLinkError = () =>
  new InvalidInputError("token", "This link has been used or has expired. Request a new one.");

/**
 * The user a link was sent to. The link can still be used.
 * @throws InvalidInputError on `token`, with the same message for used, expired and invented tokens
 */
export async function getEmailTokenOwner(
  token: string,
  purpose: EmailTokenPurpose,
): Promise<{ userId: string; email: string }> {
  const [owner] = await db.shared
    .select({ userId: users.id, email: users.email })
    .from(emailTokens)
    .innerJoin(users, eq(users.id, emailTokens.userId))
    .where(
      and(
        eq(emailTokens.tokenHash, hashToken(token)),
        eq(emailTokens.purpose, purpose),
        gt(emailTokens.expiresAt, new Date()),
      ),
    );
  if (!owner) throw invalidLinkError();
  return owner;
}

/** Marks a link as used within the change that it allows. Of two parallel attempts, one is rejected. */
export async function consumeEmailToken(tx: Transaction | Database, token: string): Promise<void> {
  const consumed = await tx
    .delete(emailTokens)
    .where(eq(emailTokens.tokenHash, hashToken(token)))
    .returning({ userId: emailTokens.userId });
  if (consumed.length === 0) throw invalidLinkError();
}
