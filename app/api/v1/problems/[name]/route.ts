import { optionsResponse, problemTypeResponse, methodNotAllowed } from "@/server/v1/handle-request";

type RouteContext = { params: Promise<{ name: string }> };

/** Describes a problem type; its address is the problem's `type`. */
export async function GET(request: Request, { params }: RouteContext) {
  return problemTypeResponse(request, (await params).name);
}

const allowedMethods = "GET, HEAD, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as POST, rejectMethod as PUT };
