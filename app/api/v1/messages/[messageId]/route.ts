import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";
import { getMessageResource } from "@/server/v1/messages";

type RouteContext = { params: Promise<{ messageId: string }> };

export async function GET(request: Request, { params }: RouteContext) {
  return getMessageResource(request, (await params).messageId);
}

const allowedMethods = "GET, HEAD, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as POST, rejectMethod as PUT };
