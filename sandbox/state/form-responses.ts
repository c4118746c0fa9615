import type { LinkRecord } from "./model";
import type { SandboxState } from "./sandbox-state";

/** Records that a patient sent a link's form, without their answers, and sends the event. */
export function addFormResponse(
  sandbox: SandboxState,
  { id: linkId, formId, practiceGroupId, keySuffix }: LinkRecord,
  patientId: string | null,
): void {
  const id = sandbox.nextId("formResponse");
  const createdAtMs = sandbox.clock.nowMs();
  sandbox.formResponses.set(id, { id, practiceGroupId, formId, patientId, linkId, createdAtMs });
  void sandbox.webhooks.send(
    {
      object: "FormSubmission",
      id,
      practice_group_id: practiceGroupId,
      event: "form-submission.created",
    },
    { practiceGroupId, keySuffix },
  );
}
