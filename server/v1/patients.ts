import "server-only";
import { lookUpPatientBody } from "../schemas/api-v1";
import { lookUpPatientByApi } from "../services/patients/api";
import { handleApiRequest, parseBody } from "./handle-request";

export const lookUp = (request: Request) =>
  handleApiRequest(request, "v1.patients.lookup", "patients.read", async (ctx) => {
    const body = await parseBody(request, lookUpPatientBody);
    return { status: 200, body: await lookUpPatientByApi(ctx, body) };
  });
