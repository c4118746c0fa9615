import type { MergePatientResponse, PreviewPatientMergeResponse } from "@/server/hero/generated";
import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { PatientRecord, Practice } from "../state/model";
import { changeRecord, findPatientOfPractice } from "../state/patients";
import type { SandboxState } from "../state/sandbox-state";
import { idField } from "./fields";
import { defineOperation } from "./operation";
import { patientView } from "./patients";
import { invalidField, notFound, parseInput } from "./problem";

/** Hero does not document how long a token lives. */
const tokenLifetimeMs = 5 * 60_000;

const previewInput = z.object({ patient_id: idField });
const mergeInput = z.object({ patient_id: idField, merge_token: z.string().min(1) });

export const patientMergeOperations = [
  defineOperation<PreviewPatientMergeResponse>({
    operationId: "previewPatientMerge",
    method: "POST",
    path: "/v1/patients/{id}/merge/preview",
    scope: null,
    handle: ({ sandbox, practice, id, body }) => {
      const { patient_id } = parseInput(previewInput, body);
      const [main, incoming] = findPair(sandbox, practice, id, patient_id);
      const token = randomBytes(24).toString("base64url");
      sandbox.mergePermits.set(token, {
        practiceGroupId: practice.practiceGroupId,
        mainId: main.id,
        incomingId: incoming.id,
        expiresAtMs: sandbox.clock.nowMs() + tokenLifetimeMs,
      });
      return {
        main_patient: patientView(practice, main),
        incoming_patient: patientView(practice, incoming),
        result_patient: patientView(practice, survivorOfPair(main, incoming)),
        merge_token: token,
      };
    },
  }),
  defineOperation<MergePatientResponse>({
    operationId: "mergePatient",
    method: "POST",
    path: "/v1/patients/{id}/merge",
    scope: null,
    handle: ({ sandbox, practice, id, body }) => {
      const { patient_id, merge_token } = parseInput(mergeInput, body);
      const [main, incoming] = findPair(sandbox, practice, id, patient_id);
      const permit = sandbox.mergePermits.get(merge_token);
      // Single use, also when it is refused.
      sandbox.mergePermits.delete(merge_token);
      const isAllowed =
        permit?.practiceGroupId === practice.practiceGroupId &&
        permit.mainId === main.id &&
        permit.incomingId === incoming.id &&
        permit.expiresAtMs > sandbox.clock.nowMs();
      if (!isAllowed) throw invalidField(["merge_token"], "custom", "a token of a recent preview");
      const survivor = survivorOfPair(main, incoming);
      mergeRecords(sandbox, survivor === main ? incoming : main, survivor);
      return { success: true };
    },
  }),
];

/** Two records that can be merged: Hero requires the same date of birth. */
function findPair(
  sandbox: SandboxState,
  practice: Practice,
  mainId: string,
  incomingId: string,
): [PatientRecord, PatientRecord] {
  const main = findPatientOfPractice(sandbox, practice, mainId);
  const incoming = findPatientOfPractice(sandbox, practice, incomingId);
  const isGone = (patient: PatientRecord) => patient.mergedInto || patient.hiddenChange.mergedInto;
  if (!main || !incoming || isGone(main) || isGone(incoming)) throw notFound("Patient");
  if (main === incoming) throw invalidField(["patient_id"], "custom", "another patient");
  if (main.person.dateOfBirth !== incoming.person.dateOfBirth) {
    throw invalidField(["patient_id"], "custom", "a patient with the same date of birth");
  }
  return [main, incoming];
}

/** The record that is synchronised with the clinical system survives, or else the main one. */
const survivorOfPair = (main: PatientRecord, incoming: PatientRecord): PatientRecord =>
  main.ehrPartnerId === null && incoming.ehrPartnerId !== null ? incoming : main;

/** Moves what belongs to the merged record; its own details are lost. */
export function mergeRecords(
  sandbox: SandboxState,
  merged: PatientRecord,
  survivor: PatientRecord,
  reply: "other_id" | "empty_list" = "other_id",
): void {
  changeRecord(merged, { mergedInto: { patientId: survivor.id, reply } });
  const owned = [sandbox.appointments, sandbox.messages, sandbox.attachments];
  for (const item of owned.flatMap((items) => [...items.values()])) {
    if (item.patientId === merged.id) item.patientId = survivor.id;
  }
}
