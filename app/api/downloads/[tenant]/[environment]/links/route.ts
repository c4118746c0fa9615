import { serveDownload } from "@/server/portal/download";
import { exportLinks } from "@/server/services/links/read";

type RouteContext = { params: Promise<{ tenant: string; environment: string }> };

export async function GET(request: Request, { params }: RouteContext) {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  return serveDownload(request, await params, (ctx) => exportLinks(ctx, query));
}
