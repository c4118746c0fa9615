import "server-only";

/** Too many deliveries wait, or the database does not answer. Nothing was acknowledged. */
export class IntakeOverloadedError extends Error {
  override name = "IntakeOverloadedError";
}

const limitMs = 5_000;

/**
 * Waits for work with the database at most five seconds: a connection whose other end is gone never answers.
 * The work itself is not stopped.
 *
 * @throws IntakeOverloadedError
 */
export async function withTimeLimit<Result>(work: Promise<Result>): Promise<Result> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new IntakeOverloadedError()), limitMs);
  try {
    return await Promise.race([work, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
