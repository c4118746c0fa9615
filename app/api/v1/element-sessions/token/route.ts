import { methodNotAllowed } from "@/server/v1/handle-request";
import { exchangeOptionsResponse, exchangeSecret } from "@/server/v1/element-sessions";

export const POST = exchangeSecret;

const rejectMethod = methodNotAllowed("POST, OPTIONS");
export const OPTIONS = exchangeOptionsResponse;
export { rejectMethod as DELETE, rejectMethod as GET, rejectMethod as PATCH, rejectMethod as PUT };
