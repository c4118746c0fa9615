import type { FormType } from "@/server/schemas/forms";

export const formTypeNames: Record<FormType, string> = {
  questionnaire: "Questionnaire",
  response: "Reply",
  appointment: "Before an appointment",
  care_navigation: "Care navigation",
};

/** Hero's form type in words; an undocumented type is shown unchanged. */
export function describeFormType(type: string): string {
  const labels: Record<string, string | undefined> = formTypeNames;
  return labels[type] ?? (type === "unknown" ? "Form" : type);
}
