import { answerOptions, refuseMethod } from "@/server/v1/answer";
import { describeApi } from "@/server/v1/openapi";

/** The description of `/api/v1`, for anybody: it holds nothing of any tenant. */
export const dynamic = "force-dynamic";

export function GET() {
  return Response.json(describeApi(), { headers: { "cache-control": "public, max-age=300" } });
}

const allowed = "GET, HEAD, OPTIONS";
const refuse = refuseMethod(allowed);
export const OPTIONS = answerOptions(allowed);
export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
