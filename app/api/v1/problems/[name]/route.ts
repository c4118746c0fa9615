import { answerOptions, answerProblemType, refuseMethod } from "@/server/v1/answer";

type Params = { params: Promise<{ name: string }> };

/** Where the `type` of a problem leads: what it means. */
export async function GET(request: Request, { params }: Params) {
  return answerProblemType(request, (await params).name);
}

const allowed = "GET, HEAD, OPTIONS";
const refuse = refuseMethod(allowed);
export const OPTIONS = answerOptions(allowed);
export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
