import { exportIncidentReport } from "@/server/services/message-batches/incident-report";
import { pathId } from "@/server/schemas/text";
import { serveDownload } from "@/server/portal/download";

type RouteContext = {
  params: Promise<{ tenant: string; environment: string; batchId: string }>;
};

export async function GET(request: Request, { params }: RouteContext) {
  const { batchId, ...path } = await params;
  return serveDownload(request, path, (ctx) =>
    exportIncidentReport(ctx, { batchId: pathId(batchId) }),
  );
}
