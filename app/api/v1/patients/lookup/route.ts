import { optionsResponse, methodNotAllowed } from "@/server/v1/handle-request";
import { lookUp } from "@/server/v1/patients";

export const POST = lookUp;

const allowedMethods = "POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as GET, rejectMethod as PATCH, rejectMethod as PUT };
