import type { FormResponseRecord, LinkRecord, Practice } from "./model";
import type { SandboxState } from "./sandbox-state";
import { addTask } from "./tasks";

type NewFormResponse = Omit<FormResponseRecord, "id" | "createdAtMs">;

/** Records that a patient sent a form, and adds a task with their answers to the practice's inbox. */
export function addFormResponse(
  sandbox: SandboxState,
  response: NewFormResponse,
  answers: string | null,
): string {
  const id = sandbox.nextId("formResponse");
  const { practiceGroupId, formId, patientId, linkId } = response;
  sandbox.formResponses.set(id, { ...response, id, createdAtMs: sandbox.clock.nowMs() });
  const form = sandbox.findPractice(practiceGroupId)?.forms.find((each) => each.id === formId);
  if (patientId) {
    addTask(sandbox, {
      practiceGroupId,
      patientId,
      label: form?.title ?? "Form",
      category: form?.form_type ?? "questionnaire",
      details: answers,
      formResponseId: id,
      linkId,
    });
  }
  return id;
}

/** Records the form of a link as above, and sends the event. */
export function submitForm(
  sandbox: SandboxState,
  { id: linkId, formId, practiceGroupId, keySuffix }: LinkRecord,
  patientId: string | null,
  answers: string | null,
): void {
  const response = { practiceGroupId, formId, patientId, linkId };
  const id = addFormResponse(sandbox, response, answers);
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

/** The questions that a patient answered, with the answers. */
export function answersIn(
  practice: Practice,
  formId: string | null,
  fields: Map<string, string>,
): string | null {
  const form = practice.forms.find((each) => each.id === formId);
  const answers = (form?.fields ?? []).flatMap(({ form_question_id, name }) => {
    const answer = fields.get(`q-${form_question_id}`);
    return answer ? [`${name}\n${answer}`] : [];
  });
  return answers.length > 0 ? answers.join("\n\n") : null;
}
