import { listEvents } from "@/server/v1/events";
import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";

export const GET = listEvents;

const allowedMethods = "GET, HEAD, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as POST, rejectMethod as PUT };
