import { answerFrame } from "@/server/v1/element-frame";

type Context = { params: Promise<{ placementId: string }> };

export const GET = async (request: Request, { params }: Context) =>
  answerFrame(request, (await params).placementId);
