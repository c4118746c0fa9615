import type { CallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import type { SummaryError } from "@/components/ui/error-summary";

type Issue = { path: readonly PropertyKey[]; message: string };

/** What the schema refuses, at the fields on screen. */
export const listInputErrors = (issues: readonly Issue[]): SummaryError[] =>
  issues.map(({ path, message }) => ({ field: String(path[0]), message }));

/** What the server refuses at its fields, or the failure of the whole form. */
export function listFailureErrors(failure: CallFailure): SummaryError[] {
  const errors = Object.entries(failure.fieldErrors).map(([field, message]) => ({
    field,
    message,
  }));
  return errors.length > 0 ? errors : [{ message: describeFailure(failure) }];
}
