import { describeApi } from "@/server/v1/openapi";

/** The description of `/api/v1`, for anybody: it holds nothing of any tenant. */
export const dynamic = "force-dynamic";

export function GET() {
  return Response.json(describeApi(), { headers: { "cache-control": "public, max-age=300" } });
}
