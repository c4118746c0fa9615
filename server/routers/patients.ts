import "server-only";
import { lookUpPatientInput, patientLookUp } from "../schemas/patients";
import { lookUpPatient } from "../services/patients/look-up";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const patientsRouter = portalRouter({
  // A mutation, although it reads: what it is given must stand in a body and never in an address, and
  // Hero may register the patient.
  lookUp: portalProcedure
    .input(lookUpPatientInput)
    .output(patientLookUp)
    .mutation(({ ctx, input }) => lookUpPatient(ctx.ctx, input)),
});
