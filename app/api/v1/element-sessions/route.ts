import { answerOptions, refuseMethod } from "@/server/v1/answer";
import { createSession } from "@/server/v1/element-sessions";

export const POST = createSession;

const allowed = "POST, OPTIONS";
const refuse = refuseMethod(allowed);
export const OPTIONS = answerOptions(allowed);
export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
