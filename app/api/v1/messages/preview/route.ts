import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";
import { preview } from "@/server/v1/messages";

export const POST = preview;

const allowedMethods = "POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as GET, rejectMethod as PATCH, rejectMethod as PUT };
