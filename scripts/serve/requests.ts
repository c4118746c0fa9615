import { type IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { ServeSettings } from "../settings";
import { type Address, findAddress, isElementFrame, isEmbedAsset, pathOf } from "./addresses";
import type { ErrorStatus } from "./error-response";

/** Largest request body. A bulk upload arrives in parts. */
export const maxBodyBytes = 4 * 1024 * 1024;

/** A connection without a byte in either direction for this long is closed. Streams show signs of life. */
export const maxIdleMs = 120_000;

/** Largest body of a server action, which is a small form. */
export const maxActionBytes = 64 * 1024;

const maxBytesOf = ({ format, maxBytes }: Address) =>
  maxBytes ?? (format === "page" ? maxActionBytes : maxBodyBytes);

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
  // Next answers a range that a file does not have with a failure. Servers may ignore ranges.
  "range",
  "x-matched-path",
  "x-now-route-matches",
]);
const droppedPrefixes = ["x-middleware-", "x-invoke-", "x-vercel-"];

/** The status with which to reject a request before Next sees it, or undefined. */
export function rejectionStatus(
  request: IncomingMessage,
  settings: ServeSettings,
): ErrorStatus | undefined {
  const target = request.url ?? "";
  const { method = "" } = request;
  // `http://elsewhere/` would make us a proxy; some clients read `//elsewhere` and `/\elsewhere` alike.
  if (!target.startsWith("/") || /^\/[/\\]/.test(target)) return 400;
  const hosts = request.headersDistinct.host ?? [];
  if (hosts.length !== 1 || !settings.allowedHosts.has(hosts[0]?.toLowerCase() ?? "")) return 400;
  if (!isForwardedHostAllowed(request.headers, settings)) return 400;
  // Element frames are served on the second origin only, and nothing else is.
  if (isOnElementsOrigin(request, settings) !== isElementFrame(target)) return 404;
  // No page has an address below `/embed`, where `proxy.ts` would add no policy.
  if (target.startsWith("/embed/") && !isElementFrame(target) && !isEmbedAsset(target)) return 404;
  if (!isDecodable(pathOf(target))) return 400;
  const address = findAddress(target);
  if (address.methods.length === 0 || findAddress(resolvePath(pathOf(target))) !== address)
    return 404;
  if (!address.methods.includes(method)) return 405;
  if (Number(request.headers["content-length"] ?? 0) > maxBytesOf(address)) return 413;
  if (address.format === "page") return pageRejectionStatus(request, settings);
  // next-auth fails on such a cookie. Pages ignore it.
  if (target.startsWith("/api/auth/") && !isDecodable(request.headers.cookie ?? "")) return 400;
  return undefined;
}

/** The path as Next understands it, which would serve `/%65mbed/v2.js` and `/x/../embed/v2.js` as files. */
const resolvePath = (path: string) =>
  decodeURIComponent(new URL(path, "http://localhost").pathname);

/** Next fails on a path with a broken escape. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** True for a `POST` to a page that is not the development server's own. */
export const isAction = ({ method, url = "" }: IncomingMessage): boolean =>
  method === "POST" && findAddress(url).format === "page" && !url.startsWith("/__nextjs");

export const isScriptedAction = ({ headers }: IncomingMessage): boolean =>
  headers["next-action"] !== undefined;

function pageRejectionStatus(
  request: IncomingMessage,
  settings: ServeSettings,
): ErrorStatus | undefined {
  const { headers } = request;
  if (!isRouterState(headers["next-router-state-tree"])) return 400;
  if (!isAction(request)) return undefined;
  if (isFromOtherSite(headers, forwardedHost(headers, settings) ?? headers.host)) return 403;
  const type = headers["content-type"] ?? "";
  const isForm = /^multipart\/form-data\s*;\s*boundary=\S/i.test(type);
  const isText = isScriptedAction(request) && /^text\/plain\s*(;|$)/i.test(type);
  return isForm || isText ? undefined : 415;
}

function isFromOtherSite(headers: IncomingHttpHeaders, host: string | undefined): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  const { origin } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}

/** The part of a page that Next's own scripts have already; Next fails on anything else. */
function isRouterState(header: string | string[] | undefined): boolean {
  if (header === undefined) return true;
  try {
    return isRouterStateNode(JSON.parse(decodeURIComponent(String(header))));
  } catch {
    return false;
  }
}

function isRouterStateNode(node: unknown): boolean {
  if (!Array.isArray(node)) return false;
  const [segment, children]: unknown[] = node;
  const isSegment = typeof segment === "string" || Array.isArray(segment);
  return (
    isSegment &&
    typeof children === "object" &&
    children !== null &&
    Object.values(children).every(isRouterStateNode)
  );
}

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
  const maxBytes = maxBytesOf(findAddress(request.url ?? ""));
  let receivedBytes = 0;
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) {
      const hadExceeded = receivedBytes > maxBytes;
      receivedBytes += chunk.length;
      if (receivedBytes > maxBytes) {
        if (!hadExceeded) onTooLarge();
        return false;
      }
    }
    return push(chunk, encoding);
  };
}

/** The request with a body in place of its own, which was read already. */
export function replayRequest(
  request: IncomingMessage,
  { body, contentType }: { body: Buffer; contentType: string },
): IncomingMessage {
  const replay = new IncomingMessage(request.socket);
  const { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor } =
    request;
  Object.assign(replay, {
    method,
    url,
    rawHeaders,
    httpVersion,
    httpVersionMajor,
    httpVersionMinor,
  });
  const { "transfer-encoding": _, ...otherHeaders } = headers;
  replay.headers = {
    ...otherHeaders,
    "content-type": contentType,
    "content-length": String(body.length),
  };
  // Otherwise the end of the body would close the connection.
  replay.complete = true;
  replay.push(body);
  replay.push(null);
  return replay;
}
