import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { ServeSettings } from "../settings";

/** Largest request body. Forms are small; a bulk upload arrives in parts. */
export const maxBodyBytes = 4 * 1024 * 1024;

/**
 * Headers that only a proxy of ours may set, and internal headers that Next would accept from a client.
 * We drop them all and set the few that are needed.
 */
const droppedHeaders = new Set([
  "forwarded",
  "x-real-ip",
  "x-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "x-forwarded-port",
  "x-forwarded-server",
  "x-matched-path",
  "x-now-route-matches",
]);
const droppedPrefixes = ["x-middleware-", "x-invoke-", "x-vercel-"];

/** The status with which to reject a request before Next sees it, or undefined. */
export function rejectionStatus(
  request: IncomingMessage,
  settings: ServeSettings,
): number | undefined {
  const target = request.url ?? "";
  // `http://elsewhere/` would make us a proxy; some clients read `//elsewhere` and `/\elsewhere` alike.
  if (!target.startsWith("/") || /^\/[/\\]/.test(target)) return 400;
  if (request.method === "TRACE") return 405;
  const hosts = request.headersDistinct.host ?? [];
  if (hosts.length !== 1 || !settings.allowedHosts.has(hosts[0]?.toLowerCase() ?? "")) return 400;
  if (!isForwardedHostAllowed(request.headers, settings)) return 400;
  // Element frames are served on the second origin only, and nothing else is.
  if (isOnElementsOrigin(request, settings) !== isElementFrame(target)) return 404;
  // No page has an address below `/embed`, where `proxy.ts` would add no policy.
  if (target.startsWith("/embed/") && !isElementFrame(target) && !isEmbedAsset(target)) return 404;
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) return 413;
  return undefined;
}

/**
 * True for the versioned files that partners' pages load, which never change. Listed by name, so that
 * no cache stores "not found" for a version to come.
 */
export const isEmbedAsset = (target: string) =>
  /^\/embed\/(v[12]\.js|v[12]\.d\.ts|frame-v[12]\.js|doctor-v1\.js|checker-v2\.js)(\?|$)/.test(
    target,
  );

/** True for the pages in which Hero's scripts run; one name and nothing that could lead elsewhere. */
export const isElementFrame = (target: string) => /^\/embed\/frame\/[A-Za-z0-9-]+$/.test(target);

function isOnElementsOrigin({ headers }: IncomingMessage, settings: ServeSettings): boolean {
  const host = forwardedHost(headers, settings) ?? headers.host?.toLowerCase();
  return host === settings.elementsUrl.host;
}

function isForwardedHostAllowed(headers: IncomingHttpHeaders, settings: ServeSettings): boolean {
  const host = forwardedHost(headers, settings);
  return host === undefined || settings.allowedHosts.has(host);
}

function forwardedHost(headers: IncomingHttpHeaders, settings: ServeSettings): string | undefined {
  if (settings.trustedProxyHops === 0) return undefined;
  return lastListItem(headers["x-forwarded-host"])?.toLowerCase();
}

const lastListItem = (header: string | string[] | undefined) =>
  [header ?? []].flat().join(",").split(",").at(-1)?.trim() || undefined;

/**
 * Makes the headers trustworthy in place: whatever the portal reads about the connection is from us
 * or from the stated number of proxies in front, never from the caller.
 */
export function normalizeHeaders(
  request: IncomingMessage,
  requestId: string,
  settings: ServeSettings,
): void {
  const { headers } = request;
  const client = findClientAddress(request, settings.trustedProxyHops);
  const host = forwardedHost(headers, settings) ?? headers.host?.toLowerCase() ?? "";
  const ownOrigin = [settings.publicUrl, settings.elementsUrl].find((url) => url.host === host);
  const scheme = ownOrigin ? ownOrigin.protocol.slice(0, -1) : "http";
  for (const name of Object.keys(headers)) {
    if (droppedHeaders.has(name) || droppedPrefixes.some((prefix) => name.startsWith(prefix))) {
      delete headers[name];
    }
  }
  headers.host = host;
  headers["x-forwarded-host"] = host;
  headers["x-forwarded-proto"] = scheme;
  headers["x-forwarded-for"] = client;
  headers["x-request-id"] = requestId;
}

/**
 * The caller's address. Each trusted proxy appends the address it was called from, so the caller's
 * is that many from the right; anything further left the caller wrote itself.
 */
export function findClientAddress(request: IncomingMessage, trustedProxyHops: number): string {
  const socketAddress = unmapIpv4(request.socket.remoteAddress ?? "");
  if (trustedProxyHops === 0) return socketAddress;
  const forwardedFor = [request.headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const address = unmapIpv4(forwardedFor.at(-trustedProxyHops)?.trim() ?? "");
  return isIP(address) ? address : socketAddress;
}

const unmapIpv4 = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, "");

/**
 * Counts the body as it arrives, so that one without a stated length is held to the limit as well.
 * `onTooLarge` is called once; what arrives afterwards is not passed on.
 */
export function limitBody(request: IncomingMessage, onTooLarge: () => void): void {
  let receivedBytes = 0;
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) {
      const hadExceeded = receivedBytes > maxBodyBytes;
      receivedBytes += chunk.length;
      if (receivedBytes > maxBodyBytes) {
        if (!hadExceeded) onTooLarge();
        return false;
      }
    }
    return push(chunk, encoding);
  };
}
