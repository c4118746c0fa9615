"use server";

import { redirect } from "next/navigation";
import { answerForm } from "@/app/form-action";
import type { FormState } from "@/components/account/form-state";
import { resetPasswordInput } from "@/server/schemas/account";
import { publicAccount } from "@/server/trpc/caller";

export async function resetPassword(_before: FormState, form: FormData): Promise<FormState> {
  return answerForm({ form, schema: resetPasswordInput, fields: ["password"] }, async (input) => {
    await (await publicAccount()).resetPassword(input);
    redirect("/sign-in?password=changed");
  });
}
