import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";
import { list, send } from "@/server/v1/messages";

export const GET = list;
export const POST = send;

const allowedMethods = "GET, HEAD, POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as PUT };
