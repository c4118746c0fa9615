import "server-only";
import { fetchForm, fetchForms, type HeroFormSummary } from "../hero/forms";
import type { FormIdInput, FormSummary, FormView, ListFormsInput } from "../schemas/forms";
import type { TenantContext } from "../tenancy/context";
import { requirePermission } from "../tenancy/permissions";
import { fetchFromHero } from "./hero-calls/fetch";

const trimToNull = (text: string | null | undefined) => text?.trim() || null;

const toFormSummary = (form: HeroFormSummary): FormSummary => ({
  id: form.id,
  title: trimToNull(form.title) ?? `Form ${form.id}`,
  description: trimToNull(form.description),
  patientTitle: trimToNull(form.patient_title),
  patientDescription: trimToNull(form.patient_description),
  formType: form.form_type ?? "unknown",
  isReplyForm: form.reply_form ?? null,
  snomedCode: trimToNull(form.snomed_code),
});

/**
 * The practice's forms, read from Hero now; Hero does the searching.
 * @throws NotFoundError, HeroError
 */
export async function listForms(ctx: TenantContext, input: ListFormsInput): Promise<FormSummary[]> {
  requirePermission(ctx, "links.read");
  const { practiceId, search, formType } = input;
  const forms = await fetchFromHero(ctx, practiceId, (hero) =>
    fetchForms(hero, { search, form_type: formType }),
  );
  return forms.map(toFormSummary);
}

/**
 * One form with its questions, in the order patients see them.
 * @throws NotFoundError, HeroError
 */
export async function getForm(ctx: TenantContext, input: FormIdInput): Promise<FormView> {
  requirePermission(ctx, "links.read");
  const form = await fetchFromHero(ctx, input.practiceId, (hero) => fetchForm(hero, input.formId));
  return {
    ...toFormSummary(form),
    questions: form.fields.map((field) => ({
      id: field.form_question_id,
      label: field.name,
      type: field.type ?? "unknown",
      isRequired: field.required ?? false,
      options: field.options ?? [],
    })),
  };
}
