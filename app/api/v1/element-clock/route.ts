import { answerOptions, refuseMethod } from "@/server/v1/answer";
import { tellTime } from "@/server/v1/element-sessions";

export const GET = tellTime;
export const dynamic = "force-dynamic";

const allowed = "GET, HEAD, OPTIONS";
const refuse = refuseMethod(allowed);
export const OPTIONS = answerOptions(allowed);
export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
