import { listSlots } from "@/server/v1/appointments";
import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";

export const POST = listSlots;

const allowedMethods = "POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as GET, rejectMethod as PATCH, rejectMethod as PUT };
