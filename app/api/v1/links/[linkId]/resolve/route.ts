import { optionsResponse, methodNotAllowed } from "@/server/v1/handle-request";
import { resolveLink } from "@/server/v1/links";

type RouteContext = { params: Promise<{ linkId: string }> };

export async function POST(request: Request, { params }: RouteContext) {
  return resolveLink(request, (await params).linkId);
}

const allowedMethods = "POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as GET, rejectMethod as PATCH, rejectMethod as PUT };
