import { findTemplateProblem } from "./message-text";
import { requiredText } from "./messages";
import { rowId, textLine } from "./text";
import { z } from "./zod";

/** Creates a template, or replaces the one with `templateId`. */
export const saveMessageTemplateInput = z.object({
  templateId: rowId.nullable().default(null),
  name: textLine("a name", 80),
  text: requiredText.superRefine((text, check) => {
    const message = findTemplateProblem(text);
    if (message) check.addIssue({ code: "custom", message });
  }),
});
export type SaveMessageTemplateInput = z.infer<typeof saveMessageTemplateInput>;
