import "server-only";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import {
  changeLinkBody,
  createLinkBody,
  idempotencyKey,
  type LinkResource,
  listLinksQuery,
} from "../schemas/api-v1";
import type { LinkView } from "../schemas/links";
import { rowId } from "../schemas/text";
import {
  changeLinkByApi,
  createLinkByApi,
  listLinksByApi,
  operationIdOf,
} from "../services/links/by-api";
import { passingRefusals } from "../services/links/make";
import { getLink } from "../services/links/read";
import { type ApiAnswer, answerApi, readBody, readPart, readQuery } from "./answer";
import { ProblemError } from "./problems";

/** The four operations on links; each reads its request, calls one service and shapes the answer. */

const nobodysId = "00000000-0000-4000-8000-000000000000";

// No row has any other id: what is not one is looked for like one that nobody has.
const knownId = (id: string) => (rowId.safeParse(id).success ? id : nobodysId);

function resourceOf({
  practice: { practiceGroupId, name },
  operationId: _operation,
  bulkId: _bulk,
  failureCode,
  ...link
}: LinkView): LinkResource {
  return { ...link, practice: { practiceGroupId, name }, heroCode: failureCode };
}

/**
 * 201 for a link that was made, 200 for one that was made before under the same Idempotency-Key, 202 as
 * long as nobody knows whether Hero made it.
 * @throws ProblemError when Hero refused
 */
function answerMade(link: LinkView, isRepeat: boolean): ApiAnswer {
  const headers = {
    location: `/api/v1/links/${link.id}`,
    ...(isRepeat && { "idempotency-replayed": "true" }),
  };
  if (link.state === "failed") {
    const more = {
      linkId: link.id,
      ...(link.failureCode && { heroCode: link.failureCode }),
      mayTryAgain: passingRefusals.includes(link.failureCode ?? ""),
    };
    throw new ProblemError("hero-refused", link.reason ?? "Hero refused.", more, headers);
  }
  const isOpen = link.state === "pending" || link.state === "unknown";
  return { status: isOpen ? 202 : isRepeat ? 200 : 201, body: resourceOf(link), headers };
}

export const createLink = (request: Request) =>
  answerApi(request, "v1.links.create", async (ctx) => {
    const given = request.headers.get("idempotency-key");
    const header = z.object({ "Idempotency-Key": idempotencyKey });
    if (given !== null) readPart("header", header, { "Idempotency-Key": given });
    const body = await readBody(request, createLinkBody);
    const operationId = given === null ? randomUUID() : operationIdOf(ctx, given);
    const { link, isRepeat } = await createLinkByApi(ctx, operationId, body);
    return answerMade(link, isRepeat);
  });

export const listLinks = (request: Request) =>
  answerApi(request, "v1.links.list", async (ctx) => {
    const query = readQuery(request, listLinksQuery);
    const { items, nextCursor, isCut } = await listLinksByApi(ctx, query);
    return {
      status: 200,
      body: { items: items.map(resourceOf), nextCursor, isCut },
      ...(nextCursor && { headers: { link: `<${nextPage(request, nextCursor)}>; rel="next"` } }),
    };
  });

/** The address of the next page: the same question with another cursor. */
function nextPage(request: Request, cursor: string): string {
  const { searchParams } = new URL(request.url);
  searchParams.set("cursor", cursor);
  return `/api/v1/links?${searchParams}`;
}

export const readLink = (request: Request, linkId: string) =>
  answerApi(request, "v1.links.get", async (ctx) => ({
    status: 200,
    body: resourceOf(await getLink(ctx, { linkId: knownId(linkId) })),
  }));

export const changeLink = (request: Request, linkId: string) =>
  answerApi(request, "v1.links.change", async (ctx) => {
    const body = await readBody(request, changeLinkBody);
    return { status: 200, body: resourceOf(await changeLinkByApi(ctx, knownId(linkId), body)) };
  });
