import "server-only";
import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from "zod-openapi";
import { env } from "../env";
import {
  updateLinkBody,
  createLinkBody,
  idempotencyKey,
  linkResource,
  linkResourcePage,
  listLinksQuery,
  problem,
} from "../schemas/api-v1";
import { elementReport } from "../schemas/element-reports";
import {
  createdElementSession,
  createElementSessionBody,
  elementGrant,
  exchangeSecretBody,
} from "../schemas/element-sessions";
import { rowId } from "../schemas/text";
import type { ErrorCode } from "../errors";
import { errorTable } from "../http/error-table";
import { problemTypes } from "./problem-types";

const json = (schema: z.ZodType) => ({ "application/json": { schema } });

const linkPathParams = z.object({
  id: rowId.meta({ description: "The link's id, as this API gave it." }),
});

const idempotencyHeader = z.object({
  "Idempotency-Key": idempotencyKey.optional().meta({
    description:
      "Made by you for one link you want. Sent again with the same body it gives the same link and asks Hero for nothing; with another body it is refused. Keys are kept as long as their links, for the whole organisation in this environment.",
    example: "letters-2026-12-0042",
  }),
});

/** The problems that may come of an operation, gathered by status. */
const problemResponses = (...names: ErrorCode[]) =>
  publicProblemResponses("unauthenticated", "forbidden", ...names);

/** The same of an operation that needs no key. */
function publicProblemResponses(...names: ErrorCode[]): Record<string, ZodOpenApiResponseObject> {
  const commonProblems: ErrorCode[] = ["too-many-requests", "internal-error", "unavailable"];
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  for (const name of [...names, ...commonProblems]) {
    const { status } = errorTable[name];
    const { title } = problemTypes[name];
    const existing = responses[status]?.description;
    responses[status] = {
      description: existing ? `${existing}; or: ${title}` : title,
      content: { "application/problem+json": { schema: problem } },
      ...(name === "unauthenticated" && {
        headers: z.object({ "WWW-Authenticate": z.string() }),
      }),
      ...(status === 429 && {
        headers: z.object({ "Retry-After": z.string().meta({ description: "Seconds." }) }),
      }),
    };
  }
  return responses;
}

const linkHeaders = z.object({
  Location: z.string().meta({ description: "The link's address in this API." }),
  "Idempotency-Replayed": z.string().optional().meta({
    description: "`true` where the Idempotency-Key was used before.",
  }),
});

const linkResponse = (description: string) => ({
  description,
  headers: linkHeaders,
  content: json(linkResource),
});

const bodyProblems = [
  "invalid-request",
  "malformed-json",
  "content-too-large",
  "unsupported-media-type",
] as const;

/** Sessions for pages with an element, and what those pages ask by themselves. */
const elementPaths: ZodOpenApiPathsObject = {
  "/api/v1/element-sessions": {
    post: {
      operationId: "createElementSession",
      summary: "Open an element session",
      description:
        "For one page of one person whom you have signed in and allowed to act for the practice. Give the secret to that page; its loader exchanges it for Hero's access tokens, from an origin of the placement's alone, until the session ends. Patient and staff are fixed here. Needs the permission `element_sessions.create`.",
      requestBody: { required: true, content: json(createElementSessionBody) },
      responses: {
        "201": { description: "The session.", content: json(createdElementSession) },
        ...problemResponses(...bodyProblems, "placement-off", "practice-refused", "not-found"),
      },
    },
  },
  "/api/v1/element-sessions/token": {
    post: {
      operationId: "exchangeElementSecret",
      summary: "Exchange a secret for a token",
      description:
        "Asked by the loader in the page, without a key: the secret and the page's `Origin` are what counts. One call gives one token and the next secret. A spent secret that comes again ends the session, but for the last one within 30 seconds, so that a lost answer can be asked for again.",
      security: [],
      requestBody: { required: true, content: json(exchangeSecretBody) },
      responses: {
        "200": { description: "A token, and what to mount.", content: json(elementGrant) },
        ...publicProblemResponses(
          ...bodyProblems,
          "session-refused",
          "origin-refused",
          "placement-off",
          "practice-refused",
          "hero-failed",
          "hero-timed-out",
        ),
      },
    },
  },
  "/api/v1/element-reports": {
    post: {
      operationId: "reportElementFault",
      summary: "Tell of a fault in a page",
      description:
        "Asked by the loader: a code of a placement, counted by day. Nothing of the page, its person or its session is told.",
      security: [],
      requestBody: { required: true, content: json(elementReport) },
      responses: {
        "204": { description: "Counted, if there is such a placement." },
        ...publicProblemResponses("invalid-request", "malformed-json", "content-too-large"),
      },
    },
  },
};

