import "server-only";
import { TRPCError } from "@trpc/server";

import { unstable_rethrow } from "next/navigation";
import { AuthError } from "next-auth";
import type { FormState } from "@/components/account/form-state";

type ParseResult<Input> =
  | { success: true; data: Input }
  | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };

type Schema<Input> = { safeParse: (value: unknown) => ParseResult<Input> };

type FormActionOptions<Input> = {
  form: FormData;
  schema: Schema<Input>;
  /** The fields on the screen, in order; errors of other fields are shown above the form. */
  fields: readonly string[];
  /** Fields that are never sent back, such as passwords and tokens. */
  secretFields?: readonly string[];
};

const unexpectedErrorMessage = "Something went wrong. Try again in a moment.";

/**
 * Handles a form of the account pages: validates it with the shared schema, runs `action` and shows its
 * errors beside the fields. Redirects pass through. `action` may return an error message.
 */
export async function handleFormAction<Input>(
  { form, schema, fields, secretFields = [] }: FormActionOptions<Input>,
  action: (input: Input) => Promise<string | void>,
): Promise<FormState> {
  // Whoever calls an action without the page's script decides what arrives.
  const entries = form instanceof FormData ? [...form] : [];
  const formValues = Object.fromEntries(
    entries.filter(([name, value]) => typeof value === "string" && !name.startsWith("$")),
  ) as Record<string, string>;
  const omittedFields = new Set([...secretFields, "password", "token"]);
  const values = Object.fromEntries(
    Object.entries(formValues).filter(([name]) => !omittedFields.has(name)),
  );

  const toErrorState = (problems: readonly { field?: string | undefined; message: string }[]) => {
    const fieldErrors: Record<string, string> = {};
    for (const { field, message } of problems) {
      if (field && fields.includes(field)) fieldErrors[field] ??= message;
    }
    const formProblems = problems.filter(({ field }) => !field || !fields.includes(field));
    return {
      values,
      fieldErrors,
      errors: [
        ...formProblems.slice(0, 1).map(({ message }) => ({ message })),
        ...fields.flatMap((field) => {
          const message = fieldErrors[field];
          return message ? [{ field, message }] : [];
        }),
      ],
      isDone: false,
    };
  };

  const parsed = schema.safeParse(formValues);
  if (!parsed.success) {
    return toErrorState(
      parsed.error.issues.map(({ path, message }) => ({ field: path[0]?.toString(), message })),
    );
  }
  try {
    const errorMessage = await action(parsed.data);
    if (errorMessage) return toErrorState([{ message: errorMessage }]);
  } catch (error) {
    unstable_rethrow(error);
    return toErrorState([toFormError(error)]);
  }
  return { values, fieldErrors: {}, errors: [], isDone: true };
}

/**
 * The message of a procedure's error, and the field it belongs to. Errors that neither the procedures nor
 * next-auth have logged go to the error page.
 */
function toFormError(error: unknown): { field?: string; message: string } {
  if (error instanceof AuthError) return { message: unexpectedErrorMessage };
  if (!(error instanceof TRPCError)) throw error;
  const { cause, message } = error;
  const field = cause && "field" in cause ? cause.field : undefined;
  return typeof field === "string" ? { field, message } : { message };
}
