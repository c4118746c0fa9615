import { optionsResponse, methodNotAllowed } from "@/server/v1/handle-request";
import { receiveReport } from "@/server/v1/element-sessions";

export const POST = receiveReport;

const allowedMethods = "POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as GET, rejectMethod as PATCH, rejectMethod as PUT };
