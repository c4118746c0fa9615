import { optionsResponse, methodNotAllowed } from "@/server/v1/handle-request";
import { updateLink, getLinkResource } from "@/server/v1/links";

type RouteContext = { params: Promise<{ linkId: string }> };

export async function GET(request: Request, { params }: RouteContext) {
  return getLinkResource(request, (await params).linkId);
}

export async function PATCH(request: Request, { params }: RouteContext) {
  return updateLink(request, (await params).linkId);
}

const allowedMethods = "GET, HEAD, PATCH, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as POST, rejectMethod as PUT };
