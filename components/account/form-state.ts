import type { SummaryError } from "@/components/ui/error-summary";

/** What a server action returns to a form of the account pages. */
export type FormState = {
  /** What was typed, to fill the form again; never a password. */
  values: Record<string, string>;
  /** Messages by field. */
  fieldErrors: Record<string, string>;
  /** All errors, in the order of the form; a new array after each submission. */
  errors: SummaryError[];
  /** True once the action succeeded without a redirect. */
  isDone: boolean;
  /** True where the sign-in failed only because the address is not verified yet. */
  isUnverified?: boolean;
};

export type FormAction = (previousState: FormState, form: FormData) => Promise<FormState>;

export const initialFormState: FormState = {
  values: {},
  fieldErrors: {},
  errors: [],
  isDone: false,
};

/** The value to fill a field with after a submission. */
export function fieldValue(state: FormState, field: string, defaultValue = ""): string {
  return state.values[field] ?? defaultValue;
}
