import "server-only";
import { z } from "zod";
import type { ZodOpenApiResponseObject } from "zod-openapi";
import type { ErrorCode } from "../errors";
import { errorTable } from "../http/error-table";
import { problem } from "../schemas/api-v1";
import { problemTypes } from "./problem-types";

/** What the descriptions of all operations share. */

export const json = (schema: z.ZodType) => ({ "application/json": { schema } });

export const bodyProblems = [
  "invalid-request",
  "malformed-json",
  "content-too-large",
  "unsupported-media-type",
] as const;

/** The problems that an operation can return, grouped by status. */
export const problemResponses = (...names: ErrorCode[]) =>
  publicProblemResponses("unauthenticated", "forbidden", ...names);

/** The same for an operation that needs no API key. */
export function publicProblemResponses(
  ...names: ErrorCode[]
): Record<string, ZodOpenApiResponseObject> {
  const commonProblems: ErrorCode[] = ["too-many-requests", "internal-error", "unavailable"];
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  for (const name of [...names, ...commonProblems]) {
    const { status } = errorTable[name];
    const { title } = problemTypes[name];
    const existing = responses[status]?.description;
    responses[status] = {
      description: existing ? `${existing}, or ${title}` : title,
      content: { "application/problem+json": { schema: problem } },
      ...(name === "unauthenticated" && {
        headers: z.object({ "WWW-Authenticate": z.string() }),
      }),
      ...((status === 429 || status === 503) && {
        headers: z.object({ "Retry-After": z.string().meta({ description: "Seconds to wait." }) }),
      }),
    };
  }
  return responses;
}
