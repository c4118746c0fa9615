import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";
import { create, list } from "@/server/v1/message-batches";

export const GET = list;
export const POST = create;

const allowedMethods = "GET, HEAD, POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as PUT };
