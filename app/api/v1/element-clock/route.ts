import { optionsResponse, methodNotAllowed } from "@/server/v1/handle-request";
import { getServerTime } from "@/server/v1/element-sessions";

export const GET = getServerTime;
export const dynamic = "force-dynamic";

const allowedMethods = "GET, HEAD, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as POST, rejectMethod as PUT };
