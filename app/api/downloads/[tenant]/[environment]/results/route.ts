import { serveDownload } from "@/server/portal/download";
import { exportResults } from "@/server/services/results/export";

type RouteContext = { params: Promise<{ tenant: string; environment: string }> };

export async function GET(request: Request, { params }: RouteContext) {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  return serveDownload(request, await params, (ctx) => exportResults(ctx, query));
}
