import "server-only";
import { z } from "zod";
import { createDocument, type ZodOpenApiResponseObject } from "zod-openapi";
import { env } from "../env";
import {
  changeLinkBody,
  createLinkBody,
  idempotencyKey,
  linkResource,
  linkResourcePage,
  listLinksQuery,
  problem,
} from "../schemas/api-v1";
import { rowId } from "../schemas/text";
import { type ProblemName, problems } from "./problem-types";

const json = (schema: z.ZodType) => ({ "application/json": { schema } });

const linkPath = z.object({
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
function problemResponses(...names: ProblemName[]): Record<string, ZodOpenApiResponseObject> {
  const always: ProblemName[] = [
    "unauthenticated",
    "forbidden",
    "too-many-requests",
    "internal-error",
    "unavailable",
  ];
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  for (const name of [...names, ...always]) {
    const { status, title } = problems[name];
    const known = responses[status]?.description;
    responses[status] = {
      description: known ? `${known}; or: ${title}` : title,
      content: { "application/problem+json": { schema: problem } },
      ...(status === 401 && {
        headers: z.object({ "WWW-Authenticate": z.string() }),
      }),
      ...(status === 429 && {
        headers: z.object({ "Retry-After": z.string().meta({ description: "Seconds." }) }),
      }),
    };
  }
  return responses;
}

const madeHeaders = z.object({
  Location: z.string().meta({ description: "The link's address in this API." }),
  "Idempotency-Replayed": z.string().optional().meta({
    description: "`true` where the Idempotency-Key was used before.",
  }),
});

const made = (description: string) => ({
  description,
  headers: madeHeaders,
  content: json(linkResource),
});

type ApiDocument = ReturnType<typeof createDocument>;

let document: ApiDocument | undefined;

/**
 * The OpenAPI 3.1 description of `/api/v1`, generated from the schemas that read its requests. Made
 * once; it holds the portal's own address and nothing of any tenant.
 */
export function describeApi(): ApiDocument {
  document ??= createDocument(
    {
      openapi: "3.1.1",
      info: {
        title: "Partner Portal API",
        version: "1",
        description:
          "Booking links and form links, made and kept by your own server. A portal API key belongs to one organisation and one environment and speaks for it; keep it on your server. Days are days in the United Kingdom; moments are ISO 8601 in UTC. Fields that are not described are refused in requests; expect new ones in answers.",
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
              "200": made("The Idempotency-Key was used before, and this is its link."),
              "201": made("The link was made."),
              "202": made("Hero was asked, and its answer is not here: `pending` or `unknown`."),
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
            requestParams: { path: linkPath },
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
            requestParams: { path: linkPath },
            requestBody: { required: true, content: json(changeLinkBody) },
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
