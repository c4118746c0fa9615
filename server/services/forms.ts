import "server-only";
import {
  getForm as askForForm,
  type HeroFormSummary,
  listForms as askForForms,
} from "../hero/forms";
import type { FormIdInput, FormSummary, FormView, ListFormsInput } from "../schemas/forms";
import type { TenantContext } from "../tenancy/context";
import { requirePermission } from "../tenancy/permissions";
import { readHero } from "./hero/access";

const textOf = (text: string | null | undefined) => text?.trim() || null;

const summaryOf = (form: HeroFormSummary): FormSummary => ({
  id: form.id,
  title: textOf(form.title) ?? `Form ${form.id}`,
  description: textOf(form.description),
  patientTitle: textOf(form.patient_title),
  patientDescription: textOf(form.patient_description),
  formType: form.form_type ?? "unknown",
  isReplyForm: form.reply_form ?? null,
  snomedCode: textOf(form.snomed_code),
});

/**
 * The practice's forms, read from Hero now; Hero does the searching.
 * @throws NotFoundError, HeroError
 */
export async function listForms(ctx: TenantContext, input: ListFormsInput): Promise<FormSummary[]> {
  requirePermission(ctx, "links.read");
  const { practiceId, search, formType } = input;
  const forms = await readHero(ctx, practiceId, (hero) =>
    askForForms(hero, { search, form_type: formType }),
  );
  return forms.map(summaryOf);
}

/**
 * One form with its questions, in the order the patient meets them.
 * @throws NotFoundError, HeroError
 */
export async function getForm(ctx: TenantContext, input: FormIdInput): Promise<FormView> {
  requirePermission(ctx, "links.read");
  const form = await readHero(ctx, input.practiceId, (hero) => askForForm(hero, input.formId));
  return {
    ...summaryOf(form),
    questions: form.fields.map((field) => ({
      id: field.form_question_id,
      label: field.name,
      type: field.type ?? "unknown",
      isRequired: field.required ?? false,
      options: field.options ?? [],
    })),
  };
}
