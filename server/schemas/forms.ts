import { containsNhsNumber } from "./nhs-number";
import { formId, optionalTextLine, rowId } from "./text";
import { z } from "./zod";

export const formType = z.enum(["questionnaire", "response", "appointment", "care_navigation"], {
  error: "Choose a type of form from the list.",
});
export type FormType = z.infer<typeof formType>;

export const listFormsInput = z.object({
  practiceId: rowId,
  // It stands in addresses, here and at Hero.
  search: optionalTextLine("words to look for", 80).refine(
    (text) => !text || !containsNhsNumber(text),
    {
      error: "This looks like an NHS number. Look for words of the form's title.",
    },
  ),
  formType: formType.optional(),
});
export type ListFormsInput = z.infer<typeof listFormsInput>;

/** `formType` is an open set: a type that Hero adds is shown as it is called. */
export const formSummary = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  /** What the patient reads instead of title and description, where the practice wrote it. */
  patientTitle: z.string().nullable(),
  patientDescription: z.string().nullable(),
  formType: z.string(),
  /** A reply form answers a message; null where Hero did not say. */
  isReplyForm: z.boolean().nullable(),
  snomedCode: z.string().nullable(),
});
export type FormSummary = z.infer<typeof formSummary>;

export const formIdInput = z.object({ practiceId: rowId, formId: formId("Choose a form.") });
export type FormIdInput = z.infer<typeof formIdInput>;

/** `type` and `options` are as Hero names them; the inside of a field is partly documented. */
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
