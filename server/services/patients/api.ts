import "server-only";
import { db } from "@/db/client";
import type { LookUpPatientBody, PatientLookupResource } from "../../schemas/api-v1";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { getPracticeId } from "../practices/find";
import { lookUpPatient } from "./lookup";

/**
 * A look-up for partners' servers, by the service that the portal uses. Only Hero's ID and what Hero says of
 * the patient leave the portal: nobody receives details of a patient that they did not send.
 *
 * @throws as `lookUpPatient`
 */
export async function lookUpPatientByApi(
  ctx: TenantContext,
  { practiceGroupId, ...identity }: LookUpPatientBody,
): Promise<PatientLookupResource> {
  requirePermission(ctx, "patients.read");
  const practiceId = await db.tenant(ctx, (tx) => getPracticeId(tx, ctx, practiceGroupId));
  const result = await lookUpPatient(ctx, { practiceId, identity });
  return {
    outcome: result.outcome,
    patientId: result.outcome === "found" ? result.patientId : null,
    refusal: result.outcome === "found" ? result.refusal : null,
    reason: "reason" in result ? result.reason : null,
    loginUrl: result.outcome === "verification_required" ? result.loginUrl : null,
  };
}
