import "server-only";
import { consumeRateLimit, refundRateLimit, resetRateLimit } from "../rate-limits";

/** Who tries to sign in. `browserId` is set only for a browser that has signed in to the account before. */
export type SignInAttempt = {
  readonly email: string;
  readonly clientAddress: string;
  readonly browserId?: string | undefined;
};

/** Account and address are counted together, so that attempts from elsewhere cannot lock the owner out. */
const pairOf = (email: string, source: string) => `${email} ${source}`;

const attemptKey = ({ email, clientAddress, browserId }: SignInAttempt) =>
  pairOf(email, browserId ? `browser ${browserId}` : clientAddress);

/** Counts an attempt on one account from one source. @throws RateLimitedError */
export const consumeAccountLimit = (attempt: SignInAttempt): Promise<number> =>
  consumeRateLimit("sign-in-account", attemptKey(attempt));

/**
 * Counts an attempt before it is made. A known browser has its own limit, and those of the whole account and
 * the whole address do not apply to it: other people's failures use them up.
 *
 * @returns how many attempts this account and source have made
 * @throws RateLimitedError
 */
export async function consumeSignInLimits(attempt: SignInAttempt): Promise<number> {
  if (!attempt.browserId) {
    await consumeRateLimit("sign-in-address", attempt.clientAddress);
    await consumeRateLimit("sign-in-account-total", attempt.email);
  }
  return consumeAccountLimit(attempt);
}

/** Forgets the attempts before a correct password: they were typing mistakes. */
export async function forgetSignInAttempts(attempt: SignInAttempt, count: number): Promise<void> {
  await resetRateLimit("sign-in-account", attemptKey(attempt));
  if (attempt.browserId) return;
  await refundRateLimit("sign-in-address", attempt.clientAddress, count);
  await refundRateLimit("sign-in-account-total", attempt.email, count);
}

/** For the owner of an account who has proved it by email. */
export async function resetSignInLimits(email: string, clientAddress: string): Promise<void> {
  await resetRateLimit("sign-in-account-total", email);
  await resetRateLimit("sign-in-account", attemptKey({ email, clientAddress }));
}

/** Counts an email that is requested without signing in. @throws RateLimitedError */
export async function consumeMailLimits(email: string, clientAddress: string): Promise<void> {
  await consumeRateLimit("mail-address", clientAddress);
  await consumeRateLimit("mail-account-total", email);
  await consumeRateLimit("mail-account", pairOf(email, clientAddress));
}
