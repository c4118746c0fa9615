import type { MergePreview } from "@/server/schemas/merges";
import { approveMerge } from "@/server/services/merges/decide";
import { previewMergeForDecision, previewMergeForRequest } from "@/server/services/merges/preview";
import { requestMerge } from "@/server/services/merges/request";
import type { TenantContext } from "@/server/tenancy/context";

/** A process of its own for tests that kill it: two people merge one pair of records after the other. */
export type Merges = {
  requester: TenantContext;
  approver: TenantContext;
  requests: {
    operationId: string;
    practiceId: string;
    patientId: string;
    otherPatientId: string;
  }[];
};

const fingerprintOf = (preview: MergePreview): string => {
  if (preview.outcome !== "can_be_merged") throw new Error(`The preview was ${preview.outcome}.`);
  return preview.previewFingerprint;
};

const { requester, approver, requests } = JSON.parse(process.env.MERGES ?? "") as Merges;
for (const request of requests) {
  const { operationId, ...pair } = request;
  const previewFingerprint = fingerprintOf(await previewMergeForRequest(requester, pair));
  const merge = await requestMerge(requester, { operationId, ...pair, previewFingerprint });
  const decision = await previewMergeForDecision(approver, { mergeId: merge.id });
  await approveMerge(approver, {
    mergeId: merge.id,
    previewFingerprint: fingerprintOf(decision),
  });
}
process.exit(0);
