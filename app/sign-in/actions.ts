"use server";

import { redirect } from "next/navigation";
import { answerForm } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { signInWithPassword } from "@/server/auth";
import { signInInput } from "@/server/schemas/account";
import { safeNext } from "@/server/schemas/next-path";

export async function signIn(_before: FormState, form: FormData): Promise<FormState> {
  return answerForm({ form, schema: signInInput, fields: ["email", "password"] }, async (input) => {
    const outcome = await signInWithPassword(input);
    if (!outcome.ok) return outcome.message;
    redirect(safeNext(form.get("next")));
  });
}
