import "server-only";
import { lookup, Resolver } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector, request } from "undici";
import { isAllowedPrivateHost } from "../../env";
import { explainRefusedUrl, isPublicAddress } from "./public-address";

/** Why there was no answer. */
export type SendingFailure =
  | "address_refused"
  | "name_not_found"
  | "not_reached"
  | "tls_failed"
  | "timed_out";

/** What is known of an answer: its status. Nothing else of it is kept or shown. */
export type PostResult =
  | { status: number; retryAfterMs: number | null; durationMs: number }
  | { failure: SendingFailure; durationMs: number };

class RefusedAddressError extends Error {}
class UnknownNameError extends Error {}

/** Every address of a name. */
export type ResolveName = (name: string) => Promise<string[]>;

/**
 * Asks the name servers directly: the system's own resolver occupies one of a few threads of the process while
 * it waits, so that one partner's slow name servers would delay all others.
 */
async function resolveName(name: string): Promise<string[]> {
  if (isAllowedPrivateHost(name)) {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  }
  const resolver = new Resolver({ timeout: 2_500, tries: 2 });
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
}

const timeLimitMs = 15_000;
const connectTimeLimitMs = 10_000;
/** Enough for any header that is read; more ends the connection. */
const maxDiscardedBytes = 16 * 1024;
const maxRetryAfterMs = 60 * 60_000;

function parseRetryAfter(header: string | string[] | undefined, now: number): number | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!text) return null;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), maxRetryAfterMs) : null;
}

function describeFailure(error: unknown): SendingFailure {
  if (error instanceof RefusedAddressError) return "address_refused";
  if (error instanceof UnknownNameError) return "name_not_found";
  const name = error instanceof Error ? error.name : "";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/Timeout|Abort/.test(name) || /TIMEDOUT|TIMEOUT/.test(code)) return "timed_out";
  if (/^ERR_(TLS|SSL)|^EPROTO$|CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code)) return "tls_failed";
  return "not_reached";
}

/**
 * Posts to addresses that partners entered. A name is resolved once for a connection, every address of it is
 * vetted, and the connection is made to those addresses; redirects are not followed.
 *
 * @param createConnector for tests, which must reach no address outside this machine
 */
export function createPoster(resolve: ResolveName = resolveName, createConnector = buildConnector) {
  const findAddresses = async (name: string): Promise<string[]> => {
    const addresses = await resolve(name).catch(() => []);
    if (addresses.length === 0) throw new UnknownNameError();
    if (!isAllowedPrivateHost(name) && !addresses.every(isPublicAddress))
      throw new RefusedAddressError();
    return addresses;
  };

  const lookupVetted: LookupFunction = (name, options, callback) => {
    findAddresses(name).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first] = found;
        if (options.all) callback(null, found);
        else callback(null, first?.address ?? "", first?.family);
      },
      (error: Error) => callback(error, ""),
    );
  };
  const connectTo = createConnector({
    timeout: connectTimeLimitMs,
    lookup: lookupVetted,
    allowH2: false,
  });
  const agent = new Agent({
    // No limit for a host, which destinations of several organisations can share: the sender limits each of them.
    connections: null,
    keepAliveTimeout: 4_000,
    // An address that is not a name is not looked up, so it is vetted here.
    connect(options, callback) {
      const host = options.hostname.replace(/^\[|\]$/g, "");
      if (isIP(host) && !isAllowedPrivateHost(host) && !isPublicAddress(host)) {
        callback(new RefusedAddressError(), null);
        return;
      }
      connectTo(options, callback);
    },
  });

  return {
    /** Never throws: whatever happens is the result. Takes 15 seconds at most. */
    async post(
      address: string,
      { headers, body }: { headers: Record<string, string>; body: string },
    ): Promise<PostResult> {
      const startedAt = performance.now();
      const elapsed = () => Math.round(performance.now() - startedAt);
      try {
        const url = new URL(address);
        if (url.username || url.password || explainRefusedUrl(url)) throw new RefusedAddressError();
        const answer = await request(url, {
          method: "POST",
          headers,
          body,
          dispatcher: agent,
          signal: AbortSignal.timeout(timeLimitMs),
        });
        const result = {
          status: answer.statusCode,
          retryAfterMs: parseRetryAfter(answer.headers["retry-after"], Date.now()),
          durationMs: elapsed(),
        };
        // So that the connection can be used again, and a slow body counts as an open request.
        await answer.body.dump({ limit: maxDiscardedBytes }).catch(() => undefined);
        return result;
      } catch (error) {
        return { failure: describeFailure(error), durationMs: elapsed() };
      }
    },
    close: () => agent.destroy(),
  };
}

export type Poster = ReturnType<typeof createPoster>;
