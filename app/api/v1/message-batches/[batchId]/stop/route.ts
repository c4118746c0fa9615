import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";
import { stop } from "@/server/v1/message-batches";

type RouteContext = { params: Promise<{ batchId: string }> };

export async function POST(request: Request, { params }: RouteContext) {
  return stop(request, (await params).batchId);
}

const allowedMethods = "POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as GET, rejectMethod as PATCH, rejectMethod as PUT };
