import { containsNhsNumber } from "./nhs-number";
import { formId, optionalTextLine, rowId } from "./text";
import { z } from "./zod";

export const formType = z.enum(["questionnaire", "response", "appointment", "care_navigation"], {
  error: "Select a form type from the list.",
});
export type FormType = z.infer<typeof formType>;

export const listFormsInput = z.object({
  practiceId: rowId,
  // Search words appear in addresses, here and at Hero.
  search: optionalTextLine("search words", 80).refine((text) => !text || !containsNhsNumber(text), {
    error: "This looks like an NHS number. Search by the form's title instead.",
  }),
  formType: formType.optional(),
});
export type ListFormsInput = z.infer<typeof listFormsInput>;

/** `formType` is an open set: a new type of Hero's is shown unchanged. */
export const formSummary = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  /** What patients see instead of title and description, where the practice set it. */
  patientTitle: z.string().nullable(),
  patientDescription: z.string().nullable(),
  formType: z.string(),
  /** A reply form replies to a message; null where Hero did not report it. */
  isReplyForm: z.boolean().nullable(),
  snomedCode: z.string().nullable(),
});
export type FormSummary = z.infer<typeof formSummary>;

export const formIdInput = z.object({ practiceId: rowId, formId: formId("Select a form.") });
export type FormIdInput = z.infer<typeof formIdInput>;

/** `type` and `options` have Hero's names; Hero documents fields only in part. */
export const formView = formSummary.extend({
  questions: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      type: z.string(),
      isRequired: z.boolean(),
      options: z.array(z.string()),
    }),
  ),
});
export type FormView = z.infer<typeof formView>;
