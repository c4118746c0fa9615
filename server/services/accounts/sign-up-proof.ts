import "server-only";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { passwords, users } from "@/db/schema/accounts";
import { verifyPassword } from "../../crypto/passwords";
import { env } from "../../env";
import type { SignInInput } from "../../schemas/account";

/**
 * A signed value that a browser keeps after a sign-up. It proves that the account's password was typed there, so
 * the person need not type it again when they open the emailed link. A signature covers the password's hash, so that
 * another sign-up or a new password ends it.
 */

type Account = { readonly email: string; readonly passwordHash: string };

const sign = ({ email, passwordHash }: Account) =>
  createHmac("sha256", env().AUTH_SECRET).update(`sign-up\n${email}\n${passwordHash}`).digest();

/** The browser's value after a sign-up. For another account it looks the same and proves nothing. */
export async function createSignUpProof({ email, password }: SignInInput): Promise<string> {
  const [account] = await db.shared
    .select({ email: users.email, passwordHash: passwords.hash })
    .from(users)
    .innerJoin(passwords, eq(passwords.userId, users.id))
    .where(and(eq(users.email, email), isNull(users.emailVerifiedAt)));
  const isCorrect = await verifyPassword(password, account?.passwordHash);
  return (account && isCorrect ? sign(account) : randomBytes(32)).toString("base64url");
}

export function isSignUpProof(value: string | undefined, account: Account): boolean {
  const given = Buffer.from(value ?? "", "base64url");
  const expected = sign(account);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
