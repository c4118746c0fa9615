import type { SummaryError } from "@/components/ui/error-summary";

/** What a server action answers to a form of the account pages. */
export type FormState = {
  /** What was typed, to stand there again; never a password. */
  values: Record<string, string>;
  /** Sentences by field. */
  fieldErrors: Record<string, string>;
  /** Everything that is wrong, in the order of the form; a new array with each answer. */
  errors: SummaryError[];
  /** True when the act is done and the form gives way to what comes next. */
  isDone: boolean;
};

export type FormAction = (previousState: FormState, form: FormData) => Promise<FormState>;

export const initialFormState: FormState = {
  values: {},
  fieldErrors: {},
  errors: [],
  isDone: false,
};

/** What stands in a field again after an answer. */
export function fieldValue(state: FormState, field: string, defaultValue = ""): string {
  return state.values[field] ?? defaultValue;
}
