import "server-only";
import { and, eq, gt } from "drizzle-orm";
import { type Database, db, type Transaction } from "@/db/client";
import { emailTokens, users } from "@/db/schema/accounts";
import { hashToken, createToken } from "../../crypto/tokens";
import { InvalidInputError } from "../../errors";

type EmailTokenPurpose = (typeof emailTokens.$inferSelect)["purpose"];

const lifetimeHours: Record<EmailTokenPurpose, number> = { verify_email: 24, reset_password: 1 };

/** Makes the one valid link token of its kind for a person; earlier ones end. */
export async function issueEmailToken(userId: string, purpose: EmailTokenPurpose): Promise<string> {
  const token = createToken();
  await db.shared.transaction(async (tx) => {
    await tx
      .delete(emailTokens)
      .where(and(eq(emailTokens.userId, userId), eq(emailTokens.purpose, purpose)));
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
  new InvalidInputError("token", "This link has been used or has expired. Ask for a new one.");

/**
 * The person a link was sent to; the link stays usable.
 * @throws InvalidInputError on `token`, in the same words for used, expired and invented
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

/** Uses a link up, inside the change it allows: of two that try at once, one gets the same refusal. */
export async function consumeEmailToken(tx: Transaction | Database, token: string): Promise<void> {
  const consumed = await tx
    .delete(emailTokens)
    .where(eq(emailTokens.tokenHash, hashToken(token)))
    .returning({ userId: emailTokens.userId });
  if (consumed.length === 0) throw invalidLinkError();
}
