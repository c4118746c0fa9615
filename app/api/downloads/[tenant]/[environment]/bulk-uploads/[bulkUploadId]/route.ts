import { exportBulkUploadResult } from "@/server/services/bulk-uploads/read";
import { pathId } from "@/server/schemas/text";
import { serveDownload } from "@/server/portal/download";

type RouteContext = {
  params: Promise<{ tenant: string; environment: string; bulkUploadId: string }>;
};

export async function GET(request: Request, { params }: RouteContext) {
  const { bulkUploadId, ...path } = await params;
  return serveDownload(request, path, (ctx) =>
    exportBulkUploadResult(ctx, { bulkUploadId: pathId(bulkUploadId) }),
  );
}
