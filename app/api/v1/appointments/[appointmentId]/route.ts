import { getAppointmentResource } from "@/server/v1/appointments";
import { methodNotAllowed, optionsResponse } from "@/server/v1/handle-request";

type RouteContext = { params: Promise<{ appointmentId: string }> };

export async function GET(request: Request, { params }: RouteContext) {
  return getAppointmentResource(request, (await params).appointmentId);
}

const allowedMethods = "GET, HEAD, OPTIONS";
const rejectMethod = methodNotAllowed(allowedMethods);
export const OPTIONS = optionsResponse(allowedMethods);
export { rejectMethod as DELETE, rejectMethod as PATCH, rejectMethod as POST, rejectMethod as PUT };
