import "server-only";
import {
  compareWithEhrInput,
  connectToEhrInput,
  ehrCandidateDecision,
  ehrComparison,
  ehrConnectionResult,
  rejectEhrCandidateInput,
  restoreEhrCandidateInput,
} from "../schemas/patient-ehr";
import { compareWithEhr, rejectEhrCandidate, restoreEhrCandidate } from "../services/patients/ehr";
import { connectToEhr } from "../services/patients/ehr-connect";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

const connecting = procedureFor("patients.connect");

export const patientEhrRouter = createPortalRouter({
  // A mutation, although it reads: a date of birth must be in the body, not in the address.
  compare: connecting
    .input(compareWithEhrInput)
    .output(ehrComparison)
    .mutation(({ ctx, input }) => compareWithEhr(ctx.tenant, input)),
  connect: connecting
    .input(connectToEhrInput)
    .output(ehrConnectionResult)
    .mutation(({ ctx, input }) => connectToEhr(ctx.tenant, input)),
  rejectCandidate: connecting
    .input(rejectEhrCandidateInput)
    .output(ehrCandidateDecision)
    .mutation(({ ctx, input }) => rejectEhrCandidate(ctx.tenant, input)),
  restoreCandidate: connecting
    .input(restoreEhrCandidateInput)
    .output(ehrCandidateDecision)
    .mutation(({ ctx, input }) => restoreEhrCandidate(ctx.tenant, input)),
});
