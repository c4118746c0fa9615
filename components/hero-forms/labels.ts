import type { FormType } from "@/server/schemas/forms";

export const formTypeNames: Record<FormType, string> = {
  questionnaire: "Questionnaire",
  response: "Reply",
  appointment: "Before an appointment",
  care_navigation: "Care navigation",
};

/** Hero's type of a form in words; one that is not documented is shown as it is called. */
export function describeFormType(type: string): string {
  const labels: Record<string, string | undefined> = formTypeNames;
  return labels[type] ?? (type === "unknown" ? "Form" : type);
}
