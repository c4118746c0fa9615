import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";
import { listResults } from "@/server/v1/message-batches";

type RouteContext = { params: Promise<{ batchId: string }> };

export async function GET(request: Request, { params }: RouteContext) {
  return listResults(request, (await params).batchId);
}

const allowedMethods = "GET, HEAD, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as POST, rejectMethod as PUT };
