import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";
import { cancel } from "@/server/v1/messages";

type RouteContext = { params: Promise<{ messageId: string }> };

export async function POST(request: Request, { params }: RouteContext) {
  return cancel(request, (await params).messageId);
}

const allowedMethods = "POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as GET, rejectMethod as PATCH, rejectMethod as PUT };
