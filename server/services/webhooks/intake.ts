import "server-only";
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { v7 as uuidv7 } from "uuid";
import { isDatabaseUnavailable } from "@/db/errors";
import { isSignedByHero } from "../../crypto/hero-signature";
import { isFresh, parseHeroTimestamp } from "../../schemas/hero-timestamp";
import { seal } from "../../crypto/secret-box";
import { describeError, log } from "../../log";
import { deliveryBodyLocation, readDeliveryBody } from "./delivery-body";
import { countRequest } from "./endpoint-counts";
import { acceptedKeys, cachedEndpoint, type IntakeEndpoint, loadEndpoint } from "./endpoints";
import { storeDelivery } from "./store-deliveries";
import { IntakeOverloadedError, withTimeLimit } from "./time-limit";

/** Receives what Hero sends to an endpoint (`docs/decisions/021-webhook-intake.md`, assumption 65). */

const maxDeliveryBytes = 256 * 1024;

/** A request to an endpoint's URL, not yet trusted. */
export type DeliveryRequest = {
  /** The last part of the URL. */
  readonly urlToken: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: Buffer;
};

/** What Hero is answered: 4xx when the sender is wrong, 5xx when the portal is and it should try again. */
export type DeliveryStatus = 200 | 401 | 413 | 500 | 503;

/** Never the signature. */
const keptHeaders = ["content-type", "content-length", "user-agent", "x-herohealth-timestamp"];

function keepHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = headers[name];
    if (typeof value === "string") kept[name] = value.slice(0, 200);
  }
  return kept;
}

const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
};

/** Anything else cannot be a token; the empty one is looked up instead. */
const tokenPattern = /^[\w-]{16,128}$/;

/**
 * Finds the endpoint whose key signed the request. Before a refusal it is loaded again: its keys may be
 * newer than the cached ones, and a refusal then costs the same whether or not the URL is known.
 */
async function authenticate(
  { urlToken, headers, rawBody }: DeliveryRequest,
  now: Date,
): Promise<{ endpoint: IntakeEndpoint | undefined; isSigned: boolean }> {
  const token = tokenPattern.test(urlToken) ? urlToken : "";
  const isSignedFor = (endpoint: IntakeEndpoint | undefined) =>
    isSignedByHero({
      keys: acceptedKeys(endpoint, now),
      timestamp: headerOf(headers, "x-herohealth-timestamp"),
      signature: headerOf(headers, "x-herohealth-signature"),
      rawBody,
    });
  const cached = cachedEndpoint(token);
  if (isSignedFor(cached)) return { endpoint: cached, isSigned: true };
  const endpoint = await loadEndpoint(token, now);
  return { endpoint, isSigned: isSignedFor(endpoint) };
}

/**
 * The same for a request that Hero repeats. It starts with the signed time, so that PostgreSQL adds to one
 * place of the index instead of a random one.
 */
function dedupeHash(
  endpoint: IntakeEndpoint,
  timestamp: string,
  rawBody: Buffer,
  sentAt: Date | undefined,
): string {
  const time = Buffer.alloc(6);
  time.writeUIntBE(sentAt?.getTime() ?? 0, 0, 6);
  // A header has no line break, so no other header and body give the same text.
  const hash = createHash("sha256")
    .update(`${endpoint.id}\n${timestamp}\n`, "latin1")
    .update(rawBody)
    .digest("hex");
  return `\\x${time.toString("hex")}${hash}`;
}

async function store(
  endpoint: IntakeEndpoint,
  { headers, rawBody }: DeliveryRequest,
  now: Date,
): Promise<void> {
  const timestamp = headerOf(headers, "x-herohealth-timestamp") ?? "";
  const sentAt = parseHeroTimestamp(timestamp);
  const isLate = !isFresh(sentAt, now);
  const content = readDeliveryBody(rawBody, endpoint.practiceGroupId);
  const id = uuidv7();
  const sealedBody = seal(rawBody, endpoint.dataKey, deliveryBodyLocation(endpoint, id));
  const outcome = await storeDelivery({
    tenant_id: endpoint.tenantId,
    environment: endpoint.environment,
    id,
    endpoint_id: endpoint.id,
    dedupe_hash: dedupeHash(endpoint, timestamp, rawBody, sentAt),
    received_at: now.toISOString(),
    sent_at: sentAt?.toISOString() ?? null,
    is_late: isLate,
    event_type: content.eventType,
    object_type: content.objectType,
    object_id: content.objectId,
    headers: keepHeaders(headers),
    body_size: rawBody.length,
    sealed_body: `\\x${sealedBody.toString("hex")}`,
    data_key_id: endpoint.dataKey.id,
    state: content.state,
    outcome: content.outcome,
    processed_at: content.state === "waiting" ? null : now.toISOString(),
  });
  // The portal's own test says nothing about Hero.
  if (content.outcome === "test") return;
  const lagMs = sentAt && !isLate ? Math.max(now.getTime() - sentAt.getTime(), 0) : null;
  const isQuarantined = content.state === "quarantined";
  countRequest(endpoint, { outcome, isLate, isQuarantined, lagMs }, now);
}

async function authenticateAndStore(request: DeliveryRequest, now: Date): Promise<200 | 401> {
  const { endpoint, isSigned } = await authenticate(request, now);
  if (endpoint && isSigned) {
    await store(endpoint, request, now);
    return 200;
  }
  if (endpoint) countRequest(endpoint, { outcome: "refused" }, now);
  return 401;
}

/**
 * Receives one request: verifies it before anything is read from it, and stores it before it is answered.
 * Whatever a rightly signed body says, it is kept and answered 200: sent again, it would say the same.
 *
 * @param now when it arrived
 * @returns 401 alike for an unknown or removed endpoint and a wrong signature; 503 when it could not be
 *   stored now; 500 for any other fault of the portal
 */
export async function receiveDelivery(
  request: DeliveryRequest,
  now = new Date(),
): Promise<DeliveryStatus> {
  if (request.rawBody.length > maxDeliveryBytes) return 413;
  try {
    return await withTimeLimit(authenticateAndStore(request, now));
  } catch (error) {
    if (error instanceof IntakeOverloadedError || isDatabaseUnavailable(error)) return 503;
    log("error", "delivery failed", describeError(error));
    return 500;
  }
}

const messages: Record<DeliveryStatus, string> = {
  200: "The delivery was received.",
  401: "The address or the signature is not valid.",
  413: "The body is too large.",
  500: "Something went wrong on our side. Try again in a moment.",
  503: "The portal cannot store deliveries now. Try again in a moment.",
};

/** The rest of an answer. It depends on the status alone, so that it reveals nothing else. */
export const deliveryAnswer = (status: DeliveryStatus) => ({
  headers: {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...(status === 503 && { "retry-after": "5" }),
  },
  body: JSON.stringify(status === 200 ? { status: "received" } : { error: messages[status] }),
});
