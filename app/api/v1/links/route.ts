import { optionsResponse, methodNotAllowed } from "@/server/v1/handle-request";
import { createLink, listLinks } from "@/server/v1/links";

export const GET = listLinks;
export const POST = createLink;

const allowedMethods = "GET, HEAD, POST, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as PUT };
