import "server-only";
import { RateLimiterDrizzle, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { db } from "@/db/client";
import { rateLimits } from "@/db/schema/processes";
import { env } from "../../env";
import { RateLimitedError } from "../../errors";
import { actorId, type TenantContext } from "../../tenancy/context";

let made: RateLimiterDrizzle | undefined;

/** Counted in the database for all processes; while it is away each process counts for itself. */
function limiter(): RateLimiterDrizzle {
  const settings = { keyPrefix: "api-key", points: env().API_RATE_PER_MINUTE, duration: 60 };
  made ??= new RateLimiterDrizzle({
    ...settings,
    storeClient: db.shared,
    schema: rateLimits,
    insuranceLimiter: new RateLimiterMemory(settings),
  });
  return made;
}

/**
 * Counts one request of a partner's server against its key's share of the minute.
 * @throws RateLimitedError
 */
export async function countApiRequest(ctx: TenantContext): Promise<void> {
  try {
    await limiter().consume(actorId(ctx));
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw new RateLimitedError(Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
  }
}
