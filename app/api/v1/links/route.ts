import { refuseMethod } from "@/server/v1/answer";
import { createLink, listLinks } from "@/server/v1/links";

export const GET = listLinks;
export const POST = createLink;

const refuse = refuseMethod("GET, HEAD, POST, OPTIONS");
export { refuse as DELETE, refuse as PATCH, refuse as PUT };
