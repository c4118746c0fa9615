"use server";

import { redirect } from "next/navigation";
import { answerForm } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { signInWithPassword } from "@/server/auth";
import { verifyEmailInput } from "@/server/schemas/account";
import { publicAccount } from "@/server/trpc/caller";

export async function verifyEmail(_before: FormState, form: FormData): Promise<FormState> {
  return answerForm({ form, schema: verifyEmailInput, fields: ["password"] }, async (input) => {
    const { email } = await (await publicAccount()).verifyEmail(input);
    // The address is verified whatever happens next; a refused sign-in is tried again by hand.
    const outcome = await signInWithPassword({ email, password: input.password });
    redirect(outcome.ok ? "/organisations" : "/sign-in");
  });
}
