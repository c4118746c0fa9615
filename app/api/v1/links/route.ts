import { answerOptions, refuseMethod } from "@/server/v1/answer";
import { createLink, listLinks } from "@/server/v1/links";

export const GET = listLinks;
export const POST = createLink;

const allowed = "GET, HEAD, POST, OPTIONS";
const refuse = refuseMethod(allowed);
export const OPTIONS = answerOptions(allowed);
export { refuse as DELETE, refuse as PATCH, refuse as PUT };
