import { answerProblemType } from "@/server/v1/problem-types";

type Params = { params: Promise<{ name: string }> };

/** Where the `type` of a problem leads: what it means. */
export async function GET(request: Request, { params }: Params) {
  return answerProblemType(request, (await params).name);
}
