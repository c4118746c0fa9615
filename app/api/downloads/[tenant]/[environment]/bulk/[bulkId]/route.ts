import { openBulkResult } from "@/server/services/bulk/read";
import { serveDownload } from "@/server/trpc/download";

type Params = { params: Promise<{ tenant: string; environment: string; bulkId: string }> };

export async function GET(request: Request, { params }: Params) {
  const { bulkId, ...path } = await params;
  return serveDownload(request, path, bulkId, (ctx, id) => openBulkResult(ctx, { bulkId: id }));
}
