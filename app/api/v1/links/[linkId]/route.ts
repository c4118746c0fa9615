import { answerOptions, refuseMethod } from "@/server/v1/answer";
import { changeLink, readLink } from "@/server/v1/links";

type Params = { params: Promise<{ linkId: string }> };

export async function GET(request: Request, { params }: Params) {
  return readLink(request, (await params).linkId);
}

export async function PATCH(request: Request, { params }: Params) {
  return changeLink(request, (await params).linkId);
}

const allowed = "GET, HEAD, PATCH, OPTIONS";
const refuse = refuseMethod(allowed);
export const OPTIONS = answerOptions(allowed);
export { refuse as DELETE, refuse as POST, refuse as PUT };
