import "server-only";
import {
  createFileLinkInput,
  fileLinkResult,
  patientFiles,
  patientIdentifiers,
  patientRecord,
  patientRecordInput,
} from "../schemas/patient-record";
import {
  lookUpPatientInput,
  patientLookupResult,
  registerPatientInput,
  registrationResult,
} from "../schemas/patients";
import { z } from "../schemas/zod";
import { createFileLink, listPatientFiles } from "../services/patients/files";
import { lookUpPatient } from "../services/patients/lookup";
import { openPatientRecord, showPatientIdentifiers } from "../services/patients/record";
import { registerPatientByDetails } from "../services/patients/register-by-details";
import { releaseHeldItems } from "../services/patients/replaced";
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
  // These read as well, and each reading is audited or returns details that must not be in an address.
  open: procedureFor("patients.read")
    .input(patientRecordInput)
    .output(patientRecord)
    .mutation(({ ctx, input }) => openPatientRecord(ctx.tenant, input)),
  showIdentifiers: procedureFor("patients.read")
    .input(patientRecordInput)
    .output(patientIdentifiers)
    .mutation(({ ctx, input }) => showPatientIdentifiers(ctx.tenant, input)),
  listFiles: procedureFor("patients.read")
    .input(patientRecordInput)
    .output(patientFiles)
    .mutation(({ ctx, input }) => listPatientFiles(ctx.tenant, input)),
  createFileLink: procedureFor("patients.read")
    .input(createFileLinkInput)
    .output(fileLinkResult)
    .mutation(({ ctx, input }) => createFileLink(ctx.tenant, input)),
  releaseHeld: procedureFor("links.edit")
    .input(patientRecordInput)
    .output(z.null())
    .mutation(({ ctx, input }) => releaseHeldItems(ctx.tenant, input)),
});
