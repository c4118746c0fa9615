import "server-only";
import {
  lookUpPatientInput,
  patientLookupResult,
  registerPatientInput,
  registrationResult,
} from "../schemas/patients";
import { lookUpPatient } from "../services/patients/lookup";
import { registerPatientByDetails } from "../services/patients/register-by-details";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const patientsRouter = createPortalRouter({
  // A mutation, although it reads: its input must be in the body, not in the address, and Hero may
  // register the patient.
  lookUp: procedureFor("patients.read")
    .input(lookUpPatientInput)
    .output(patientLookupResult)
    .mutation(({ ctx, input }) => lookUpPatient(ctx.tenant, input)),

  register: procedureFor("patients.register")
    .input(registerPatientInput)
    .output(registrationResult)
    .mutation(({ ctx, input }) => registerPatientByDetails(ctx.tenant, input)),
});
