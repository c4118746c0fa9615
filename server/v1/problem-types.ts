import "server-only";
import { NotFoundError } from "../errors";
import { readRequest } from "../trpc/context";
import { answerProblem, isProblemName, problems, problemType } from "./problems";

/** What a kind of problem means, for whoever follows its `type`. */
export function answerProblemType(request: Request, name: string): Response {
  if (!isProblemName(name)) {
    return answerProblem(new NotFoundError(), readRequest(request.headers).requestId).response;
  }
  return Response.json(
    { type: problemType(name), ...problems[name] },
    { headers: { "cache-control": "public, max-age=300" } },
  );
}
