import "server-only";
import { lookUpPatientInput, patientLookupResult } from "../schemas/patients";
import { lookUpPatient } from "../services/patients/lookup";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const patientsRouter = createPortalRouter({
  // A mutation, although it reads: its input must be in the body, not in the address, and Hero may
  // register the patient.
  lookUp: procedureFor("patients.read")
    .input(lookUpPatientInput)
    .output(patientLookupResult)
    .mutation(({ ctx, input }) => lookUpPatient(ctx.tenant, input)),
});