type ApiDocument = ReturnType<typeof createDocument>;

let document: ApiDocument | undefined;

/**
 * The OpenAPI 3.1 description of `/api/v1`, generated from the schemas that read its requests. Made
 * once; it holds the portal's own address and nothing of any tenant.
 */
export function buildOpenApi(): ApiDocument {
  document ??= createDocument(
    {
      openapi: "3.1.1",
      info: {
        title: "Partner Portal API",
        version: "1",
        description:
          "Booking links and form links, made and kept by your own server, and sessions for the pages in which you embed Hero's elements. A portal API key belongs to one organisation and one environment and speaks for it; keep it on your server. Days are days in the United Kingdom; moments are ISO 8601 in UTC. Fields that are not described are refused in requests; expect new ones in answers.",
      },
      servers: [{ url: env().PUBLIC_URL.replace(/\/+$/, "") }],
      security: [{ apiKey: [] }],
      components: {
        securitySchemes: {
          apiKey: {
            type: "http",
            scheme: "bearer",
            description: "A portal API key, made on the settings page of its environment.",
          },
        },
      },
      paths: {
        "/api/v1/links": {
          post: {
            operationId: "createLink",
            summary: "Make a link",
            description:
              "Asks Hero for one booking link or form link. Hero has no way to make a request safe to repeat, so each link is asked for once: where the answer was lost, the link stands as `unknown` with status 202 and is never asked for again by itself. Read it later, or look at the practice's own list, before you make another. Needs the permission `links.create`.",
            requestParams: { header: idempotencyHeader },
            requestBody: { required: true, content: json(createLinkBody) },
            responses: {
              "200": linkResponse("The Idempotency-Key was used before, and this is its link."),
              "201": linkResponse("The link was made."),
              "202": linkResponse(
                "Hero was asked, and its answer is not here: `pending` or `unknown`.",
              ),
              ...problemResponses(
                "invalid-request",
                "malformed-json",
                "not-found",
                "conflict",
                "content-too-large",
                "unsupported-media-type",
                "hero-refused",
                "idempotency-key-reused",
                "hero-failed",
                "hero-timed-out",
              ),
            },
          },
          get: {
            operationId: "listLinks",
            summary: "List links",
            description:
              "The links of the key's organisation and environment, whoever made them, a page at a time. Needs the permission `links.read`.",
            requestParams: { query: listLinksQuery },
            responses: {
              "200": {
                description: "A page of links.",
                headers: z.object({
                  Link: z.string().optional().meta({
                    description: 'The address of the next page with rel="next"; none on the last.',
                  }),
                }),
                content: json(linkResourcePage),
              },
              ...problemResponses("invalid-request", "not-found"),
            },
          },
        },
        "/api/v1/links/{id}": {
          get: {
            operationId: "getLink",
            summary: "Read a link",
            description:
              "The link as the portal last knew it; `refreshedAt` says when Hero was asked. Needs the permission `links.read`.",
            requestParams: { path: linkPathParams },
            responses: {
              "200": { description: "The link.", content: json(linkResource) },
              ...problemResponses("not-found"),
            },
          },
          patch: {
            operationId: "changeLink",
            summary: "Change, close or open a link",
            description:
              "What is left out stays. Hero documents no delete: closing ends the link, and no way to change a form link's limits. Needs the permission `links.edit`.",
            requestParams: { path: linkPathParams },
            requestBody: { required: true, content: json(updateLinkBody) },
            responses: {
              "200": { description: "The link as it is now.", content: json(linkResource) },
              ...problemResponses(
                "invalid-request",
                "malformed-json",
                "not-found",
                "conflict",
                "content-too-large",
                "unsupported-media-type",
                "change-refused",
                "hero-failed",
                "hero-timed-out",
              ),
            },
          },
        },
        ...elementPaths,
      },
    },
    {
      // Answers may grow; whoever reads one must not stumble over a field it does not know.
      override: ({ jsonSchema, io }) => {
        if (io === "output") delete jsonSchema.additionalProperties;
      },
    },
  );
  return document;
}
