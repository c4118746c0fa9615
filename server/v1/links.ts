import "server-only";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import {
  updateLinkBody,
  createLinkBody,
  idempotencyKey,
  listLinksQuery,
  toLinkResource,
} from "../schemas/api-v1";
import type { LinkView } from "../schemas/links/view";
import { pathId } from "../schemas/text";
import {
  updateLinkByApi,
  createLinkByApi,
  listLinksByApi,
  deriveOperationId,
  resolveLinkByApi,
} from "../services/links/api";
import { passingErrorCodes } from "../services/links/reserve";
import { getLink } from "../services/links/read";
import {
  type ApiResponse,
  handleApiRequest,
  parseBody,
  parsePart,
  parseQuery,
} from "./handle-request";
import { isRetryable, ProblemError } from "./problems";

/** The five operations on links. Each parses its request, calls one service and shapes the response. */

/** After a failure that passes by itself. */
const retryAfterSeconds = 10;

/**
 * 201 for a new link, 200 for the link of an earlier request with the same Idempotency-Key, 202 while it is
 * unknown whether Hero created it.
 * @throws ProblemError if Hero refused the link
 */
function createdResponse(link: LinkView, isRepeat: boolean): ApiResponse {
  const headers = {
    location: `/api/v1/links/${link.id}`,
    ...(isRepeat && { "idempotency-replayed": "true" }),
  };
  if (link.state === "failed") {
    const extensions = {
      linkId: link.id,
      ...(link.failureCode && { heroCode: link.failureCode }),
      isRetryable: isRetryable(link.failureCode),
    };
    // Nothing was created, and the same key may be used again.
    if (passingErrorCodes.includes(link.failureCode ?? "")) {
      throw new ProblemError("hero-unavailable", link.reason ?? "", extensions, {
        "retry-after": String(retryAfterSeconds),
      });
    }
    throw new ProblemError(
      "hero-refused",
      link.reason ?? "Hero refused the link.",
      extensions,
      headers,
    );
  }
  const isPending = link.state === "pending" || link.state === "unknown";
  return { status: isPending ? 202 : isRepeat ? 200 : 201, body: toLinkResource(link), headers };
}

export const createLink = (request: Request) =>
  handleApiRequest(request, "v1.links.create", "links.create", async (ctx) => {
    const key = request.headers.get("idempotency-key");
    const headerSchema = z.object({ "Idempotency-Key": idempotencyKey });
    if (key !== null) parsePart("header", headerSchema, { "Idempotency-Key": key });
    const body = await parseBody(request, createLinkBody);
    const operationId = key === null ? randomUUID() : deriveOperationId(ctx, key);
    const { link, isRepeat } = await createLinkByApi(ctx, operationId, body);
    return createdResponse(link, isRepeat);
  });

export const listLinks = (request: Request) =>
  handleApiRequest(request, "v1.links.list", "links.read", async (ctx) => {
    const query = parseQuery(request, listLinksQuery);
    const { items, nextCursor } = await listLinksByApi(ctx, query);
    return {
      status: 200,
      body: { items: items.map(toLinkResource), nextCursor },
      ...(nextCursor && { headers: { link: `<${nextPageUrl(request, nextCursor)}>; rel="next"` } }),
    };
  });

/** The same query with the next cursor. */
function nextPageUrl(request: Request, cursor: string): string {
  const { searchParams } = new URL(request.url);
  searchParams.set("cursor", cursor);
  return `/api/v1/links?${searchParams}`;
}

export const getLinkResource = (request: Request, linkId: string) =>
  handleApiRequest(request, "v1.links.get", "links.read", async (ctx) => ({
    status: 200,
    body: toLinkResource(await getLink(ctx, { linkId: pathId(linkId) })),
  }));

export const updateLink = (request: Request, linkId: string) =>
  handleApiRequest(request, "v1.links.update", "links.edit", async (ctx) => {
    const body = await parseBody(request, updateLinkBody);
    return { status: 200, body: toLinkResource(await updateLinkByApi(ctx, pathId(linkId), body)) };
  });

export const resolveLink = (request: Request, linkId: string) =>
  handleApiRequest(request, "v1.links.resolve", "links.edit", async (ctx) => ({
    status: 200,
    body: toLinkResource(await resolveLinkByApi(ctx, pathId(linkId))),
  }));
