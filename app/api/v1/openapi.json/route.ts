import { optionsResponse, methodNotAllowed } from "@/server/v1/handle-request";
import { buildOpenApi } from "@/server/v1/openapi";

/** The OpenAPI document of `/api/v1`. It is public and the same for everyone. */
export const dynamic = "force-dynamic";

export function GET() {
  return Response.json(buildOpenApi(), { headers: { "cache-control": "public, max-age=300" } });
}

const allowedMethods = "GET, HEAD, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as POST, rejectMethod as PUT };
