import "server-only";
import { TRPCError } from "@trpc/server";

import { unstable_rethrow } from "next/navigation";
import { AuthError } from "next-auth";
import type { FormState } from "@/components/account/form-state";

type Parsed<Input> =
  | { success: true; data: Input }
  | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };

type Schema<Input> = { safeParse: (value: unknown) => Parsed<Input> };

type AccountForm<Input> = {
  form: FormData;
  schema: Schema<Input>;
  /** The fields that are on the screen, in their order; what is wrong with others is said above. */
  fields: readonly string[];
  /** Fields that never come back, such as passwords and tokens. */
  secret?: readonly string[];
};

const broken = "Something went wrong on our side. Try again in a moment.";

/**
 * Answers a form of the account pages: checks it with the shared schema, does the work, and turns a
 * refusal into sentences beside the fields. Redirects pass through; `work` may also return a sentence
 * that refuses. What is done without a redirect ends with `isDone`.
 */
export async function answerForm<Input>(
  { form, schema, fields, secret = [] }: AccountForm<Input>,
  work: (input: Input) => Promise<string | void>,
): Promise<FormState> {
  const given = Object.fromEntries(
    [...form].filter(([name, value]) => typeof value === "string" && !name.startsWith("$")),
  ) as Record<string, string>;
  const hidden = new Set([...secret, "password", "token"]);
  const values = Object.fromEntries(Object.entries(given).filter(([name]) => !hidden.has(name)));

  const refuse = (refusals: readonly { field?: string | undefined; message: string }[]) => {
    const fieldErrors: Record<string, string> = {};
    for (const { field, message } of refusals) {
      if (field && fields.includes(field)) fieldErrors[field] ??= message;
    }
    const elsewhere = refusals.filter(({ field }) => !field || !fields.includes(field));
    return {
      values,
      fieldErrors,
      errors: [
        ...elsewhere.slice(0, 1).map(({ message }) => ({ message })),
        ...fields.flatMap((field) => {
          const message = fieldErrors[field];
          return message ? [{ field, message }] : [];
        }),
      ],
      isDone: false,
    };
  };

  const read = schema.safeParse(given);
  if (!read.success) {
    return refuse(
      read.error.issues.map(({ path, message }) => ({ field: path[0]?.toString(), message })),
    );
  }
  try {
    const refusal = await work(read.data);
    if (refusal) return refuse([{ message: refusal }]);
  } catch (error) {
    unstable_rethrow(error);
    return refuse([readRefusal(error)]);
  }
  return { values, fieldErrors: {}, errors: [], isDone: true };
}

/**
 * What a procedure's error says to a person, and which field it is about. Faults that neither the
 * procedures nor next-auth have logged already go on to the error page.
 */
function readRefusal(error: unknown): { field?: string; message: string } {
  if (error instanceof AuthError) return { message: broken };
  if (!(error instanceof TRPCError)) throw error;
  const { cause, message } = error;
  const field = cause && "field" in cause ? cause.field : undefined;
  return typeof field === "string" ? { field, message } : { message };
}
