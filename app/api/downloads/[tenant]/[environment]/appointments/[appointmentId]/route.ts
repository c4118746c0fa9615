import { pathId } from "@/server/schemas/text";
import { exportCalendarFile } from "@/server/services/appointments/calendar";
import { serveDownload } from "@/server/portal/download";

type RouteContext = {
  params: Promise<{ tenant: string; environment: string; appointmentId: string }>;
};

export async function GET(request: Request, { params }: RouteContext) {
  const { appointmentId, ...path } = await params;
  return serveDownload(request, path, (ctx) =>
    exportCalendarFile(ctx, { appointmentId: pathId(appointmentId) }),
  );
}
