import { frameResponse } from "@/server/v1/element-frame";

type RouteContext = { params: Promise<{ placementId: string }> };

export const GET = async (request: Request, { params }: RouteContext) =>
  frameResponse(request, (await params).placementId);
