import "server-only";
import { z } from "zod";
import { HeroError } from "./errors";
import { patient } from "./patients";
import { type HeroConnection, request } from "./request";

/** With what else a merge can lose. */
const mergedPatient = patient.extend({
  notes: z.string().max(100_000).nullish(),
  verification_credentials: z.array(z.string().max(1000)).nullish(),
});

type HeroMergePatient = z.infer<typeof mergedPatient>;

export type HeroMergePreview = {
  /** The patient that the preview was requested for. */
  patient: HeroMergePatient;
  other: HeroMergePatient;
  /** The record that stays: one of the two, by its id (assumption 30). */
  result: HeroMergePatient;
  /** For one merge, soon (assumption 31). */
  mergeToken: string;
};

/**
 * `POST /v1/patients/{id}/merge/preview`: both records, the outcome and the token that the merge needs.
 * Changes nothing. Which of the two Hero calls main is not relied on: they are told apart by id.
 *
 * @throws HeroError; `unreadable_reply` when it is not about these two records
 */
export async function previewMerge(
  hero: HeroConnection,
  patientId: string,
  otherId: string,
): Promise<HeroMergePreview> {
  const operation = {
    name: "previewPatientMerge",
    method: "POST",
    path: "/v1/patients/{id}/merge/preview",
  } as const;
  const reply = await request(
    hero,
    operation,
    { path: { id: patientId }, body: { patient_id: otherId } },
    z.object({
      main_patient: mergedPatient,
      incoming_patient: mergedPatient,
      result_patient: mergedPatient,
      merge_token: z.string().min(1).max(10_000),
    }),
  );
  const { main_patient, incoming_patient, result_patient, merge_token } = reply;
  const [first, second] =
    main_patient.id === patientId
      ? [main_patient, incoming_patient]
      : [incoming_patient, main_patient];
  const isOfBoth = first.id === patientId && second.id === otherId;
  if (!isOfBoth || ![patientId, otherId].includes(result_patient.id)) {
    throw new HeroError("unreadable_reply", operation.name);
  }
  return { patient: first, other: second, result: result_patient, mergeToken: merge_token };
}

/**
 * `POST /v1/patients/{id}/merge`, with the two ids of the preview in the same order. There is no undo.
 * The reply is not documented and not read (assumption 57): reading both ids shows whether it was done,
 * perhaps later.
 */
export function mergePatients(
  hero: HeroConnection,
  patientId: string,
  otherId: string,
  mergeToken: string,
): Promise<void> {
  const operation = {
    name: "mergePatient",
    method: "POST",
    path: "/v1/patients/{id}/merge",
  } as const;
  const body = { patient_id: otherId, merge_token: mergeToken };
  return request(hero, operation, { path: { id: patientId }, body }, "unread");
}
